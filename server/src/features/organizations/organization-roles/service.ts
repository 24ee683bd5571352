import type {
  BodyOf,
  createOrganizationRole,
  createOrganizationScope,
  OrganizationRole,
  OrganizationRoleWithScopes,
  OrganizationScope,
  RoleType,
  Scope,
} from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries, Search, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { atomic } from '../../../store/transaction.ts';
import { isManagementIndicator } from '../../../tenancy/management-indicator.ts';
import * as store from './store.ts';

type OrganizationScopeDraft = BodyOf<typeof createOrganizationScope>;
type OrganizationRoleDraft = BodyOf<typeof createOrganizationRole>;

type ScopeKind = store.ScopeKind;

export interface OrganizationRoles {
  listScopes: (q: Queries, search?: Search, slice?: Slice) => Promise<Listed<OrganizationScope>>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  getScope: (q: Queries, id: string) => Promise<OrganizationScope>;
  /** @throws AldabaError `entity.unique_integrity_violation` */
  createScope: (q: Queries, draft: OrganizationScopeDraft) => Promise<OrganizationScope>;
  updateScope: (q: Queries, id: string, patch: store.Description) => Promise<OrganizationScope>;
  removeScope: (q: Queries, id: string) => Promise<void>;

  list: (q: Queries, filter: store.RoleFilter, slice?: Slice) => Promise<Listed<OrganizationRoleWithScopes>>;
  /** Roles by id or by name; unknown ones are left out. */
  find: (q: Queries, by: { ids: readonly string[] } | { names: readonly string[] }) => Promise<OrganizationRole[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<OrganizationRole>;
  /** @throws AldabaError `entity.unique_integrity_violation`, and the same as `addScopes` */
  create: (q: Queries, draft: OrganizationRoleDraft) => Promise<OrganizationRole>;
  /** @throws AldabaError `entity.db_constraint_violated` when the type changes while the role is assigned */
  update: (
    q: Queries,
    id: string,
    patch: store.Description & { type?: RoleType | undefined },
  ) => Promise<OrganizationRole>;
  remove: (q: Queries, id: string) => Promise<void>;

  organizationScopes: (q: Queries, roleId: string) => Promise<OrganizationScope[]>;
  resourceScopes: (q: Queries, roleId: string) => Promise<Scope[]>;
  /**
   * @throws AldabaError `entity.relation_foreign_key_not_found`, and
   *   `role.management_api_scopes_not_assignable_to_user_role`: organization roles cannot have permissions of the
   *   Management API
   */
  addScopes: (q: Queries, kind: ScopeKind, roleId: string, scopeIds: readonly string[]) => Promise<void>;
  replaceScopes: (q: Queries, kind: ScopeKind, roleId: string, scopeIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` when the role does not have the permission */
  takeScope: (q: Queries, kind: ScopeKind, roleId: string, scopeId: string) => Promise<void>;
}

export function createOrganizationRoles({ events }: { events: Events<Transaction> }): OrganizationRoles {
  const scopesUpdated = (tx: Transaction, roleId: string) =>
    events.publish(tx, 'OrganizationRole.Scopes.Updated', async () => ({
      organizationRoleId: roleId,
      data: await store.findOrganizationScopes(tx, roleId),
      resourceScopes: await store.findResourceScopes(tx, roleId),
    }));
  return {
    ...createScopes(events),
    list: async (q, filter, slice) => {
      const { items, total } = await store.findRoleList(q, filter, slice);
      return { items: await withScopes(q, items), total };
    },
    find: store.findRoles,
    get: getRole,
    create: atomic(async (tx, draft) => {
      const id = standardId();
      const { name, description = null, type } = draft;
      await store.insertRole(tx, { id, name, description, type });
      await requireAssignable(tx, draft.resourceScopeIds);
      await store.insertRoleScopes(tx, 'organization', id, draft.organizationScopeIds);
      await store.insertRoleScopes(tx, 'resource', id, draft.resourceScopeIds);
      const role = await getRole(tx, id);
      await events.publish(tx, 'OrganizationRole.Created', { data: role });
      if (draft.organizationScopeIds.length + draft.resourceScopeIds.length > 0) await scopesUpdated(tx, id);
      return role;
    }),
    update: atomic(async (tx, id, patch) => {
      const role = await store.updateRoleRow(tx, id, patch).catch(explainHeld);
      if (!role) throw missing('organization role', id);
      await events.publish(tx, 'OrganizationRole.Data.Updated', { data: role });
      return role;
    }),
    remove: (q, id) =>
      q.transaction(async (tx) => {
        if ((await store.deleteRoleRow(tx, id)) === 0) throw missing('organization role', id);
        await events.publish(tx, 'OrganizationRole.Deleted', { data: null });
      }),
    organizationScopes: async (q, roleId) => {
      await getRole(q, roleId);
      return store.findOrganizationScopes(q, roleId);
    },
    resourceScopes: async (q, roleId) => {
      await getRole(q, roleId);
      return store.findResourceScopes(q, roleId);
    },
    addScopes: atomic(async (tx, kind, roleId, scopeIds) => {
      await addScopes(tx, kind, roleId, scopeIds);
      await scopesUpdated(tx, roleId);
    }),
    replaceScopes: atomic(async (tx, kind, roleId, scopeIds) => {
      await addScopes(tx, kind, roleId, scopeIds);
      await store.deleteRoleScopes(tx, kind, roleId, { except: scopeIds });
      await scopesUpdated(tx, roleId);
    }),
    takeScope: atomic(async (tx, kind, roleId, scopeId) => {
      if ((await store.deleteRoleScopes(tx, kind, roleId, { only: [scopeId] })) === 0)
        throw new AldabaError('entity.not_found');
      await scopesUpdated(tx, roleId);
    }),
  };
}

const createScopes = (events: Events<Transaction>) =>
  ({
    listScopes: store.findScopeList,
    getScope,
    createScope: atomic(async (tx, { name, description = null }) => {
      const id = standardId();
      await store.insertScope(tx, { id, name, description });
      const scope = await getScope(tx, id);
      await events.publish(tx, 'OrganizationScope.Created', { data: scope });
      return scope;
    }),
    updateScope: atomic(async (tx, id, patch) => {
      const scope = await store.updateScopeRow(tx, id, patch);
      if (!scope) throw missing('organization scope', id);
      await events.publish(tx, 'OrganizationScope.Data.Updated', { data: scope });
      return scope;
    }),
    removeScope: atomic(async (tx, id) => {
      if ((await store.deleteScopeRow(tx, id)) === 0) throw missing('organization scope', id);
      await events.publish(tx, 'OrganizationScope.Deleted', { data: null });
    }),
  }) satisfies Partial<OrganizationRoles>;

async function getScope(q: Queries, id: string): Promise<OrganizationScope> {
  const scope = await store.findScope(q, id);
  if (!scope) throw missing('organization scope', id);
  return scope;
}

async function getRole(q: Queries, id: string): Promise<OrganizationRole> {
  const role = await store.findRole(q, id);
  if (!role) throw missing('organization role', id);
  return role;
}

const addScopes: OrganizationRoles['addScopes'] = atomic(async (tx, kind, roleId, scopeIds) => {
  const role = await store.findRole(tx, roleId);
  if (!role) throw new AldabaError('entity.relation_foreign_key_not_found', { organizationRoleId: roleId });
  if (kind === 'resource') await requireAssignable(tx, scopeIds);
  await store.insertRoleScopes(tx, kind, roleId, scopeIds);
});

/**
 * Only the tenant's own machine-to-machine roles give control over the tenant. An administrator who assigns roles in
 * one organization must not be able to grant permissions beyond that organization.
 */
async function requireAssignable(q: Queries, scopeIds: readonly string[]): Promise<void> {
  if ((await store.findIndicators(q, scopeIds)).some(isManagementIndicator))
    throw new AldabaError('role.management_api_scopes_not_assignable_to_user_role');
}

async function withScopes(q: Queries, roles: readonly OrganizationRole[]): Promise<OrganizationRoleWithScopes[]> {
  const rows = await store.findScopesOfRoles(
    q,
    roles.map((role) => role.id),
  );
  const found = new Map(rows.map((row) => [row.role_id, row]));
  return roles.map((role) => ({
    ...role,
    scopes: found.get(role.id)?.scopes ?? [],
    resourceScopes: found.get(role.id)?.resource_scopes ?? [],
  }));
}

const missing = (name: string, id: string) => new AldabaError('entity.not_exists_with_id', { name, id });

/** Assignments refer to a role together with its type, so an assigned role cannot change its type. */
function explainHeld(error: unknown): never {
  if (error instanceof AldabaError && error.code === 'entity.relation_foreign_key_not_found')
    throw new AldabaError('entity.db_constraint_violated', undefined, { cause: error });
  throw error;
}
