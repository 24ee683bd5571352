import {
  type ScimPatchOperation,
  type ScimResourceType,
  type ScimSearch,
  scimResourceTypes,
} from '@aldaba/contract/scim';
import type { Audit } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries } from '../../../store/database.ts';
import type { Values } from './attributes.ts';
import type { Directory } from './directory.ts';
import { noResource, ScimError } from './errors.ts';
import * as groupStore from './group-store.ts';
import { createDirectoryGroups, groupConflict, groupResource } from './groups.ts';
import { type Equalities, type ListResponse, type ListSource, list } from './listing.ts';
import { includes, type Projection, project } from './projection.ts';
import { createGroupRoles, type GroupRoles, type GroupRolesNeeds } from './roles.ts';
import * as store from './store.ts';
import {
  createDirectoryUsers,
  type DirectoryUsersNeeds,
  explainUserError,
  toUserResource,
  type Write,
} from './users.ts';

export interface ScimNeeds extends Omit<DirectoryUsersNeeds, 'groupRoles'>, GroupRolesNeeds {
  organizations: DirectoryUsersNeeds['organizations'] & GroupRolesNeeds['organizations'];
  logs: Audit;
}

/** A request of a directory. */
export interface ScimCall {
  q: Queries;
  directory: Directory;
}

/** A resource as the client asked for it, with what the headers tell. */
export interface Answered {
  body: Values;
  id: string;
  version: string;
  location: string;
}

/** The resources of one type. */
export interface Resources {
  type: ScimResourceType;
  /** @throws ScimError 404 */
  get: (call: ScimCall, id: string, projection: Projection) => Promise<Answered>;
  /** @throws ScimError `invalidFilter`, `invalidPath`, `tooMany` */
  list: (call: ScimCall, search: ScimSearch) => Promise<ListResponse>;
  /** @throws ScimError `invalidSyntax`, `invalidValue`, `uniqueness` */
  create: (call: ScimCall, body: unknown, projection: Projection) => Promise<Answered>;
  /** @throws ScimError 404, 412 and those of `create` */
  replace: (call: ScimCall, given: Write & { body: unknown }, projection: Projection) => Promise<Answered>;
  patch: (
    call: ScimCall,
    given: Write & { operations: readonly ScimPatchOperation[] },
    projection: Projection,
  ) => Promise<Answered>;
  remove: (call: ScimCall, given: Write) => Promise<unknown>;
}

export interface Scim {
  users: Resources;
  groups: Resources;
  groupRoles: GroupRoles;
}

export function createScim(needs: ScimNeeds): Scim {
  const groupRoles = createGroupRoles(needs);
  const users = createDirectoryUsers({ ...needs, groupRoles });
  const groups = createDirectoryGroups({ clock: needs.clock, groupRoles });
  const { answering, removing } = recordedBy(needs.logs);
  const patchGroup = answering(scimResourceTypes.groups, 'Update', groups.patch);
  return {
    groupRoles,
    users: {
      type: scimResourceTypes.users,
      get: async ({ q, directory }, id, projection) => {
        const user = await store.findUser(q, directory.organizationId, id);
        if (!user) throw noResource();
        return answered(scimResourceTypes.users, toUserResource(user, directory), projection);
      },
      list: async (call, search) => {
        const found = await list(userSource(call), search);
        return { ...found, Resources: projected(scimResourceTypes.users, found.Resources, projectionOf(search)) };
      },
      create: answering(scimResourceTypes.users, 'Create', users.create),
      replace: answering(scimResourceTypes.users, 'Update', users.replace),
      patch: answering(scimResourceTypes.users, 'Update', users.patch),
      remove: removing(scimResourceTypes.users, users.remove),
    },
    groups: {
      type: scimResourceTypes.groups,
      get: async ({ q, directory }, id, projection) => {
        const group = await groupStore.findGroup(q, directory.organizationId, id);
        if (!group) throw noResource();
        const members = withMembers(projection) ? await groupStore.findMembers(q, [id]) : undefined;
        return answered(scimResourceTypes.groups, groupResource(group, directory.base, members), projection);
      },
      list: async (call, search) => {
        const projection = projectionOf(search);
        const needsMembers = withMembers(projection) || /members/i.test(search.filter ?? '');
        const found = await list(groupSource(call, needsMembers), search);
        return { ...found, Resources: projected(scimResourceTypes.groups, found.Resources, projection) };
      },
      create: answering(scimResourceTypes.groups, 'Create', groups.create),
      replace: answering(scimResourceTypes.groups, 'Update', groups.replace),
      patch: (call, given, projection) =>
        patchGroup(call, { ...given, withMembers: withMembers(projection) }, projection),
      remove: removing(scimResourceTypes.groups, groups.remove),
    },
  };
}

const answered = (type: ScimResourceType, resource: Values, projection: Projection): Answered => {
  const { version, location } = resource.meta as { version: string; location: string };
  return { body: project(type, resource, projection), id: resource.id as string, version, location };
};
const withMembers = (projection: Projection) => includes(scimResourceTypes.groups, projection, 'members');
const projectionOf = (search: ScimSearch): Projection => ({
  attributes: search.attributes,
  excludedAttributes: search.excludedattributes,
});
const projected = (type: ScimResourceType, resources: Values[], projection: Projection) =>
  resources.map((resource) => project(type, resource, projection));

type Change<Given, Result> = (
  tx: Parameters<Parameters<Queries['transaction']>[0]>[0],
  directory: Directory,
  given: Given,
) => Promise<Result>;

/** Runs changes in one transaction each, and writes them to the audit log, also if they are refused. */
function recordedBy(logs: Audit) {
  const run = async <Given, Result extends Values | undefined>(
    { q, directory }: ScimCall,
    key: `Scim.${'User' | 'Group'}.${'Create' | 'Update' | 'Delete'}`,
    { change, given }: { change: Change<Given, Result>; given: Given },
  ): Promise<Result> => {
    const { organizationId, token } = directory;
    const id = key.endsWith('Create') ? undefined : (given as Partial<Write>).id;
    const record = (result: 'Success' | 'Error', resourceId: unknown, error?: unknown) =>
      logs.write(q.tenantId, {
        key,
        result,
        ...(key.startsWith('Scim.User') && typeof resourceId === 'string' ? { userId: resourceId } : {}),
        ...(error === undefined ? {} : { error }),
        ...(organizationId === null ? {} : { organizationId }),
        params: {
          ...{ scimTokenId: token.id, scimTokenName: token.name },
          ...(resourceId === undefined ? {} : { resourceId }),
        },
      });
    try {
      const result = await q.transaction((tx) => change(tx, directory, given));
      // In a bulk request the transaction may be of several operations.
      q.afterCommit(() => record('Success', result?.id ?? id));
      return result;
    } catch (error) {
      const explained = explain(error);
      record('Error', id, explained);
      throw explained;
    }
  };
  return {
    answering:
      <Given>(type: ScimResourceType, action: 'Create' | 'Update', change: Change<Given, Values>) =>
      async (call: ScimCall, given: Given, projection: Projection): Promise<Answered> =>
        answered(type, await run(call, `Scim.${type.name}.${action}`, { change, given }), projection),
    removing: (type: ScimResourceType, change: Change<Write, undefined>) => (call: ScimCall, given: Write) =>
      run(call, `Scim.${type.name}.Delete`, { change, given }),
  };
}

/** The protocol's error for what features and the database refuse. */
function explain(error: unknown): unknown {
  const constraint = constraintOf(error);
  const found = groupConflict(constraint) ?? explainUserError(error, constraint);
  if (!(found instanceof AldabaError)) return found;
  if (found.code === 'entity.db_constraint_violated' || found.code === 'entity.value_too_long')
    return new ScimError(400, 'A value is too long or not allowed.', 'invalidValue');
  return found;
}

function userSource({ q, directory }: ScimCall): ListSource {
  const { organizationId } = directory;
  const resourcesOf = (users: Parameters<typeof toUserResource>[0][]) =>
    users.map((user) => toUserResource(user, directory));
  const by: Record<string, store.Candidates['by']> = {
    id: 'id',
    userName: 'userName',
    externalId: 'externalId',
    'emails.value': 'email',
  };
  return {
    type: scimResourceTypes.users,
    sorts: store.isOrder,
    page: async ({ order, ...slice }) => {
      const found = await store.findPage(q, organizationId, { ...slice, order: order as store.Order });
      return { resources: resourcesOf(found.users), total: found.total };
    },
    batch: async ({ equalities, ...rest }) => {
      const candidates = candidateOf(equalities, by);
      return {
        resources: resourcesOf(await store.findBatch(q, organizationId, { ...rest, candidates })),
        isNarrow: candidates !== undefined,
      };
    },
  };
}

function groupSource({ q, directory }: ScimCall, needsMembers: boolean): ListSource {
  const { organizationId, base } = directory;
  const resourcesOf = async (groups: groupStore.DirectoryGroup[]) => {
    const ids = groups.map(({ id }) => id);
    const members = needsMembers
      ? Map.groupBy(await groupStore.findMembers(q, ids), ({ groupId }) => groupId)
      : new Map<string, groupStore.GroupMember[]>();
    return groups.map((group) => groupResource(group, base, members.get(group.id)));
  };
  const by: Record<string, groupStore.GroupCandidates['by']> = {
    id: 'id',
    displayName: 'displayName',
    externalId: 'externalId',
    'members.value': 'member',
  };
  return {
    type: scimResourceTypes.groups,
    sorts: groupStore.isGroupOrder,
    page: async ({ order, ...slice }) => {
      const given = { ...slice, order: order as groupStore.GroupOrder };
      const { groups, total } = await groupStore.findGroupPage(q, organizationId, given);
      return { resources: await resourcesOf(groups), total };
    },
    batch: async ({ equalities, ...rest }) => {
      const candidates = candidateOf(equalities, by);
      const groups = await groupStore.findGroupBatch(q, organizationId, { ...rest, candidates });
      return { resources: await resourcesOf(groups), isNarrow: candidates !== undefined };
    },
  };
}

/** The first equality that an index serves. */
function candidateOf<By extends string>(
  equalities: Equalities,
  by: Record<string, By>,
): { by: By; value: string } | undefined {
  for (const { name, value } of equalities) if (Object.hasOwn(by, name)) return { by: by[name] as By, value };
  return undefined;
}
