/**
 * Single sign-on that the administrators of an organization set up: drafts of settings, test sign-ins, and switching a
 * connector on.
 *
 * Owns the tables sso_connector_drafts and sso_test_sign_ins. Does not own connectors (sso-connectors), their domains
 * (organization-domains), membership by connector (organization-jit), or the pages (`server/src/portal`), which call
 * the service. A test sign-in asks the provider as a sign-in does, and ends with what arrived: it creates no
 * session, no user and no identity.
 */
export {
  type ConnectorState,
  createOrganizationSso,
  type OrganizationSso,
  type OrganizationSsoNeeds,
} from './service.ts';
export { isTestState } from './states.ts';
export { sweepTests } from './store.ts';
