/** Decides about the groups of a directory and their members. */
import { type ScimPatchOperation, scimLimits, scimResourceTypes } from '@aldaba/contract/scim';
import type { Clock } from '../../../kernel/clock.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Transaction } from '../../../store/database.ts';
import type { Values } from './attributes.ts';
import type { Directory } from './directory.ts';
import { invalid, noResource, ScimError } from './errors.ts';
import { changesOfMembers, type MemberChanges, memberIdsOf } from './group-patch.ts';
import * as store from './group-store.ts';
import { readResource } from './input.ts';
import { applyPatch } from './patch.ts';
import type { GroupRoles } from './roles.ts';
import { findVisibleIds } from './store.ts';
import { finish } from './user-resource.ts';
import { requireVersion, type Write } from './users.ts';

const type = scimResourceTypes.groups;

/** The resource; without members if they were not asked for. */
export function groupResource(
  group: store.DirectoryGroup,
  base: string,
  members: readonly store.GroupMember[] | undefined,
): Values {
  const resource: Values = {
    id: group.id,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    ...(members === undefined || members.length === 0
      ? {}
      : {
          members: members.map(({ userId, display }) => ({
            value: userId,
            $ref: `${base}/Users/${userId}`,
            type: 'User',
            ...(display === null ? {} : { display }),
          })),
        }),
  };
  const { createdAt: created, updatedAt: lastModified, revision } = group;
  return finish(type, resource, { base, created, lastModified, version: String(revision) });
}

export function createDirectoryGroups({ clock, groupRoles }: { clock: Clock; groupRoles: GroupRoles }) {
  const now = () => new Date(clock.now());

  const requireVisible = async (tx: Transaction, { organizationId }: Directory, ids: readonly string[]) => {
    const known = await findVisibleIds(tx, organizationId, ids);
    const unknown = ids.find((id) => !known.has(id));
    if (unknown !== undefined)
      throw invalid('invalidValue', `The member ${unknown.slice(0, 80)} is not a user. Groups have users only.`);
  };
  const changeMembers = async (tx: Transaction, directory: Directory, id: string, changes: MemberChanges) => {
    const { replaced, added, removed } = changes;
    await requireVisible(tx, directory, [...(replaced ?? []), ...added]);
    const changed = new Set<string>();
    const note = (ids: readonly string[]) => {
      for (const one of ids) changed.add(one);
    };
    if (replaced) {
      note(await store.deleteGroupMembers(tx, id, { except: [...replaced] }));
      note(await store.insertGroupMembers(tx, id, [...replaced]));
    }
    if (added.size > 0) note(await store.insertGroupMembers(tx, id, [...added]));
    if (removed.size > 0) note(await store.deleteGroupMembers(tx, id, { only: [...removed] }));
    await groupRoles.reconcile(tx, directory.organizationId, [...changed]);
  };
  const getLocked = async (tx: Transaction, { organizationId, base }: Directory, { id, ifMatch }: Write) => {
    const group = await store.findGroup(tx, organizationId, id, { locks: true });
    if (!group) throw noResource();
    requireVersion(groupResource(group, base, undefined), ifMatch);
    return group;
  };
  const after = async (tx: Transaction, { organizationId, base }: Directory, id: string, withMembers: boolean) => {
    const group = await store.findGroup(tx, organizationId, id);
    if (!group) throw noResource();
    return groupResource(group, base, withMembers ? await store.findMembers(tx, [id]) : undefined);
  };
  const save = async (tx: Transaction, { organizationId }: Directory, id: string, next: Values) => {
    const externalId = (next.externalId as string | undefined) ?? null;
    await store.updateGroupRow(tx, organizationId, {
      id,
      displayName: next.displayName as string,
      externalId,
      now: now(),
    });
  };

  return {
    create: async (tx: Transaction, directory: Directory, body: unknown): Promise<Values> => {
      const next = readResource(type, body);
      const id = standardId();
      const externalId = (next.externalId as string | undefined) ?? null;
      const { organizationId } = directory;
      await store.insertGroup(tx, organizationId, {
        id,
        displayName: next.displayName as string,
        externalId,
        now: now(),
      });
      await changeMembers(tx, directory, id, { replaced: undefined, added: idsOf(next.members), removed: new Set() });
      return after(tx, directory, id, true);
    },
    replace: async (tx: Transaction, directory: Directory, given: Write & { body: unknown }): Promise<Values> => {
      await getLocked(tx, directory, given);
      const next = readResource(type, given.body);
      await save(tx, directory, given.id, next);
      const none = new Set<string>();
      await changeMembers(tx, directory, given.id, { replaced: idsOf(next.members), added: none, removed: none });
      return after(tx, directory, given.id, true);
    },
    /** Members are added and removed without reading all of them. */
    patch: async (
      tx: Transaction,
      directory: Directory,
      given: Write & { operations: readonly ScimPatchOperation[]; withMembers: boolean },
    ): Promise<Values> => {
      const group = await getLocked(tx, directory, given);
      const { members, others } = await changesOfMembers(given.operations, async () =>
        groupResource(group, directory.base, await store.findMembers(tx, [group.id])),
      );
      const before = groupResource(group, directory.base, undefined);
      await save(tx, directory, group.id, readResource(type, applyPatch(type, before, others)));
      await changeMembers(tx, directory, group.id, members);
      return after(tx, directory, group.id, given.withMembers);
    },
    remove: async (tx: Transaction, directory: Directory, given: Write): Promise<undefined> => {
      const { id } = await getLocked(tx, directory, given);
      const members = await store.deleteGroupMembers(tx, id, { except: [] });
      await groupRoles.reconcile(tx, directory.organizationId, members);
      await store.deleteGroupRow(tx, directory.organizationId, id);
    },
  };
}

function idsOf(members: unknown): Set<string> {
  const ids = memberIdsOf(members);
  if (ids.length > scimLimits.members)
    throw invalid('invalidValue', `A request must name at most ${scimLimits.members} members.`);
  return new Set(ids);
}

const conflicts: Record<string, string> = {
  scim_groups_display_name: 'displayName',
  scim_groups_external_id: 'externalId',
};

/** The protocol's error for a violated constraint of groups. */
export const groupConflict = (constraint: string | undefined): ScimError | undefined =>
  constraint && Object.hasOwn(conflicts, constraint)
    ? new ScimError(409, `Another group has this ${conflicts[constraint]}.`, 'uniqueness')
    : undefined;
