import type { RoleType } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { Roles } from '../../authorization/roles/index.ts';
import type { OrganizationRoles } from '../../organizations/organization-roles/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import * as store from './group-store.ts';
import type { DirectoryId } from './store.ts';

export interface GroupRolesNeeds {
  roles: Pick<Roles, 'assign' | 'unassign' | 'get'>;
  organizations: Pick<Organizations, 'addRoles' | 'takeRole'>;
  organizationRoles: Pick<OrganizationRoles, 'get'>;
}

/** The roles that users have by the groups of a directory. */
export interface GroupRoles {
  /**
   * Gives these users the roles of their groups and takes roles that the directory gave and no group gives any more.
   * Roles that an operator assigned stay.
   */
  reconcile: (tx: Transaction, organizationId: DirectoryId, userIds: readonly string[]) => Promise<void>;
  /** @throws AldabaError `entity.not_exists_with_id`, `user.invalid_role_type` */
  requireUserRole: (q: Queries, organizationId: DirectoryId, roleId: string) => Promise<void>;
}

export function createGroupRoles({ roles, organizations, organizationRoles }: GroupRolesNeeds): GroupRoles {
  const give = async (tx: Transaction, organizationId: DirectoryId, roleId: string, userIds: readonly string[]) => {
    if (organizationId === null) for (const id of userIds) await roles.assign(tx, 'user', id, [roleId]);
    else await organizations.addRoles(tx, { kind: 'user', organizationId, ids: userIds }, [roleId]);
    await store.insertRoleGrants(tx, organizationId, { roleId, userIds });
  };
  const take = async (tx: Transaction, organizationId: DirectoryId, roleId: string, userIds: readonly string[]) => {
    for (const id of userIds)
      await (organizationId === null
        ? roles.unassign(tx, 'user', id, roleId)
        : organizations.takeRole(tx, { kind: 'user', organizationId, id }, roleId)
      ).catch(ignoreAbsence);
    await store.deleteRoleGrants(tx, organizationId, { roleId, userIds });
  };
  return {
    reconcile: async (tx, organizationId, userIds) => {
      if (userIds.length === 0) return;
      const changes = await store.findRoleChanges(tx, organizationId, userIds);
      const byRole = Map.groupBy(changes, ({ change, roleId }) => `${change} ${roleId}`);
      for (const same of byRole.values()) {
        const { change, roleId } = same[0] as store.RoleChange;
        const ids = same.map(({ userId }) => userId);
        await (change === 'give' ? give : take)(tx, organizationId, roleId, ids);
      }
    },
    requireUserRole: async (q, organizationId, roleId) => {
      const { type }: { type: RoleType } = await (organizationId === null ? roles : organizationRoles).get(q, roleId);
      if (type !== 'User') throw new AldabaError('user.invalid_role_type', { roleIds: [roleId] });
    },
  };
}

/** The role was taken already, or the user left the organization. */
function ignoreAbsence(error: unknown): void {
  const isAbsent =
    error instanceof AldabaError && ['entity.not_found', 'organization.require_membership'].includes(error.code);
  if (!isAbsent) throw error;
}
