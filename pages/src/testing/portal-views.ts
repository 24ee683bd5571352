/** One of every part of the portal of organizations, for the tests. */
import type { PortalScreen, PortalView } from '@aldaba/contract/pages';

const time = Date.UTC(2026, 0, 2);
const portal = (screen: PortalScreen, more: Partial<PortalView> = {}): PortalView => ({
  kind: 'portal',
  language: 'en',
  organizationName: 'Acme & Sons',
  screen,
  ...more,
});
const member = {
  id: 'u1',
  name: 'Ana López',
  detail: 'ana.lopez.with.a.long.address@mail.example.com',
  roles: ['Editor'],
};
const roles = [
  { id: 'r1', name: 'Editor', description: 'Writes and publishes articles.', isChosen: true },
  { id: 'r2', name: 'Organization administrator', isChosen: false },
];
const domain = {
  part: 'domain',
  domain: { domain: 'acme.example', state: 'unverified' },
  record: { name: '_aldaba-challenge.acme.example', value: 'q3sVt0yYgkqRrXkZ1mJ9aP7uL2cW5eTb' },
  email: 'postmaster@acme.example',
  isCodeSent: false,
} as const;
const token = {
  ...{ id: 't1', name: 'Entra ID', createdAt: time, expiresAt: time, isExpired: true, lastUsedAt: time },
  previousExpiresAt: time,
};
const directory = {
  ...({ part: 'directory', address: 'https://id.example.com/scim/v2', hasVerifiedDomain: true } as const),
  tokens: [token, { ...token, id: 't2', name: 'Okta', expiresAt: null, isExpired: false, lastUsedAt: null }],
  ...{ lastUsedAt: time, lastChangedAt: time, page: 1, hasMore: true },
  groups: [
    { id: 'g1', name: 'Engineering', membersCount: 12, role: 'Editor' },
    { id: 'g2', name: 'Everyone', membersCount: 1 },
  ],
};
const tokenScreen = { part: 'directory-token', address: directory.address, token, revision: String(time) } as const;
const byMember = { hasFailed: false, source: 'member', actor: 'Wei' } as const;
const failed = { code: 'organization_domain.record_not_found', message: 'No TXT record was found.' };

const ssoConnection: Extract<PortalScreen, { part: 'sso-connection' }> = {
  part: 'sso-connection',
  id: 'c1',
  name: 'Acme',
  provider: 'AzureAdOidc',
  type: 'oidc',
  status: 'on-tested',
  addresses: { redirectUri: 'https://id.example.com/callback/c1', logoutUrl: 'https://id.example.com/logout' },
  fields: {
    name: 'Acme',
    issuer: 'https://login.microsoftonline.com/8c5e4b0a/v2.0',
    clientId: '1f0e',
    scope: '',
    trustUnverifiedEmail: true,
    metadataUrl: '',
    metadata: '',
    entityId: '',
    signInEndpoint: '',
    x509Certificate: '',
    emailAttribute: '',
    nameAttribute: '',
  },
  problems: [],
  hasSecret: true,
  hasFixedIssuer: false,
  certificates: [],
  domains: ['acme.example', 'acme.test'],
  isSwitchedOff: false,
  mappings: [
    { attribute: 'groups', value: 'engineers', role: 'Editor' },
    { attribute: 'groups', value: 'sales' },
  ],
  test: {
    time: 1_764_500_000_000,
    mapped: { id: 'ada', name: 'Ada Lovelace', email: 'ada@acme.example' },
    claims: [
      { name: 'sub', values: ['ada'], isGroups: false },
      { name: 'groups', values: ['engineers', 'sales'], isGroups: true },
    ],
  },
};
const ssoSaml: typeof ssoConnection = {
  ...ssoConnection,
  provider: 'SAML',
  type: 'saml',
  status: 'untested',
  addresses: { entityId: 'https://id.example.com/e', acsUrl: 'https://id.example.com/acs', metadataUrl: 'https://id' },
  fields: {
    ...ssoConnection.fields,
    metadata: '<md:EntityDescriptor>',
    entityId: 'https://idp.example/entity',
    signInEndpoint: 'https://idp.example/sso',
    x509Certificate: '-----BEGIN CERTIFICATE-----',
    emailAttribute: 'mail',
    nameAttribute: 'cn',
  },
  problems: [{ field: 'metadataUrl', detail: 'Cannot be read: HTTP 404' }],
  hasSecret: false,
  certificates: [
    { expiresAt: 1_764_500_000_000, state: 'ending' },
    { expiresAt: 1_664_500_000_000, state: 'ended' },
  ],
  metadataProblem: { state: 'refused', since: 1_764_500_000_000, detail: 'All certificates have expired.' },
  mappings: [],
  isSwitchedOff: true,
  test: { time: 1_764_500_000_000, reason: 'certificate', detail: 'Signature', claims: [] },
};

export const portalViews = {
  portalStart: portal({ part: 'start', token: 'a-token' }),
  portalEnded: portal({ part: 'ended' }),
  portalHome: portal({ part: 'home', parts: ['domains', 'sso', 'directory', 'members', 'invitations', 'audit-logs'] }),
  portalDomains: portal(
    {
      part: 'domains',
      domains: [
        { domain: 'acme.example', state: 'verified' },
        { domain: 'missing.example', state: 'record-missing', losesAt: time },
        { domain: 'confirmed.example', state: 'confirmed', losesAt: time },
        { domain: 'expiring.example', state: 'expiring', losesAt: time },
        { domain: 'a-company-with-a-very-long-name.subsidiary.example', state: 'unverified' },
      ],
    },
    { notice: 'removed' },
  ),
  portalNoDomains: portal({ part: 'domains', domains: [], typed: 'gmail.com' }, { error: failed }),
  portalDomain: portal(domain, { error: failed }),
  portalDomainCode: portal(
    { ...domain, isCodeSent: true },
    { error: { field: 'code', code: 'verification_code.code_mismatch', message: 'The code is wrong.' } },
  ),
  portalVerified: portal({ ...domain, domain: { domain: 'acme.example', state: 'verified' } }, { notice: 'verified' }),
  portalMissing: portal({ ...domain, domain: { domain: 'acme.example', state: 'record-missing', losesAt: time } }),
  portalConfirmed: portal({ ...domain, domain: { domain: 'acme.example', state: 'confirmed', losesAt: time } }),
  portalExpiring: portal({ ...domain, domain: { domain: 'acme.example', state: 'expiring', losesAt: time } }),
  portalSso: portal({
    part: 'sso',
    connections: [
      { id: 'c1', name: 'Acme', provider: 'AzureAdOidc', status: 'on' },
      { id: 'c2', name: 'Acme', provider: 'SAML', status: 'new' },
    ],
  }),
  portalNoSso: portal({ part: 'sso', connections: [] }, { error: failed }),
  portalSsoConnection: portal(ssoConnection, { notice: 'saved' }),
  portalSsoSaml: portal(ssoSaml, { error: failed }),
  portalSsoGroup: portal({ part: 'sso-group', id: 'c1', name: 'Acme', attribute: 'groups', value: 'Sales', roles }),
  portalDirectory: portal(directory),
  portalNoDirectory: portal(
    {
      ...{ ...directory, hasVerifiedDomain: false, tokens: [], groups: [], hasMore: false },
      ...{ lastUsedAt: null, lastChangedAt: null, typed: 'Entra ID' },
    },
    { error: { code: 'entity.unique_integrity_violation', message: 'Choose another name.' } },
  ),
  portalDirectoryToken: portal(tokenScreen),
  portalDirectoryValue: portal({ ...tokenScreen, value: 'scim_q3sVt0yYgkqRrXkZ1mJ9aP7uL2cW5eTb' }),
  portalDirectoryGroup: portal({ part: 'directory-group', id: 'g1', name: 'Engineering', membersCount: 12, roles }),
  portalMembers: portal({
    part: 'members',
    members: [member, { id: 'u2', name: 'Wei', roles: [] }],
    page: 2,
    hasMore: true,
    words: 'example',
  }),
  portalNoMembers: portal({ part: 'members', members: [], page: 1, hasMore: false, words: '' }),
  portalMember: portal({ part: 'member', member, roles }, { notice: 'saved' }),
  portalInvitations: portal({
    part: 'invitations',
    invitations: [{ id: 'i1', invitee: 'guest.with.a.long.name@mail.example.com', expiresAt: time, roles: ['Editor'] }],
    roles,
    isOpen: true,
  }),
  portalNoInvitations: portal({ part: 'invitations', invitations: [], roles, isOpen: false }),
  portalLogs: portal({
    part: 'audit-logs',
    entries: [
      {
        id: 'l1',
        event: 'Organization.VerifyDomain',
        detail: 'acme.example',
        hasFailed: false,
        source: 'portal',
        time,
      },
      { id: 'l2', event: 'Scim.User.Create', detail: 'Entra ID', hasFailed: true, source: 'directory', time },
      { id: 'l3', event: 'Organization.CreatePortalLink', hasFailed: false, source: 'operator', time },
      { id: 'l4', event: 'Organization.Invite', detail: 'ana@example.com', ...byMember, time },
    ],
    page: 1,
    hasMore: false,
  }),
  portalNoLogs: portal({ part: 'audit-logs', entries: [], page: 1, hasMore: false }),
};
