import type { ConsentScopes, ConsentScopeType, ConsentUserScope } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { CacheRegistry } from '../../../store/cache.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Database, Queries, Transaction } from '../../../store/database.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import * as store from './store.ts';

export interface ConsentScopesNeeds {
  database: Database;
  caches: CacheRegistry;
  changes: Pick<Changes<Transaction>, 'on'>;
}

/** The allowed scopes of a third-party application, by name as in tokens. */
export interface AllowedScopes {
  user: ReadonlySet<string>;
  /** By resource. */
  resource: ReadonlyMap<string, ReadonlySet<string>>;
  organization: ReadonlySet<string>;
  /** By resource: permissions that an organization gives. */
  organizationResource: ReadonlyMap<string, ReadonlySet<string>>;
}

type Addition = {
  organizationScopes?: readonly string[] | undefined;
  resourceScopes?: readonly string[] | undefined;
  organizationResourceScopes?: readonly string[] | undefined;
  userScopes?: readonly ConsentUserScope[] | undefined;
};

export interface ConsentScopesService {
  /** Cached. */
  allowedScopesOf: (tenant: Tenant, applicationId: string) => Promise<AllowedScopes>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  list: (q: Queries, applicationId: string) => Promise<ConsentScopes>;
  /**
   * Allows more scopes: by id, or by name for user scopes.
   * @throws AldabaError `entity.not_exists_with_id`, `application.third_party_application_only`,
   *   `application.user_consent_scopes_not_found`
   */
  add: (q: Queries, applicationId: string, addition: Addition) => Promise<void>;
  /** @throws AldabaError `entity.not_exists_with_id`, `entity.not_found` */
  remove: (q: Queries, place: { applicationId: string; scopeType: ConsentScopeType; scopeId: string }) => Promise<void>;
}

export function createConsentScopes({ database, caches, changes }: ConsentScopesNeeds): ConsentScopesService {
  const cache = caches.create<AllowedScopes>({
    name: 'consent-ceilings',
    maximum: 5000,
    maximumAge: 60_000,
    load: async (tenantId, applicationId) =>
      toAllowedScopes(await store.findNames(database.tenant(tenantId), applicationId)),
  });
  changes.on('scopes.changed', (tx) => cache.changed(tx, '*'));
  const require = async (q: Queries, id: string) => {
    const application = await store.findApplicationKind(q, id);
    if (!application) throw new AldabaError('entity.not_exists_with_id', { name: 'application', id });
    return application;
  };
  return {
    allowedScopesOf: async (tenant, applicationId) =>
      (await cache.get(tenant.id, applicationId)) ?? toAllowedScopes([]),
    list: async (q, applicationId) => {
      await require(q, applicationId);
      return {
        organizationScopes: await store.findOrganizationScopes(q, applicationId),
        resourceScopes: grouped(await store.findResourceScopes(q, applicationId, false)),
        organizationResourceScopes: grouped(await store.findResourceScopes(q, applicationId, true)),
        userScopes: (await store.findUserScopes(q, applicationId)) as ConsentUserScope[],
      };
    },
    add: atomic(async (tx, applicationId, addition) => {
      if (!(await require(tx, applicationId)).isThirdParty)
        throw new AldabaError('application.third_party_application_only');
      await existing(
        (async () => {
          await store.insertUserScopes(tx, applicationId, addition.userScopes ?? []);
          await store.insertResourceScopes(tx, applicationId, addition.resourceScopes ?? [], false);
          await store.insertResourceScopes(tx, applicationId, addition.organizationResourceScopes ?? [], true);
          await store.insertOrganizationScopes(tx, applicationId, addition.organizationScopes ?? []);
        })(),
      );
      await cache.changed(tx, applicationId);
    }),
    remove: atomic(async (tx, { applicationId, scopeType, scopeId }) => {
      await require(tx, applicationId);
      if (!(await store.deleteScope(tx, applicationId, scopeType, scopeId))) throw new AldabaError('entity.not_found');
      await cache.changed(tx, applicationId);
    }),
  };
}

function toAllowedScopes(names: readonly store.AllowedName[]): AllowedScopes {
  const namesOf = (kind: store.AllowedName['kind']) =>
    new Set(names.filter((row) => row.kind === kind).map(({ name }) => name));
  const byResource = (kind: store.AllowedName['kind']) =>
    new Map(
      Map.groupBy(
        names.filter((row) => row.kind === kind),
        ({ resourceId }) => resourceId ?? '',
      )
        .entries()
        .map(([resourceId, rows]) => [resourceId, new Set(rows.map(({ name }) => name))]),
    );
  return {
    user: namesOf('user'),
    resource: byResource('resource'),
    organization: namesOf('organization'),
    organizationResource: byResource('organization-resource'),
  };
}

const grouped = (rows: readonly store.ResourceScope[]): ConsentScopes['resourceScopes'] =>
  Map.groupBy(rows, ({ resource }) => resource.id)
    .values()
    .map((group) => ({
      resource: (group[0] as store.ResourceScope).resource,
      scopes: group.map(({ resource: _resource, ...scope }) => scope),
    }))
    .toArray();

async function existing(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (constraintOf(error)?.endsWith('scope_id_fkey'))
      throw new AldabaError('application.user_consent_scopes_not_found', undefined, { cause: error });
    throw error;
  }
}
