/** THE TABLE: every request's way into the server, one line a surface and feature. */
import { type AccessControlService, accessControlRoutes } from './features/access-control/index.ts';
import { type AccountCenters, accountCenterRoutes } from './features/account-center/index.ts';
import { type Actions, actionRoutes } from './features/actions/index.ts';
import { apiReferenceRoutes } from './features/api-reference/index.ts';
import { type ApplicationExperiences, applicationExperienceRoutes } from './features/application-experiences/index.ts';
import { type Applications, applicationRoutes } from './features/applications/index.ts';
import { type Configs, configRoutes } from './features/configs/index.ts';
import { type Connectors, connectorRoutes } from './features/connectors/index.ts';
import { type ConsentOrganizations, consentOrganizationRoutes } from './features/consent-organizations/index.ts';
import { type ConsentScopesService, consentScopeRoutes } from './features/consent-scopes/index.ts';
import { type CustomClaims, customClaimsRoutes } from './features/custom-claims/index.ts';
import { type CustomPhrases, customPhraseRoutes } from './features/custom-phrases/index.ts';
import { type ProfileFields, profileFieldRoutes } from './features/custom-profile-fields/index.ts';
import {
  type CustomUiAssets,
  type CustomUiPages,
  customUiPageRoutes,
  customUiRoutes,
} from './features/custom-ui-assets/index.ts';
import { type Dashboard, dashboardRoutes } from './features/dashboard/index.ts';
import { type EmailTemplates, emailTemplateRoutes } from './features/email-templates/index.ts';
import { type Hooks, hookRoutes } from './features/hooks/index.ts';
import { hostedPageRoutes, type PageSender } from './features/hosted-pages/index.ts';
import { type Logs, logRoutes } from './features/logs/index.ts';
import { type MfaVerifications, mfaVerificationRoutes } from './features/mfa-verifications/index.ts';
import { type OneTimeTokens, oneTimeTokenRoutes } from './features/one-time-tokens/index.ts';
import {
  type OrganizationInvitations,
  organizationInvitationRoutes,
} from './features/organization-invitations/index.ts';
import { type OrganizationJit, organizationJitRoutes } from './features/organization-jit/index.ts';
import { type OrganizationRoles, organizationRoleRoutes } from './features/organization-roles/index.ts';
import { type Organizations, organizationRoutes } from './features/organizations/index.ts';
import { type PersonalAccessTokens, personalAccessTokenRoutes } from './features/personal-access-tokens/index.ts';
import { type Resources, resourceRoutes } from './features/resources/index.ts';
import { type Roles, roleRoutes } from './features/roles/index.ts';
import { type Sandbox, sandboxRoutes, sandboxSettingRoutes } from './features/sandbox/index.ts';
import { secretRoutes } from './features/secrets/index.ts';
import { type Setup, setupRoutes } from './features/setup/index.ts';
import { type SignInExperiences, signInExperienceRoutes } from './features/sign-in-experience/index.ts';
import { type Readiness, statusRoutes, systemRoutes } from './features/status/index.ts';
import { type SubjectTokens, subjectTokenRoutes } from './features/subject-tokens/index.ts';
import { type TrustedDevices, trustedDeviceRoutes } from './features/trusted-devices/index.ts';
import { type UserAssets, userAssetFileRoutes, userAssetRoutes } from './features/user-assets/index.ts';
import { type UserIdentities, userIdentityRoutes } from './features/user-identities/index.ts';
import { type UserTransfers, userTransferRoutes } from './features/user-transfers/index.ts';
import { type Users, userRoutes } from './features/users/index.ts';
import { type VerificationCodes, verificationCodeRoutes } from './features/verification-codes/index.ts';
import { type WellKnown, wellKnownRoutes } from './features/well-known/index.ts';
import { createImplement, type Http, type Implement } from './http/index.ts';
import type { Log } from './kernel/log.ts';
import { consentRoutes, keyRoutes, type Oidc, oidcRoutes, userSessionRoutes } from './oidc/index.ts';
import {
  accountPageRoutes,
  experienceRoutes,
  guardInteraction,
  type SignIn,
  sentinelRoutes,
  signInPageRoutes,
} from './sign-in/index.ts';

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

  // Hosted pages: /sign-in, /register, /verification-code, /forgot-password, /mfa-verification/…, /callback/… (or what the tenant uploaded
  // in their place), /select-account, /demo-app, /assets/…, /setup, /sandbox
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
