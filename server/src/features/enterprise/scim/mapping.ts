import type { ScimGroup } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/database.ts';
import { atomic } from '../../../store/transaction.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import * as store from './group-store.ts';
import type { GroupRoles } from './roles.ts';

/** Which roles the groups of a directory give, as operators choose. */
export interface GroupMapping {
  /** When the directory last changed a user or a group; null if it has not provisioned any. */
  lastChange: (q: Queries, organizationId: string | null) => Promise<number | null>;
  /** By name. @throws AldabaError `entity.not_exists_with_id` */
  list: (q: Queries, organizationId: string | null) => Promise<ScimGroup[]>;
  /**
   * Members lose the role of the former mapping and get the new one.
   * @throws AldabaError `entity.not_found`, `entity.not_exists_with_id`, `user.invalid_role_type`
   */
  map: (
    q: Queries,
    place: { organizationId: string | null; groupId: string },
    given: { roleId: string | null; by: Readonly<Record<string, string>> },
  ) => Promise<ScimGroup>;
}

export function createGroupMapping(needs: {
  groupRoles: GroupRoles;
  logs: Audit;
  organizations: Pick<Organizations, 'get'>;
}): GroupMapping {
  const { groupRoles, logs, organizations } = needs;
  const list: GroupMapping['list'] = async (q, organizationId) => {
    if (organizationId !== null) await organizations.get(q, organizationId);
    const groups = await store.findGroupSummaries(q, organizationId);
    return groups.map(({ id, displayName, externalId, membersCount, mappedRoleId }) => ({
      ...{ id, displayName, externalId, membersCount },
      roleId: mappedRoleId,
    }));
  };
  return {
    list,
    lastChange: async (q, organizationId) => (await store.findLastChange(q, organizationId))?.getTime() ?? null,
    map: atomic(async (tx, { organizationId, groupId }, { roleId, by }) => {
      const group = await store.findGroup(tx, organizationId, groupId, { locks: true });
      if (!group) throw new AldabaError('entity.not_found');
      if (roleId !== null) await groupRoles.requireUserRole(tx, organizationId, roleId);
      await store.mapGroupRow(tx, organizationId, { id: groupId, roleId });
      const members = await store.findMembers(tx, [groupId]);
      await groupRoles.reconcile(
        tx,
        organizationId,
        members.map(({ userId }) => userId),
      );
      const found = (await list(tx, organizationId)).find(({ id }) => id === groupId);
      if (!found) throw new AldabaError('entity.not_found');
      tx.afterCommit(() =>
        logs.write(tx.tenantId, {
          ...{ key: 'Scim.Group.Map', result: 'Success' },
          ...(organizationId === null ? {} : { organizationId }),
          params: { groupId, groupName: found.displayName, roleId, ...by },
        }),
      );
      return found;
    }),
  };
}
