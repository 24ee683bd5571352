/** THE TABLE: every request's way into the server, one line a surface and feature. */

import { type AccountCenters, accountCenterRoutes } from './features/appearance/account-center/index.ts';
import { type CustomPhrases, customPhraseRoutes } from './features/appearance/custom-phrases/index.ts';
import { type ProfileFields, profileFieldRoutes } from './features/appearance/custom-profile-fields/index.ts';
import {
  type CustomUiAssets,
  type CustomUiPages,
  customUiPageRoutes,
  customUiRoutes,
} from './features/appearance/custom-ui-assets/index.ts';
import { type EmailTemplates, emailTemplateRoutes } from './features/appearance/email-templates/index.ts';
import { hostedPageRoutes, type PageSender } from './features/appearance/hosted-pages/index.ts';
import { type SignInExperiences, signInExperienceRoutes } from './features/appearance/sign-in-experience/index.ts';
import { type UserAssets, userAssetFileRoutes, userAssetRoutes } from './features/appearance/user-assets/index.ts';
import { type WellKnown, wellKnownRoutes } from './features/appearance/well-known/index.ts';
import { type AccessControlService, accessControlRoutes } from './features/applications/access-control/index.ts';
import {
  type ApplicationExperiences,
  applicationExperienceRoutes,
} from './features/applications/application-experiences/index.ts';
import { type Applications, applicationRoutes } from './features/applications/applications/index.ts';
import {
  type ConsentOrganizations,
  consentOrganizationRoutes,
} from './features/applications/consent-organizations/index.ts';
import { type ConsentScopesService, consentScopeRoutes } from './features/applications/consent-scopes/index.ts';
import { type Resources, resourceRoutes } from './features/authorization/resources/index.ts';
import { type Roles, roleRoutes } from './features/authorization/roles/index.ts';
import { type Connectors, connectorRoutes } from './features/connectors/connectors/index.ts';
import { type Sandbox, sandboxRoutes, sandboxSettingRoutes } from './features/connectors/sandbox/index.ts';
import { type UserIdentities, userIdentityRoutes } from './features/connectors/user-identities/index.ts';
import { type VerificationCodes, verificationCodeRoutes } from './features/connectors/verification-codes/index.ts';
import { apiReferenceRoutes } from './features/operation/api-reference/index.ts';
import { type Configs, configRoutes } from './features/operation/configs/index.ts';
import { secretRoutes } from './features/operation/secrets/index.ts';
import { type Setup, setupRoutes } from './features/operation/setup/index.ts';
import { type Readiness, statusRoutes, systemRoutes } from './features/operation/status/index.ts';
import { type Actions, actionRoutes } from './features/operator-scripts/actions/index.ts';
import { type CustomClaims, customClaimsRoutes } from './features/operator-scripts/custom-claims/index.ts';
import {
  type OrganizationInvitations,
  organizationInvitationRoutes,
} from './features/organizations/organization-invitations/index.ts';
import { type OrganizationJit, organizationJitRoutes } from './features/organizations/organization-jit/index.ts';
import { type OrganizationRoles, organizationRoleRoutes } from './features/organizations/organization-roles/index.ts';
import { type Organizations, organizationRoutes } from './features/organizations/organizations/index.ts';
import { type MfaVerifications, mfaVerificationRoutes } from './features/people/mfa-verifications/index.ts';
import { type OneTimeTokens, oneTimeTokenRoutes } from './features/people/one-time-tokens/index.ts';
import {
  type PersonalAccessTokens,
  personalAccessTokenRoutes,
} from './features/people/personal-access-tokens/index.ts';
import { type SubjectTokens, subjectTokenRoutes } from './features/people/subject-tokens/index.ts';
import { type TrustedDevices, trustedDeviceRoutes } from './features/people/trusted-devices/index.ts';
import { type UserTransfers, userTransferRoutes } from './features/people/user-transfers/index.ts';
import { type Users, userRoutes } from './features/people/users/index.ts';
import { type Dashboard, dashboardRoutes } from './features/records/dashboard/index.ts';
import { type Hooks, hookRoutes } from './features/records/hooks/index.ts';
import { type Logs, logRoutes } from './features/records/logs/index.ts';
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
