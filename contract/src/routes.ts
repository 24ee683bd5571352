import * as accessControl from './access-control.ts';
import * as accountCenter from './account-center.ts';
import * as actions from './actions.ts';
import * as applicationExperiences from './application-experiences.ts';
import * as applications from './applications.ts';
import * as configs from './configs.ts';
import * as connectors from './connectors.ts';
import * as consent from './consent.ts';
import * as consentOrganizations from './consent-organizations.ts';
import * as consentScopes from './consent-scopes.ts';
import * as customClaims from './custom-claims.ts';
import * as customPhrases from './custom-phrases.ts';
import * as customProfileFields from './custom-profile-fields.ts';
import * as dashboard from './dashboard.ts';
import * as emailTemplates from './email-templates.ts';
import * as experience from './experience.ts';
import * as experienceFactors from './experience-factors.ts';
import * as experienceOneTimeToken from './experience-one-time-token.ts';
import * as hooks from './hooks.ts';
import * as logs from './logs.ts';
import * as oneTimeTokens from './one-time-tokens.ts';
import * as organizationApplications from './organization-applications.ts';
import * as organizationInvitations from './organization-invitations.ts';
import * as organizationJit from './organization-jit.ts';
import * as organizationRoles from './organization-roles.ts';
import * as organizations from './organizations.ts';
import * as personalAccessTokens from './personal-access-tokens.ts';
import * as resources from './resources.ts';
import * as roles from './roles.ts';
import type { RouteContract } from './route.ts';
import * as sandbox from './sandbox.ts';
import * as signInExperience from './sign-in-experience.ts';
import * as subjectTokens from './subject-tokens.ts';
import * as trustedDevices from './trusted-devices.ts';
import * as upkeep from './upkeep.ts';
import * as userAssets from './user-assets.ts';
import * as userIdentities from './user-identities.ts';
import * as userMfa from './user-mfa.ts';
import * as userSessions from './user-sessions.ts';
import * as userSettings from './user-settings.ts';
import * as userTransfers from './user-transfers.ts';
import * as users from './users.ts';
import * as verificationCodes from './verification-codes.ts';
import * as wellKnown from './well-known.ts';

const isRoute = (value: unknown): value is RouteContract =>
  typeof value === 'object' && value !== null && 'operationId' in value && 'responses' in value;

const routesOf = (...modules: object[]): readonly RouteContract[] =>
  modules.flatMap((module) => Object.values(module).filter(isRoute));

/** Every declared route: the OpenAPI documents and the tests of bad input walk this list. */
export const allRoutes: readonly RouteContract[] = routesOf(
  applications,
  users,
  userTransfers,
  personalAccessTokens,
  consent,
  accessControl,
  applicationExperiences,
  consentOrganizations,
  consentScopes,
  userSessions,
  userSettings,
  userIdentities,
  trustedDevices,
  userMfa,
  subjectTokens,
  roles,
  resources,
  organizationRoles,
  organizations,
  organizationApplications,
  organizationJit,
  organizationInvitations,
  connectors,
  configs,
  customClaims,
  actions,
  customPhrases,
  customProfileFields,
  emailTemplates,
  oneTimeTokens,
  verificationCodes,
  upkeep,
  userAssets,
  accountCenter,
  signInExperience,
  sandbox,
  wellKnown,
  hooks,
  logs,
  dashboard,
  experience,
  experienceFactors,
  experienceOneTimeToken,
);
