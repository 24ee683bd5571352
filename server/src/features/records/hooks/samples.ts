import type { HookEvent, HookPayloads } from '@aldaba/contract';

const createdAt = 1_767_225_600_000;
const tenantId = 'sample-tenant';
const named = { id: 'sample', name: 'Sample' };
const described = { tenantId, ...named, description: null };

const user = {
  id: 'sample-user',
  username: 'ada',
  primaryEmail: 'ada@example.com',
  primaryPhone: null,
  name: 'Ada',
  avatar: null,
  customData: {},
  identities: {},
  profile: {},
  applicationId: 'sample-application',
  isSuspended: false,
  lastSignInAt: createdAt,
  createdAt,
  updatedAt: createdAt,
  hasPassword: true,
};
const trustedDevice = {
  id: 'sample-device',
  userAgent: 'Sample',
  ip: '192.0.2.1',
  country: null,
  city: null,
  createdAt,
  lastUsedAt: createdAt,
  expiresAt: createdAt + 2_592_000_000,
};
const role = { tenantId, ...named, description: 'Sample', type: 'User', isDefault: false } as const;
const scope = { ...described, resourceId: 'sample-resource', createdAt };
const organization = {
  ...described,
  customData: {},
  isMfaRequired: false,
  isTrustedDeviceAllowed: true,
  color: {},
  branding: {},
  customCss: null,
  createdAt,
};
const organizationDomain = {
  tenantId,
  organizationId: organization.id,
  domain: 'example.com',
  isVerified: true,
  verifiedBy: 'dns',
  verifiedAt: createdAt,
  ...{ checkedAt: createdAt, missingSince: null, losesAt: null, lostAt: null },
  createdAt,
  record: { type: 'TXT', name: '_aldaba-challenge.example.com', value: 'sample' },
  email: 'postmaster@example.com',
} as const;
const organizationRole = { ...described, type: 'User' } as const;
const application = { id: 'sample-application', type: 'SPA', name: 'Sample', description: null } as const;
const signedIn = { sessionId: 'sample-session', userId: user.id, user, application };
const identifier = { type: 'email', value: user.primaryEmail } as const;
const isGone = { data: null };
const ssoChange = { organizationId: organization.id, ssoConnectorId: 'sample-connector', ...isGone };

const samples: HookPayloads = {
  PostRegister: { interactionEvent: 'Register', ...signedIn },
  PostSignIn: { interactionEvent: 'SignIn', ...signedIn },
  PostSignInAdaptiveMfaTriggered: {
    interactionEvent: 'SignIn',
    ...signedIn,
    adaptiveMfaResult: { requiresMfa: true, triggeredRules: [{ rule: 'long_inactivity', details: { days: 31 } }] },
  },
  PostResetPassword: { interactionEvent: 'ForgotPassword', ...signedIn },
  'User.Created': { data: user },
  'User.Deleted': isGone,
  'User.Data.Updated': { data: user },
  'User.SuspensionStatus.Updated': { data: user },
  'User.Deletion.Requested': { data: user, deletesAt: createdAt + 1_209_600_000 },
  'User.Deletion.Canceled': { data: user },
  'TrustedDevice.Created': { userId: user.id, data: trustedDevice },
  'TrustedDevice.Deleted': { userId: user.id, trustedDeviceId: trustedDevice.id, ...isGone },
  'Role.Created': { data: role },
  'Role.Deleted': isGone,
  'Role.Data.Updated': { data: role },
  'Role.Scopes.Updated': { roleId: role.id, data: [scope] },
  'Scope.Created': { data: scope },
  'Scope.Deleted': isGone,
  'Scope.Data.Updated': { data: scope },
  'Organization.Created': { data: organization },
  'Organization.Deleted': isGone,
  'Organization.Data.Updated': { data: organization },
  'Organization.Membership.Updated': { ...isGone, organizationId: organization.id, addedUserIds: [user.id] },
  'OrganizationDomain.Verified': { data: organizationDomain },
  'OrganizationDomain.RecordMissing': {
    data: { ...organizationDomain, missingSince: createdAt, losesAt: createdAt + 604_800_000 },
  },
  'OrganizationDomain.ProofExpiring': {
    data: {
      ...{ ...organizationDomain, verifiedBy: 'email' },
      ...{ missingSince: createdAt, losesAt: createdAt + 1_209_600_000 },
    },
  },
  'OrganizationDomain.Lost': {
    data: { ...organizationDomain, isVerified: false, verifiedBy: null, verifiedAt: null, lostAt: createdAt },
  },
  'OrganizationDomain.Deleted': { organizationId: organization.id, domain: organizationDomain.domain, ...isGone },
  'OrganizationPortal.Opened': { organizationId: organization.id, portalLinkId: 'sample-portal-link', ...isGone },
  'OrganizationSsoConnector.TurnedOn': ssoChange,
  'OrganizationSsoConnector.TurnedOff': ssoChange,
  'OrganizationRole.Created': { data: organizationRole },
  'OrganizationRole.Deleted': isGone,
  'OrganizationRole.Data.Updated': { data: organizationRole },
  'OrganizationRole.Scopes.Updated': { organizationRoleId: organizationRole.id, data: [named], resourceScopes: [] },
  'OrganizationScope.Created': { data: described },
  'OrganizationScope.Deleted': isGone,
  'OrganizationScope.Data.Updated': { data: described },
  'Identifier.Lockout': { data: identifier },
  'Message.RateLimited': { data: identifier },
  'Grant.LimitExceeded': {
    data: { userId: user.id, applicationId: application.id, maxAllowedGrants: 1 },
    application,
  },
};

/** Members of a sample payload, with the request data of a real one. */
export const sampleMembers = (event: HookEvent): object => ({
  ...(event.startsWith('Post') ? { userIp: '192.0.2.1' } : { ip: '192.0.2.1' }),
  userAgent: 'Sample',
  ...samples[event],
});
