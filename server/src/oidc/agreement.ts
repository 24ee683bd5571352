/**
 * What a user agreed to for a third-party application: exactly what was shown. Stored with the grant and by resource
 * id, so that consent to a permission of one API never counts for another.
 */
export interface Agreement {
  /** Scopes about the user. */
  user: string[];
  /** Permissions by resource id; a resource without permissions can still be the audience of a token. */
  resources: Record<string, string[]>;
  /** Permissions in organizations. */
  organization: string[];
  /** Permissions on resources that organization roles give, by resource id. */
  organizationResources: Record<string, string[]>;
}

export const noAgreement: Agreement = { user: [], resources: {}, organization: [], organizationResources: {} };

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

function unionByResource(a: Record<string, string[]>, b: Record<string, string[]>): Record<string, string[]> {
  const ids = union(Object.keys(a), Object.keys(b));
  return Object.fromEntries(ids.map((id) => [id, union(a[id] ?? [], b[id] ?? [])]));
}

/** A later agreement extends the earlier ones of its grant. */
export const mergeAgreements = (a: Agreement, b: Agreement): Agreement => ({
  user: union(a.user, b.user),
  resources: unionByResource(a.resources, b.resources),
  organization: union(a.organization, b.organization),
  organizationResources: unionByResource(a.organizationResources, b.organizationResources),
});

const includesAll = (given: readonly string[] | undefined, asked: readonly string[]): boolean =>
  given !== undefined && asked.every((name) => given.includes(name));
const coversResources = (given: Record<string, string[]>, asked: Record<string, string[]>): boolean =>
  Object.entries(asked).every(([id, names]) => includesAll(given[id], names));

/** Whether everything that would be shown now was already agreed to. */
export const covers = (given: Agreement, asked: Agreement): boolean =>
  includesAll(given.user, asked.user) &&
  includesAll(given.organization, asked.organization) &&
  coversResources(given.resources, asked.resources) &&
  coversResources(given.organizationResources, asked.organizationResources);

/** Every scope of the agreement, of all kinds. */
export const agreedScopes = (agreement: Agreement): ReadonlySet<string> =>
  new Set([
    'openid',
    ...agreement.user,
    ...agreement.organization,
    ...Object.values(agreement.resources).flat(),
    ...Object.values(agreement.organizationResources).flat(),
  ]);
