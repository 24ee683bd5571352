import type {
  DataOf,
  HeldOrganizationRole,
  Organization,
  OrganizationRole,
  OrganizationScope,
  OrganizationSummary,
  OrganizationWithRoles,
  RoleType,
} from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { shortId } from '../../../kernel/ids.ts';
import type { Queries, Search, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { atomic } from '../../../store/transaction.ts';
import type { OrganizationRoles } from '../organization-roles/index.ts';
import type { Member, MemberKind, MemberRights, OrganizationColumns } from './store.ts';
import * as store from './store.ts';

export interface OrganizationsNeeds {
  clock: Clock;
  organizationRoles: Pick<OrganizationRoles, 'find'>;
  events: Events<Transaction>;
}

/** Organization roles named by id, by name, or both. */
interface NamedRoles {
  organizationRoleIds?: readonly string[] | undefined;
  organizationRoleNames?: readonly string[] | undefined;
}

export interface Organizations {
  list: (
    q: Queries,
    filter: { search?: Search | undefined; showFeatured?: boolean | undefined },
    slice: Slice,
  ) => Promise<Listed<OrganizationSummary>>;
  find: (q: Queries, id: string) => Promise<Organization | undefined>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<Organization>;
  create: (q: Queries, draft: OrganizationColumns & { name: string }) => Promise<Organization>;
  update: (q: Queries, id: string, patch: OrganizationColumns) => Promise<Organization>;
  remove: (q: Queries, id: string) => Promise<void>;

  /**
   * Existing members stay.
   * @throws AldabaError `entity.relation_foreign_key_not_found`, and `entity.db_constraint_violated` for an application
   *   that is not machine-to-machine
   */
  addMembers: (q: Queries, kind: MemberKind, organizationId: string, ids: readonly string[]) => Promise<void>;
  replaceMembers: (q: Queries, kind: MemberKind, organizationId: string, ids: readonly string[]) => Promise<void>;
  /** @throws AldabaError `organization.require_membership` */
  removeMember: (q: Queries, member: Member) => Promise<void>;
  isMember: (q: Queries, member: Member) => Promise<boolean>;

  /** @throws AldabaError `organization.require_membership` */
  memberRoles: (q: Queries, member: Member) => Promise<OrganizationRole[]>;
  /** Whether a member is one, with its roles, until the end of the transaction: other changes of them wait. */
  lockMember: (tx: Transaction, member: Member) => Promise<boolean>;
  /** The roles of several members, keyed by member id. */
  rolesOfMembers: (
    q: Queries,
    kind: MemberKind,
    organizationId: string,
    ids: readonly string[],
  ) => Promise<Map<string, HeldOrganizationRole[]>>;
  /**
   * Assigns roles to members; roles they already have stay.
   * @throws AldabaError `organization.require_membership`, `entity.relation_foreign_key_not_found`, and
   *   `entity.db_constraint_violated` for roles of the other type
   */
  addRoles: (
    q: Queries,
    members: { kind: MemberKind; organizationId: string; ids: readonly string[] },
    roleIds: readonly string[],
  ) => Promise<void>;
  replaceRoles: (q: Queries, member: Member, roleIds: readonly string[]) => Promise<void>;
  /**
   * @throws AldabaError `organization.require_membership`, `entity.not_found` when the member does not have the role
   */
  takeRole: (q: Queries, member: Member, roleId: string) => Promise<void>;
  /** Adds roles named by id or by name. Returns their ids. @throws AldabaError `organization.role_names_not_found` */
  addNamedRoles: (q: Queries, member: Member, named: NamedRoles) => Promise<string[]>;
  /** Replaces all roles. @throws the same */
  replaceNamedRoles: (q: Queries, member: Member, named: NamedRoles) => Promise<void>;
  /** Organization permissions of a user. @throws AldabaError `organization.require_membership` */
  userScopes: (q: Queries, organizationId: string, userId: string) => Promise<OrganizationScope[]>;
  listOf: (q: Queries, kind: MemberKind, id: string, slice?: Slice) => Promise<Listed<OrganizationWithRoles>>;

  /**
   * The permissions that a user has through roles in any organization: on the organization (`resourceId` null) or on an
   * API resource.
   */
  permissionsOf: (q: Queries, userId: string) => Promise<store.HeldPermission[]>;

  /** Everything a token needs about a member, in one statement; undefined for non-members. */
  rightsOf: (q: Queries, member: Member, resourceId?: string) => Promise<MemberRights | undefined>;
}

export function createOrganizations({ clock, organizationRoles, events }: OrganizationsNeeds): Organizations {
  return {
    find: store.findOrganization,
    list: async (q, { search, showFeatured }, slice) => {
      const { items, total } = await store.findOrganizationList(q, search, slice);
      return { items: showFeatured ? await withFeatured(q, items) : items, total };
    },
    get,
    create: atomic(async (tx, draft) => {
      const id = shortId();
      await store.insertOrganization(tx, { ...draft, id, createdAt: new Date(clock.now()) });
      const organization = await get(tx, id);
      await events.publish(tx, 'Organization.Created', { data: organization });
      return organization;
    }),
    update: (q, id, patch) =>
      q.transaction(async (tx) => {
        const organization = await store.updateOrganizationRow(tx, id, patch);
        if (!organization) throw missing(id);
        await events.publish(tx, 'Organization.Data.Updated', { data: organization });
        return organization;
      }),
    remove: (q, id) =>
      q.transaction(async (tx) => {
        if ((await store.deleteOrganizationRow(tx, id)) === 0) throw missing(id);
        await events.publish(tx, 'Organization.Deleted', { data: null });
      }),
    ...createMembers(events),
    ...createMemberRoles(organizationRoles),
    userScopes: async (q, organizationId, userId) => {
      await requireMembers(q, { kind: 'user', organizationId, ids: [userId] });
      return store.findUserScopes(q, organizationId, userId);
    },
    listOf: store.findOrganizationsOf,
    permissionsOf: store.findPermissionsOf,
    rightsOf: (q, member, resourceId) => store.findMemberRights(q, member, resourceId),
  };
}

function createMembers(events: Events<Transaction>) {
  const tell = async (tx: Transaction, { kind, organizationId }: Omit<Member, 'id'>, change: MembershipChange) => {
    const { added = [], removed = [] } = change;
    if (added.length + removed.length === 0) return;
    const isUser = kind === 'user';
    await events.publish(tx, 'Organization.Membership.Updated', {
      data: null,
      organizationId,
      ...(added.length === 0 ? {} : isUser ? { addedUserIds: added } : { addedApplicationIds: added }),
      ...(removed.length === 0 ? {} : isUser ? { removedUserIds: removed } : { removedApplicationIds: removed }),
    });
  };
  const add = async (tx: Transaction, kind: MemberKind, organizationId: string, ids: readonly string[]) => {
    if (kind === 'application') await requireMachines(tx, ids);
    return store.insertMembers(tx, kind, organizationId, ids);
  };
  return {
    addMembers: atomic(async (tx, kind, organizationId, ids) =>
      tell(tx, { kind, organizationId }, { added: await add(tx, kind, organizationId, ids) }),
    ),
    replaceMembers: atomic(async (tx, kind, organizationId, ids) => {
      if (!(await store.findOrganization(tx, organizationId))) throw unknown({ organizationId });
      const added = await add(tx, kind, organizationId, ids);
      const removed = await store.deleteMembers(tx, kind, organizationId, { except: ids });
      await tell(tx, { kind, organizationId }, { added, removed });
    }),
    removeMember: atomic(async (tx, { kind, organizationId, id }) => {
      const removed = await store.deleteMembers(tx, kind, organizationId, { only: [id] });
      if (removed.length === 0) throw notMember();
      await tell(tx, { kind, organizationId }, { removed });
    }),
    lockMember: store.lockMember,
    isMember: async (q, { kind, organizationId, id }) =>
      (await store.findMemberIds(q, kind, organizationId, [id])).length > 0,
  } satisfies Partial<Organizations>;
}

interface MembershipChange {
  added?: readonly string[];
  removed?: readonly string[];
}

function createMemberRoles(organizationRoles: OrganizationsNeeds['organizationRoles']) {
  const addRoles: Organizations['addRoles'] = atomic(async (tx, members, roleIds) => {
    await requireMembers(tx, members);
    const ids = [...new Set(roleIds)];
    requireType(await organizationRoles.find(tx, { ids }), ids, typeOf[members.kind]);
    await store.insertMemberRoles(tx, members, ids);
  });
  const replaceRoles: Organizations['replaceRoles'] = atomic(async (tx, member, roleIds) => {
    await addRoles(tx, { ...member, ids: [member.id] }, roleIds);
    await store.deleteMemberRoles(tx, member, { except: roleIds });
  });
  const roleIds = async (q: Queries, { organizationRoleIds = [], organizationRoleNames = [] }: NamedRoles) => {
    const named = await organizationRoles.find(q, { names: organizationRoleNames });
    const names = organizationRoleNames.filter((name) => !named.some((role) => role.name === name));
    if (names.length > 0) throw new AldabaError('organization.role_names_not_found', { names });
    return [...new Set([...organizationRoleIds, ...named.map((role) => role.id)])];
  };
  return {
    memberRoles: async (q, member) => {
      await requireMembers(q, { ...member, ids: [member.id] });
      return store.findMemberRoles(q, member);
    },
    rolesOfMembers: async (q, kind, organizationId, ids) => {
      const rows = await store.findRolesOfMembers(q, kind, organizationId, ids);
      const held = Map.groupBy(rows, (row) => row.member_id);
      return new Map(ids.map((id) => [id, (held.get(id) ?? []).map((row) => ({ id: row.id, name: row.name }))]));
    },
    addRoles,
    replaceRoles,
    addNamedRoles: async (q, member, named) => {
      const ids = await roleIds(q, named);
      await addRoles(q, { ...member, ids: [member.id] }, ids);
      return ids;
    },
    replaceNamedRoles: async (q, member, named) => replaceRoles(q, member, await roleIds(q, named)),
    takeRole: atomic(async (tx, member, roleId) => {
      await requireMembers(tx, { ...member, ids: [member.id] });
      if ((await store.deleteMemberRoles(tx, member, { only: [roleId] })) === 0)
        throw new AldabaError('entity.not_found');
    }),
  } satisfies Partial<Organizations>;
}

const typeOf: Record<MemberKind, RoleType> = { user: 'User', application: 'MachineToMachine' };

async function get(q: Queries, id: string): Promise<Organization> {
  const organization = await store.findOrganization(q, id);
  if (!organization) throw missing(id);
  return organization;
}

async function withFeatured(q: Queries, items: readonly Organization[]): Promise<OrganizationSummary[]> {
  const ids = items.map((item) => item.id);
  const rows = new Map((await store.findFeaturedUsers(q, ids)).map((row) => [row.id, row]));
  return items.map((item) => ({
    ...item,
    usersCount: rows.get(item.id)?.users ?? 0,
    featuredUsers: rows.get(item.id)?.featured ?? [],
  }));
}

async function requireMembers(
  q: Queries,
  { kind, organizationId, ids }: { kind: MemberKind; organizationId: string; ids: readonly string[] },
): Promise<void> {
  const wanted = new Set(ids);
  if ((await store.findMemberIds(q, kind, organizationId, [...wanted])).length < wanted.size) throw notMember();
}

/** Applications that sign users in act for those users, who are members themselves. */
async function requireMachines(q: Queries, ids: readonly string[]): Promise<void> {
  const known = await store.findApplicationTypes(q, ids);
  const absent = ids.filter((id) => !known.some((application) => application.id === id));
  if (absent.length > 0) throw unknown({ applicationIds: absent });
  if (known.some(({ type }) => type !== 'MachineToMachine')) throw new AldabaError('entity.db_constraint_violated');
}

/**
 * Checks that roles exist and have the type.
 * @throws AldabaError `entity.relation_foreign_key_not_found`, `entity.db_constraint_violated`
 */
export function requireType(found: readonly OrganizationRole[], ids: readonly string[], type: RoleType): void {
  const absent = ids.filter((id) => !found.some((role) => role.id === id));
  if (absent.length > 0) throw unknown({ organizationRoleIds: absent });
  if (found.some((role) => role.type !== type)) throw new AldabaError('entity.db_constraint_violated');
}

const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'organization', id });
const unknown = (data: DataOf<'entity.relation_foreign_key_not_found'>) =>
  new AldabaError('entity.relation_foreign_key_not_found', data);
const notMember = () => new AldabaError('organization.require_membership');
