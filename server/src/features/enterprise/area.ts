/** Enterprise customers: what their organizations set up and prove by themselves, and what their services speak. */
import type { Http, Implement } from '../../http/index.ts';
import type { ResolveTxt } from '../../kernel/dns.ts';
import type { Events } from '../../kernel/events.ts';
import type { Log } from '../../kernel/log.ts';
import type { Fetch } from '../../kernel/outbound.ts';
import type { Transaction } from '../../store/index.ts';
import type { Applications } from '../applications/applications/index.ts';
import type { VerificationCodes } from '../connectors/verification-codes/index.ts';
import type { OrganizationInvitations } from '../organizations/organization-invitations/index.ts';
import type { OrganizationJit } from '../organizations/organization-jit/index.ts';
import type { OrganizationRoles } from '../organizations/organization-roles/index.ts';
import type { Organizations } from '../organizations/organizations/index.ts';
import type { SsoIdentities } from '../people/sso-identities/index.ts';
import type { Users } from '../people/users/index.ts';
import type { Logs } from '../records/logs/index.ts';
import { createCertificateWarnings } from './certificate-warnings/index.ts';
import { createIdpInitiated } from './idp-initiated/index.ts';
import { idpInitiatedRoutes } from './idp-initiated/routes.ts';
import { createLdapSyncs, type LdapSyncNeeds } from './ldap-sync/index.ts';
import { ldapSyncRoutes } from './ldap-sync/routes.ts';
import { createOrganizationAdministration } from './organization-administration/index.ts';
import { organizationAdministrationRoutes } from './organization-administration/routes.ts';
import { createOrganizationDomains } from './organization-domains/index.ts';
import { organizationDomainRoutes } from './organization-domains/routes.ts';
import { createOrganizationSso, type OrganizationSsoNeeds } from './organization-sso/index.ts';
import { createPortalLinks } from './portal-links/index.ts';
import { portalLinkRoutes } from './portal-links/routes.ts';
import { createSamlApplications, type SamlApplicationsNeeds } from './saml-applications/index.ts';
import { type SamlBrowserNeeds, samlApplicationRoutes, samlBrowserRoutes } from './saml-applications/routes.ts';
import { createGroupMapping, createScim, type ScimNeeds } from './scim/index.ts';
import { scimGroupRoutes, scimRoutes } from './scim/routes.ts';
import { createScimTokens } from './scim-tokens/index.ts';
import { scimTokenRoutes } from './scim-tokens/routes.ts';
import { createSsoConnectors, type SsoConnectorsNeeds } from './sso-connectors/index.ts';
import { ssoConnectorRoutes } from './sso-connectors/routes.ts';
import { createSsoLogout } from './sso-logout/index.ts';
import { ssoLogoutRoutes } from './sso-logout/routes.ts';

interface Needs
  extends Omit<LdapSyncNeeds, 'ssoConnectors'>,
    Omit<SamlApplicationsNeeds, 'jobs'>,
    SsoConnectorsNeeds,
    Omit<ScimNeeds, 'domains' | 'organizations'> {
  jobs: LdapSyncNeeds['jobs'];
  logs: Logs;
  users: Users;
  applications: Applications;
  events: Events<Transaction>;
  organizations: Organizations;
  organizationRoles: OrganizationRoles;
  organizationInvitations: OrganizationInvitations;
  verificationCodes: VerificationCodes;
  resolveTxt: ResolveTxt;
  ssoIdentities: SsoIdentities;
  organizationJit: OrganizationJit;
  signInExperiences: OrganizationSsoNeeds['signInExperiences'];
  /** For providers: not over plain `http`. */
  providerOutbound: Fetch;
}

type EnterpriseArea = ReturnType<typeof createEnterpriseArea>;

export function createEnterpriseArea(needs: Needs) {
  const toProviders = { ...needs, outbound: needs.providerOutbound };
  const ssoConnectors = createSsoConnectors(toProviders);
  const organizationDomains = createOrganizationDomains({ ...needs, ssoConnectors });
  const scim = createScim({ ...needs, domains: organizationDomains });
  return {
    organizationDomains,
    warnOfCertificates: createCertificateWarnings(needs),
    organizationAdministration: createOrganizationAdministration(needs),
    organizationSso: createOrganizationSso({ ...needs, ssoConnectors }),
    portalLinks: createPortalLinks(needs),
    samlApplications: createSamlApplications(needs),
    scim,
    scimGroups: createGroupMapping({ ...needs, groupRoles: scim.groupRoles }),
    scimTokens: createScimTokens(needs),
    ssoConnectors,
    ssoLogout: createSsoLogout({ ...toProviders, ssoConnectors }),
    ldapSyncs: createLdapSyncs({ ...needs, ssoConnectors }),
    idpInitiated: createIdpInitiated({ ...needs, ssoConnectors }),
  };
}

export function mountEnterpriseArea(
  implement: Implement,
  area: EnterpriseArea,
  clients: Parameters<typeof organizationAdministrationRoutes>[2],
): void {
  organizationDomainRoutes(implement, area.organizationDomains);
  organizationAdministrationRoutes(implement, area.organizationAdministration, clients);
  portalLinkRoutes(implement, area.portalLinks);
  ssoConnectorRoutes(implement, area.ssoConnectors);
  ldapSyncRoutes(implement, area.ldapSyncs);
  ssoLogoutRoutes(implement, area.ssoLogout);
  idpInitiatedRoutes(implement, area.idpInitiated);
  samlApplicationRoutes(implement, area.samlApplications);
  scimTokenRoutes(implement, area.scimTokens);
  scimGroupRoutes(implement, area.scimGroups);
}

/** What browsers open: requests and answers of other companies' services. */
export function enterpriseBrowserRoutes(http: Http, area: EnterpriseArea, needs: SamlBrowserNeeds): void {
  samlBrowserRoutes(http, area.samlApplications, needs);
}

/** The protocol of directories: `/scim/v2`. */
export function directoryRoutes(http: Http, { scim, scimTokens: tokens }: EnterpriseArea, log: Log): void {
  scimRoutes(http, { scim, tokens, log });
}
