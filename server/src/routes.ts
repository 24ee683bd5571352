/** The table of all surfaces: one line for each surface and feature that receives requests. */

import type { AccountCenters } from './features/appearance/account-center/index.ts';
import { accountCenterRoutes } from './features/appearance/account-center/routes.ts';
import type { CustomPhrases } from './features/appearance/custom-phrases/index.ts';
import { customPhraseRoutes } from './features/appearance/custom-phrases/routes.ts';
import type { ProfileFields } from './features/appearance/custom-profile-fields/index.ts';
import { profileFieldRoutes } from './features/appearance/custom-profile-fields/routes.ts';
import type { CustomUiAssets, CustomUiPages } from './features/appearance/custom-ui-assets/index.ts';
import { customUiPageRoutes, customUiRoutes } from './features/appearance/custom-ui-assets/routes.ts';
import type { EmailTemplates } from './features/appearance/email-templates/index.ts';
import { emailTemplateRoutes } from './features/appearance/email-templates/routes.ts';
import type { PageSender } from './features/appearance/hosted-pages/index.ts';
import { hostedPageRoutes } from './features/appearance/hosted-pages/routes.ts';
import type { SignInExperiences } from './features/appearance/sign-in-experience/index.ts';
import { signInExperienceRoutes } from './features/appearance/sign-in-experience/routes.ts';
import type { UserAssets } from './features/appearance/user-assets/index.ts';
import { userAssetFileRoutes, userAssetRoutes } from './features/appearance/user-assets/routes.ts';
import type { WellKnown } from './features/appearance/well-known/index.ts';
import { wellKnownRoutes } from './features/appearance/well-known/routes.ts';
import type { AccessControlService } from './features/applications/access-control/index.ts';
import { accessControlRoutes } from './features/applications/access-control/routes.ts';
import type { ApplicationExperiences } from './features/applications/application-experiences/index.ts';
import { applicationExperienceRoutes } from './features/applications/application-experiences/routes.ts';
import type { Applications } from './features/applications/applications/index.ts';
import { applicationRoutes } from './features/applications/applications/routes.ts';
import type { ConsentOrganizations } from './features/applications/consent-organizations/index.ts';
import { consentOrganizationRoutes } from './features/applications/consent-organizations/routes.ts';
import type { ConsentScopesService } from './features/applications/consent-scopes/index.ts';
import { consentScopeRoutes } from './features/applications/consent-scopes/routes.ts';
import type { Resources } from './features/authorization/resources/index.ts';
import { resourceRoutes } from './features/authorization/resources/routes.ts';
import type { Roles } from './features/authorization/roles/index.ts';
import { roleRoutes } from './features/authorization/roles/routes.ts';
import type { Connectors } from './features/connectors/connectors/index.ts';
import { connectorRoutes } from './features/connectors/connectors/routes.ts';
import type { Sandbox } from './features/connectors/sandbox/index.ts';
import { sandboxRoutes, sandboxSettingRoutes } from './features/connectors/sandbox/routes.ts';
import type { UserIdentities } from './features/connectors/user-identities/index.ts';
import { userIdentityRoutes } from './features/connectors/user-identities/routes.ts';
import type { VerificationCodes } from './features/connectors/verification-codes/index.ts';
import { verificationCodeRoutes } from './features/connectors/verification-codes/routes.ts';
import { apiReferenceRoutes } from './features/operation/api-reference/routes.ts';
import type { Configs } from './features/operation/configs/index.ts';
import { configRoutes } from './features/operation/configs/routes.ts';
import { secretRoutes } from './features/operation/secrets/routes.ts';
import type { Setup } from './features/operation/setup/index.ts';
import { setupRoutes } from './features/operation/setup/routes.ts';
import type { Readiness } from './features/operation/status/index.ts';
import { statusRoutes, systemRoutes } from './features/operation/status/routes.ts';
import type { Actions } from './features/operator-scripts/actions/index.ts';
import { actionRoutes } from './features/operator-scripts/actions/routes.ts';
import type { CustomClaims } from './features/operator-scripts/custom-claims/index.ts';
import { customClaimsRoutes } from './features/operator-scripts/custom-claims/routes.ts';
import type { OrganizationInvitations } from './features/organizations/organization-invitations/index.ts';
import { organizationInvitationRoutes } from './features/organizations/organization-invitations/routes.ts';
import type { OrganizationJit } from './features/organizations/organization-jit/index.ts';
import { organizationJitRoutes } from './features/organizations/organization-jit/routes.ts';
import type { OrganizationRoles } from './features/organizations/organization-roles/index.ts';
import { organizationRoleRoutes } from './features/organizations/organization-roles/routes.ts';
import type { Organizations } from './features/organizations/organizations/index.ts';
import { organizationRoutes } from './features/organizations/organizations/routes.ts';
import type { MfaVerifications } from './features/people/mfa-verifications/index.ts';
import { mfaVerificationRoutes } from './features/people/mfa-verifications/routes.ts';
import type { OneTimeTokens } from './features/people/one-time-tokens/index.ts';
import { oneTimeTokenRoutes } from './features/people/one-time-tokens/routes.ts';
import type { PersonalAccessTokens } from './features/people/personal-access-tokens/index.ts';
import { personalAccessTokenRoutes } from './features/people/personal-access-tokens/routes.ts';
import type { SubjectTokens } from './features/people/subject-tokens/index.ts';
import { subjectTokenRoutes } from './features/people/subject-tokens/routes.ts';
import type { TrustedDevices } from './features/people/trusted-devices/index.ts';
import { trustedDeviceRoutes } from './features/people/trusted-devices/routes.ts';
import type { UserTransfers } from './features/people/user-transfers/index.ts';
import { userTransferRoutes } from './features/people/user-transfers/routes.ts';
import type { Users } from './features/people/users/index.ts';
import { userRoutes } from './features/people/users/routes.ts';
import type { Dashboard } from './features/records/dashboard/index.ts';
import { dashboardRoutes } from './features/records/dashboard/routes.ts';
import type { Hooks } from './features/records/hooks/index.ts';
import { hookRoutes } from './features/records/hooks/routes.ts';
import type { Logs } from './features/records/logs/index.ts';
import { logRoutes } from './features/records/logs/routes.ts';
import { createImplement, type Implement } from './http/implement.ts';
import type { Http } from './http/types.ts';
import type { Log } from './kernel/log.ts';
import { consentRoutes, keyRoutes, type Oidc, oidcRoutes, userSessionRoutes } from './oidc/index.ts';
import { experienceRoutes, guardInteraction } from './sign-in/experience/experience.ts';
import type { SignIn } from './sign-in/index.ts';
import { accountPageRoutes } from './sign-in/pages/account-pages.ts';
import { signInPageRoutes } from './sign-in/pages/pages.ts';
import { sentinelRoutes } from './sign-in/sentinel-routes.ts';

export interface Mounted {
  /** Base URL of the default tenant. */
  endpoint: string;
  log: Log;
  checkResponses: boolean;
  readiness: Readiness;
  oidc: Oidc;
  signIn: SignIn;
  pages: PageSender;
  setup: Setup;
  users: Users;
  userTransfers: UserTransfers;
  userIdentities: UserIdentities;
  mfaVerifications: MfaVerifications;
  trustedDevices: TrustedDevices;
  accessControl: AccessControlService;
  applicationExperiences: ApplicationExperiences;
  consentOrganizations: ConsentOrganizations;
  consentScopes: ConsentScopesService;
  personalAccessTokens: PersonalAccessTokens;
  subjectTokens: SubjectTokens;
  applications: Applications;
  resources: Resources;
  organizationRoles: OrganizationRoles;
  organizations: Organizations;
  organizationJit: OrganizationJit;
  organizationInvitations: OrganizationInvitations;
  roles: Roles;
  connectors: Connectors;
  configs: Configs;
  customClaims: CustomClaims;
  actions: Actions;
  customPhrases: CustomPhrases;
  customUiAssets: CustomUiAssets;
  customUiPages: CustomUiPages;
  profileFields: ProfileFields;
  emailTemplates: EmailTemplates;
  accountCenters: AccountCenters;
  oneTimeTokens: OneTimeTokens;
  verificationCodes: VerificationCodes;
  userAssets: UserAssets;
  signInExperiences: SignInExperiences;
  hooks: Hooks;
  logs: Logs;
  dashboard: Dashboard;
  sandbox: Sandbox;
  wellKnown: WellKnown;
  /** Absolute path of the files of the sandbox's phone page. */
  phoneFolder: string;
}

export function mountRoutes(http: Http, app: Mounted): void {
  const { log, checkResponses, oidc } = app;
  const implement = createImplement(http, {
    log,
    checkResponses,
    guards: {
      anonymous: async () => ({}),
      management: oidc.verifyManagementToken,
      interaction: guardInteraction,
    },
  });

  // The protocol: /oidc/…, /consent
  oidcRoutes(http, oidc);

  // Hosted pages: /sign-in, /register, /verification-code, /forgot-password, /mfa-verification/…, /callback/… (or the
  // tenant's uploaded pages), /select-account, /demo-app, /assets/…, /setup, /sandbox
  customUiPageRoutes(http, app.customUiPages, (scope) => signInPageRoutes(scope, app.signIn));
  accountPageRoutes(http, app.signIn);
  hostedPageRoutes(http, app.pages, app);
  userAssetFileRoutes(http, app.userAssets);
  setupRoutes(http, app.setup, app);
  sandboxRoutes(http, app.sandbox, app.phoneFolder);

  // The Experience API: /api/experience/…
  experienceRoutes(implement, app.signIn);

  // The Management API: /api/…
  apiReferenceRoutes(http);
  managementRoutes(implement, app);
}

/** The Management API, feature by feature; every route asks for the permission that its contract names. */
export function managementRoutes(
  implement: Implement,
  app: Omit<Mounted, 'endpoint' | 'phoneFolder' | 'checkResponses'>,
): void {
  const { oidc } = app;
  statusRoutes(implement, app.readiness);
  wellKnownRoutes(implement, app.wellKnown, app);
  applicationRoutes(implement, app.applications);
  userRoutes(implement, app.users);
  userTransferRoutes(implement, app.userTransfers);
  userIdentityRoutes(implement, app.userIdentities);
  mfaVerificationRoutes(implement, app.mfaVerifications);
  trustedDeviceRoutes(implement, app.trustedDevices);
  userSessionRoutes(implement, oidc.sessions);
  consentRoutes(implement, oidc);
  applicationExperienceRoutes(implement, app.applicationExperiences);
  accessControlRoutes(implement, app.accessControl);
  consentOrganizationRoutes(implement, app.consentOrganizations);
  consentScopeRoutes(implement, app.consentScopes);
  personalAccessTokenRoutes(implement, app.personalAccessTokens);
  subjectTokenRoutes(implement, app.subjectTokens);
  resourceRoutes(implement, app.resources);
  roleRoutes(implement, app.roles);
  organizationRoleRoutes(implement, app.organizationRoles);
  organizationRoutes(implement, app.organizations, app);
  organizationJitRoutes(implement, app.organizationJit);
  organizationInvitationRoutes(implement, app.organizationInvitations);
  connectorRoutes(implement, app.connectors);
  configRoutes(implement, app.configs);
  customClaimsRoutes(implement, app.customClaims);
  actionRoutes(implement, app.actions);
  customPhraseRoutes(implement, app.customPhrases);
  profileFieldRoutes(implement, app.profileFields);
  emailTemplateRoutes(implement, app.emailTemplates);
  accountCenterRoutes(implement, app.accountCenters);
  oneTimeTokenRoutes(implement, app.oneTimeTokens);
  verificationCodeRoutes(implement, app.verificationCodes);
  secretRoutes(implement);
  sentinelRoutes(implement, app.signIn, app.users);
  systemRoutes(implement);
  keyRoutes(implement, oidc.keys);
  signInExperienceRoutes(implement, app.signInExperiences, app);
  customUiRoutes(implement, app.customUiAssets, app);
  userAssetRoutes(implement, app.userAssets);
  hookRoutes(implement, app.hooks);
  logRoutes(implement, app.logs);
  dashboardRoutes(implement, app.dashboard);
  sandboxSettingRoutes(implement, app.sandbox);
}
