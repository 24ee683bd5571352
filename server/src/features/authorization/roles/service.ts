import type { BodyOf, createRole, Resource, Role, RoleSummary, RoleType, Scope, updateRole } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { CacheRegistry } from '../../../store/cache.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Database, Queries, Transaction } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { type Search, searching } from '../../../store/search.ts';
import { atomic } from '../../../store/transaction.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import { isManagementIndicator } from '../../../tenancy/management-indicator.ts';
import type { Tenant } from '../../../tenancy/service.ts';
import type { Holder } from './store.ts';
import * as store from './store.ts';
import { findAdministration, findFullAccess, findPermittedUsers, lockRole, type PermittedUser } from './team-store.ts';

export interface RolesNeeds {
  database: Database;
  caches: CacheRegistry;
  changes: Pick<Changes<Transaction>, 'on'>;
  events: Events<Transaction>;
}

type RoleDraft = BodyOf<typeof createRole>;
type RolePatch = BodyOf<typeof updateRole>;

export interface Roles {
  /** Names of the permissions that the user's roles give on the resource. */
  userScopes: (q: Queries, userId: string, resourceId: string) => Promise<string[]>;
  /** The same for a machine-to-machine application; cached. */
  applicationScopes: (tenant: Tenant, applicationId: string, resourceId: string) => Promise<string[]>;
  /**
   * Names of the permissions that a user of the admin tenant has on a Management API now, whatever its tokens say.
   * Undefined for a user who is suspended or was deleted. Cached.
   */
  administratorScopes: (userId: string, indicator: string) => Promise<string[] | undefined>;
  /** Drops what is cached of a user, who was suspended, reactivated or deleted. */
  userChanged: (tx: Transaction, userId: string) => Promise<void>;
  /** Names of all permissions that the roles of a user or application give, sorted, by resource indicator. */
  scopesByIndicator: (q: Queries, holderId: string) => Promise<ReadonlyMap<string, string[]>>;
  /** Names of a user's roles. */
  userRoleNames: (q: Queries, userId: string) => Promise<string[]>;

  list: (q: Queries, filter: store.RoleFilter, slice?: Slice) => Promise<Listed<Role>>;
  /** The same with the assignments. */
  summarize: (q: Queries, filter: store.RoleFilter, slice?: Slice) => Promise<Listed<RoleSummary>>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<Role>;
  create: (q: Queries, draft: RoleDraft) => Promise<Role>;
  update: (q: Queries, id: string, patch: RolePatch) => Promise<Role>;
  remove: (q: Queries, id: string) => Promise<void>;

  listScopes: (
    q: Queries,
    roleId: string,
    search?: Search,
    slice?: Slice,
  ) => Promise<Listed<Scope & { resource: Resource }>>;
  addScopes: (q: Queries, roleId: string, scopeIds: readonly string[]) => Promise<Scope[]>;
  removeScope: (q: Queries, roleId: string, scopeId: string) => Promise<void>;

  /**
   * Assigns roles to an existing user or application; roles it already has stay. Returns the ids that are new to it.
   */
  assign: (tx: Transaction, holder: Holder, holderId: string, roleIds: readonly string[]) => Promise<string[]>;
  /** Assigns the roles and removes all others. */
  replace: (tx: Transaction, holder: Holder, holderId: string, roleIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_found` if the role is not assigned */
  unassign: (tx: Transaction, holder: Holder, holderId: string, roleId: string) => Promise<void>;
  /**
   * Assigns a role to several users or applications.
   * @throws AldabaError `role.user_exists` or `role.application_exists` if one already has it
   */
  addHolders: (tx: Transaction, roleId: string, holder: Holder, holderIds: readonly string[]) => Promise<void>;
  /** Assigns the default roles to a new user. */
  assignDefaults: (tx: Transaction, userIds: readonly string[]) => Promise<void>;
  /** The users whose roles give permissions on the resource of an indicator, oldest first. */
  usersOf: (q: Queries, indicator: string) => Promise<PermittedUser[]>;
  /** Whether a user or an application has full access to a Management API now, whatever its tokens say. */
  hasFullAccess: (q: Queries, indicator: string, holderId: string) => Promise<boolean>;
  /** Holds other decisions about who has the role back until the transaction ends. */
  lock: (tx: Transaction, roleId: string) => Promise<unknown>;
  isHeldBy: (q: Queries, holder: Holder, holderId: string, roleId: string) => Promise<boolean>;
}

const holderOf: Record<RoleType, Holder> = { User: 'user', MachineToMachine: 'application' };

export function createRoles({ database, caches, changes, events }: RolesNeeds): Roles {
  const applicationScopes = caches.create<ReadonlyMap<string, string[]>>({
    name: 'application-scopes',
    maximum: 10_000,
    maximumAge: 60_000,
    load: async (tenantId, applicationId) =>
      new Map(
        Map.groupBy(
          await store.findApplicationScopeNames(database.tenant(tenantId), applicationId),
          (row) => row.resource_id,
        )
          .entries()
          .map(([resourceId, rows]) => [resourceId, rows.map((row) => row.name)]),
      ),
  });
  // Every call of the Console asks for it.
  const administrations = caches.create<ReadonlyMap<string, string[]>>({
    name: 'administrations',
    maximum: 10_000,
    maximumAge: 60_000,
    load: async (tenantId, userId) => findAdministration(database.tenant(tenantId), userId),
  });
  const userChanged = async (tx: Transaction, userId: string) => {
    if (tx.tenantId === adminTenantId) await administrations.changed(tx, userId);
  };
  const rolesChanged = async (tx: Transaction) => {
    await applicationScopes.changed(tx, '*');
    await userChanged(tx, '*');
  };
  changes.on('scopes.changed', rolesChanged);
  const holdersChanged = async (tx: Transaction, holder: Holder, holderIds: readonly string[]) => {
    for (const id of holderIds)
      await (holder === 'application' ? applicationScopes.changed(tx, id) : userChanged(tx, id));
  };
  const get = async (q: Queries, id: string) => {
    const role = await store.findRole(q, id);
    if (!role) throw new AldabaError('entity.not_exists_with_id', { name: 'role', id });
    return role;
  };
  const scopesUpdated = (tx: Transaction, roleId: string) =>
    events.publish(tx, 'Role.Scopes.Updated', async () => {
      const { items } = await store.findRoleScopeList(tx, roleId);
      return { roleId, data: items.map(({ resource: _resource, ...scope }) => scope) };
    });
  const assign = async (tx: Transaction, holder: Holder, holderId: string, roleIds: readonly string[]) => {
    const ids = [...new Set(roleIds)];
    await requireType(tx, holder, ids);
    const added = await store.insertHolders(
      tx,
      holder,
      ids.map((roleId) => ({ holderId, roleId })),
    );
    await holdersChanged(tx, holder, [holderId]);
    const isNew = new Set(added.map((pair) => pair.role_id));
    return ids.filter((id) => isNew.has(id));
  };

  return {
    userScopes: store.findUserScopeNames,
    administratorScopes: async (userId, indicator) => {
      const administration = await administrations.get(adminTenantId, userId);
      return administration && (administration.get(indicator) ?? []);
    },
    userChanged,
    userRoleNames: store.findUserRoleNames,
    usersOf: findPermittedUsers,
    hasFullAccess: findFullAccess,
    lock: lockRole,
    scopesByIndicator: async (q, holderId) =>
      new Map((await store.findScopesByIndicator(q, holderId)).map(({ indicator, names }) => [indicator, names])),
    applicationScopes: async (tenant, applicationId, resourceId) =>
      (await applicationScopes.get(tenant.id, applicationId))?.get(resourceId) ?? [],
    list: (q, filter, slice) => searching(q, filter.search, (bounded) => store.findRoleList(bounded, filter, slice)),
    summarize: async (q, filter, slice) => {
      const { items, total } = await searching(q, filter.search, (bounded) =>
        store.findRoleList(bounded, filter, slice),
      );
      return { items: await withHolders(q, items), total };
    },
    get,
    create: atomic(async (tx, draft) => {
      refuseInternal(draft.name);
      const role = {
        id: standardId(),
        name: draft.name,
        description: draft.description,
        type: draft.type,
        isDefault: draft.isDefault,
      };
      await named(store.insertRole(tx, role));
      const scopeIds = [...new Set(draft.scopeIds)];
      await requireScopes(tx, draft.type, scopeIds);
      await store.insertRoleScopes(tx, role.id, scopeIds);
      const created = { tenantId: tx.tenantId, ...role };
      await events.publish(tx, 'Role.Created', { data: created });
      if (scopeIds.length > 0) await scopesUpdated(tx, role.id);
      return created;
    }),
    update: atomic(async (tx, id, patch) => {
      refuseInternal((await get(tx, id)).name, patch.name ?? '');
      const role = await named(store.updateRoleRow(tx, id, patch));
      if (!role) throw new AldabaError('entity.not_exists_with_id', { name: 'role', id });
      await events.publish(tx, 'Role.Data.Updated', { data: role });
      return role;
    }),
    remove: atomic(async (tx, id) => {
      refuseInternal((await get(tx, id)).name);
      await store.deleteRoleRow(tx, id);
      await rolesChanged(tx);
      await events.publish(tx, 'Role.Deleted', { data: null });
    }),
    listScopes: async (q, roleId, search, slice) => {
      await get(q, roleId);
      return searching(q, search, (bounded) => store.findRoleScopeList(bounded, roleId, search, slice));
    },
    addScopes: atomic(async (tx, roleId, scopeIds) => {
      const role = await get(tx, roleId);
      const ids = [...new Set(scopeIds)];
      await requireScopes(tx, role.type, ids);
      const held = await store.findRoleScopeIds(tx, roleId);
      const repeated = ids.find((id) => held.includes(id));
      if (repeated) throw new AldabaError('role.scope_exists', { scopeId: repeated });
      await store.insertRoleScopes(tx, roleId, ids);
      await rolesChanged(tx);
      await scopesUpdated(tx, roleId);
      const { items } = await store.findRoleScopeList(tx, roleId);
      return items.filter((scope) => ids.includes(scope.id)).map(({ resource: _resource, ...scope }) => scope);
    }),
    removeScope: atomic(async (tx, roleId, scopeId) => {
      await get(tx, roleId);
      if ((await store.deleteRoleScopeRow(tx, roleId, scopeId)) === 0) throw new AldabaError('entity.not_found');
      await rolesChanged(tx);
      await scopesUpdated(tx, roleId);
    }),
    assign,
    replace: async (tx, holder, holderId, roleIds) => {
      const ids = [...new Set(roleIds)];
      await requireType(tx, holder, ids);
      await store.replaceHeldRoles(tx, holder, holderId, ids);
      await holdersChanged(tx, holder, [holderId]);
    },
    unassign: async (tx, holder, holderId, roleId) => {
      if (!(await store.deleteHeldRole(tx, holder, holderId, roleId))) throw new AldabaError('entity.not_found');
      await holdersChanged(tx, holder, [holderId]);
    },
    addHolders: async (tx, roleId, holder, holderIds) => {
      const role = await get(tx, roleId);
      if (holderOf[role.type] !== holder) throw wrongType(holder, [role.id]);
      const ids = [...new Set(holderIds)];
      const added = await store.insertHolders(
        tx,
        holder,
        ids.map((holderId) => ({ holderId, roleId })),
      );
      if (added.length < ids.length)
        throw new AldabaError(holder === 'user' ? 'role.user_exists' : 'role.application_exists');
      await holdersChanged(tx, holder, ids);
    },
    assignDefaults: async (tx, userIds) => {
      await store.insertDefaultRoles(tx, userIds);
    },
    isHeldBy: async (q, holder, holderId, roleId) =>
      (await store.findHeldRoleIds(q, holder, holderId)).includes(roleId),
  };
}

async function withHolders(q: Queries, roles: readonly Role[]): Promise<RoleSummary[]> {
  const holders = new Map(
    (
      await store.findHolders(
        q,
        roles.map((role) => role.id),
      )
    ).map((row) => [row.role_id, row]),
  );
  return roles.map((role) => {
    const row = holders.get(role.id);
    return {
      ...role,
      usersCount: row?.users ?? 0,
      featuredUsers: row?.featured_users ?? [],
      applicationsCount: row?.applications ?? 0,
      featuredApplications: row?.featured_applications ?? [],
    };
  });
}

/** Built-in roles cannot be changed, and their name prefix is reserved. */
function refuseInternal(...names: string[]): void {
  if (names.some((name) => name.startsWith(store.internalPrefix)))
    throw new AldabaError('role.internal_role_violation');
}

function wrongType(holder: Holder, roleIds: readonly string[]): AldabaError {
  return new AldabaError(holder === 'user' ? 'user.invalid_role_type' : 'application.invalid_role_type', { roleIds });
}

/** Users get user roles only, applications machine-to-machine roles only; an id of another tenant counts as unknown. */
async function requireType(tx: Transaction, holder: Holder, roleIds: readonly string[]): Promise<void> {
  const roles = await store.findRoles(tx, roleIds);
  if (roles.length < roleIds.length) {
    throw new AldabaError('entity.relation_foreign_key_not_found', {
      roleIds: roleIds.filter((id) => !roles.some((role) => role.id === id)),
    });
  }
  const wrong = roles.filter((role) => holderOf[role.type] !== holder);
  if (wrong.length > 0)
    throw wrongType(
      holder,
      wrong.map((role) => role.id),
    );
}

/** Users never get permissions of the Management API: a stolen session must not give control over the tenant. */
async function requireScopes(tx: Transaction, type: RoleType, scopeIds: readonly string[]): Promise<void> {
  const scopes = await store.findScopes(tx, scopeIds);
  if (scopes.length < scopeIds.length) {
    throw new AldabaError('entity.relation_foreign_key_not_found', {
      scopeIds: scopeIds.filter((id) => !scopes.some((scope) => scope.id === id)),
    });
  }
  if (type === 'User' && scopes.some((scope) => isManagementIndicator(scope.indicator))) {
    throw new AldabaError('role.management_api_scopes_not_assignable_to_user_role');
  }
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (constraintOf(error) === 'roles_tenant_id_name_key')
      throw new AldabaError('role.name_in_use', undefined, { cause: error });
    throw error;
  }
}
