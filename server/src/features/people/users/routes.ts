import * as contract from '@aldaba/contract';
import { requireFullAccess } from '../../../http/guards.ts';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import { parseSearch } from '../../../http/search.ts';
import type { Queries } from '../../../store/index.ts';
import type { Users } from './service.ts';
import { searchableFields } from './user.ts';

const roleFields = ['id', 'name', 'description'];

const dateOf = (time: number | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));

/** `/api/users`, and the users of a role below `/api/roles`. */
export function userRoutes(
  implement: Implement,
  users: Users,
  ssoIdentities: { list: (q: Queries, userId: string) => Promise<contract.SsoIdentity[]> },
): void {
  implement(contract.listUsers, async ({ tenant, query, page }) => {
    const { roleId, organizationId, ssoConnectorId, isSuspended, hasMfa, sort } = query;
    const { excludeRoleId, excludeOrganizationId } = query;
    const filter = {
      search: parseSearch(query, searchableFields),
      roleId,
      organizationId,
      ssoConnectorId,
      isSuspended,
      hasMfa,
      createdAfter: dateOf(query.createdAfter),
      lastSignInAfter: dateOf(query.lastSignInAfter),
      excludeRoleId,
      excludeOrganizationId,
    };
    const { items, total } = await users.list(tenant.db, filter, page as Page, {
      by: sort.endsWith('createdAt') ? 'createdAt' : 'lastSignInAt',
      isAscending: !sort.startsWith('-'),
    });
    return new Paged(items, total);
  });
  implement(contract.createUser, async ({ tenant, body }) => {
    const { password, passwordDigest, passwordAlgorithm, ...draft } = body;
    const digest = await users.digestOf({ password, passwordDigest, passwordAlgorithm });
    return users.create(tenant.db, { ...draft, password: digest, isEmailVerified: true });
  });
  implement(contract.getUser, async ({ tenant, caller, params, query }) => {
    if (query.includePasswordHash) requireFullAccess(caller);
    const user = await users.get(tenant.db, params.userId);
    const password = query.includePasswordHash ? await users.findPassword(tenant.db, params.userId) : undefined;
    return {
      ...user,
      ...(query.includeSsoIdentities ? { ssoIdentities: await ssoIdentities.list(tenant.db, params.userId) } : {}),
      ...(query.includePasswordHash
        ? { passwordDigest: password?.digest ?? null, passwordAlgorithm: password?.algorithm ?? null }
        : {}),
    };
  });
  implement(contract.updateUser, ({ tenant, params, body }) => users.update(tenant.db, params.userId, body));
  implement(contract.deleteUser, ({ tenant, params }) => users.remove(tenant.db, params.userId));
  implement(contract.updateUserIsSuspended, ({ tenant, params, body }) => users.update(tenant.db, params.userId, body));
  dataRoutes(implement, users);
  passwordRoutes(implement, users);
  settingRoutes(implement, users);
  userRoleRoutes(implement, users);
}

function dataRoutes(implement: Implement, users: Users): void {
  implement(
    contract.getUserCustomData,
    async ({ tenant, params }) => (await users.get(tenant.db, params.userId)).customData,
  );
  implement(contract.updateUserCustomData, ({ tenant, params, body }) =>
    users.merge(tenant.db, params.userId, { customData: body.customData }),
  );
  implement(contract.updateUserProfile, ({ tenant, params, body }) =>
    users.merge(tenant.db, params.userId, { profile: body.profile }),
  );
}

function passwordRoutes(implement: Implement, users: Users): void {
  implement(contract.updateUserPassword, ({ tenant, params, body }) =>
    users.setPassword(tenant.db, params.userId, body),
  );
  implement(contract.updateUserPasswordExpiration, ({ tenant, params, body }) =>
    users.update(tenant.db, params.userId, { isPasswordExpired: body.isExpired }),
  );
  implement(contract.verifyUserPassword, ({ tenant, params, body }) =>
    users.verifyPassword(tenant.db, params.userId, body.password),
  );
  implement(contract.getUserHasPassword, async ({ tenant, params }) => ({
    hasPassword: (await users.get(tenant.db, params.userId)).hasPassword,
  }));
}

function settingRoutes(implement: Implement, users: Users): void {
  implement(contract.listUserLogtoConfigs, ({ tenant, params }) => users.getLogtoConfig(tenant.db, params.userId));
  implement(contract.updateUserLogtoConfigs, ({ tenant, params, body }) =>
    users.updateLogtoConfig(tenant.db, params.userId, body),
  );
}

function userRoleRoutes(implement: Implement, users: Users): void {
  implement(contract.listUserRoles, async ({ tenant, params, query, page }) => {
    const { items, total } = await users.listRoles(tenant.db, params.userId, parseSearch(query, roleFields), page);
    return new Paged(items, total);
  });
  implement(contract.assignUserRoles, async ({ tenant, params, body }) => ({
    roleIds: body.roleIds,
    addedRoleIds: await users.addRoles(tenant.db, params.userId, body.roleIds),
  }));
  implement(contract.replaceUserRoles, async ({ tenant, params, body }) => {
    await users.replaceRoles(tenant.db, params.userId, body.roleIds);
    return { roleIds: body.roleIds };
  });
  implement(contract.deleteUserRole, ({ tenant, params }) => users.removeRole(tenant.db, params.userId, params.roleId));
  implement(contract.listRoleUsers, async ({ tenant, params, query, page }) => {
    const { items, total } = await users.listOfRole(
      tenant.db,
      params.id,
      parseSearch(query, searchableFields),
      page as Page,
    );
    return new Paged(items, total);
  });
  implement(contract.createRoleUsers, ({ tenant, params, body }) =>
    users.addToRole(tenant.db, params.id, body.userIds),
  );
  implement(contract.deleteRoleUser, ({ tenant, params }) => users.removeFromRole(tenant.db, params.id, params.userId));
}
