/**
 * The groups of routes, and what permissions call each. A group without a name holds no route of the Management API:
 * one that declares `access: 'management'` there does not compile, and neither does a route of an unlisted group.
 */
const tagNames = {
  'Account center': 'account-center',
  Applications: 'applications',
  'Audit logs': 'audit-logs',
  Configs: 'configs',
  Connectors: 'connectors',
  Consent: null,
  'Custom phrases': 'custom-phrases',
  'Custom profile fields': 'custom-profile-fields',
  Dashboard: 'dashboard',
  'Email templates': 'email-templates',
  Experience: null,
  Hooks: 'hooks',
  'One-time tokens': 'one-time-tokens',
  'Organization invitations': 'organization-invitations',
  'Organization roles': 'organization-roles',
  'Organization scopes': 'organization-scopes',
  Organizations: 'organizations',
  Resources: 'resources',
  Roles: 'roles',
  Sandbox: 'sandbox',
  Secrets: 'secrets',
  'Sentinel activities': 'sentinel-activities',
  'Sign-in experience': 'sign-in-experience',
  Status: null,
  'Subject tokens': 'subject-tokens',
  Systems: 'systems',
  'User assets': 'user-assets',
  Users: 'users',
  'Verification codes': 'verification-codes',
  'Well-known': null,
} as const;

export type Tag = keyof typeof tagNames;
export type ManagementTag = { [Name in Tag]: (typeof tagNames)[Name] extends string ? Name : never }[Tag];
/** A scope of the Management API besides `all`, which covers every one. */
export type Permission = `${'read' | 'write'}:${(typeof tagNames)[ManagementTag]}`;

/** The scope that covers every permission of the Management API. */
export const fullAccess = 'all';

/** What permissions follow from. */
interface Declared {
  readonly access: string;
  readonly method: string;
  readonly tag: Tag;
}

/** The permission of a route: `read:<group>` for GET, otherwise `write:<group>`; only in the Management API. */
export function permissionOf({ access, method, tag }: Declared): Permission | undefined {
  if (access !== 'management') return undefined;
  const name = tagNames[tag];
  // A contract that bypassed the compiler is refused, not open.
  if (!name) throw new Error(`The tag ${tag} has no name in permissions.`);
  return `${method === 'GET' ? 'read' : 'write'}:${name}`;
}
