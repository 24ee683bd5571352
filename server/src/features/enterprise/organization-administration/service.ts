import {
  type AuditKey,
  type DelegatedLog,
  type DelegatedMember,
  type DelegatedRole,
  delegatedPermissions,
  type MessagePayload,
  type OrganizationInvitation,
  type OrganizationRole,
  type OrganizationRoleWithScopes,
  type User,
} from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries, Search, Transaction } from '../../../store/index.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { OrganizationInvitations } from '../../organizations/organization-invitations/index.ts';
import type { OrganizationRoles } from '../../organizations/organization-roles/index.ts';
import type { Organizations } from '../../organizations/organizations/index.ts';
import type { Logs } from '../../records/logs/index.ts';
import { actorOf, toDelegatedLog } from './entries.ts';

export interface OrganizationAdministrationNeeds {
  logs: Pick<Logs, 'write' | 'list'>;
  organizations: Pick<Organizations, 'isMember' | 'memberRoles' | 'rolesOfMembers' | 'removeMember' | 'replaceRoles'>;
  organizationRoles: Pick<OrganizationRoles, 'list' | 'listScopes' | 'createScope' | 'create'>;
  organizationInvitations: Pick<OrganizationInvitations, 'list' | 'get' | 'create' | 'revoke'>;
  users: {
    find: (q: Queries, id: string) => Promise<User | undefined>;
    list: (
      q: Queries,
      filter: { search?: Search | undefined; organizationId: string },
      slice: Slice,
    ) => Promise<Listed<User>>;
  };
}

/** Who administers an organization. */
export interface Administrator {
  organizationId: string;
  /** The member who acts. Undefined: a portal of the operator, which may assign every role of users. */
  userId: string | undefined;
  /** For the audit log. */
  by: Readonly<Record<string, string>>;
}

interface InvitationDraft {
  invitee: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  organizationRoleIds: readonly string[];
  /** Sent if given; may depend on the id. */
  message: MessagePayload | ((id: string) => MessagePayload) | undefined;
}

export interface OrganizationAdministration {
  listMembers: (
    q: Queries,
    organizationId: string,
    search: Search | undefined,
    slice: Slice,
  ) => Promise<Listed<DelegatedMember>>;
  findMember: (q: Queries, organizationId: string, userId: string) => Promise<DelegatedMember | undefined>;
  /** @throws AldabaError `organization.require_membership` */
  getMember: (q: Queries, organizationId: string, userId: string) => Promise<DelegatedMember>;
  /**
   * @throws AldabaError `organization.require_membership`, `organization.own_membership`, and
   *   `organization.exceeds_own_rights` for a member who has more than the administrator
   */
  removeMember: (q: Queries, administrator: Administrator, userId: string) => Promise<void>;
  listRoles: (q: Queries, administrator: Administrator) => Promise<DelegatedRole[]>;
  /** The errors of `removeMember`, and those of `Organizations.replaceRoles`. */
  replaceRoles: (
    q: Queries,
    administrator: Administrator,
    change: { userId: string; roleIds: readonly string[] },
  ) => Promise<DelegatedMember>;
  listInvitations: (q: Queries, organizationId: string) => Promise<OrganizationInvitation[]>;
  /** @throws AldabaError `organization.exceeds_own_rights`, and the errors of `OrganizationInvitations.create` */
  invite: (tenant: Tenant, administrator: Administrator, draft: InvitationDraft) => Promise<OrganizationInvitation>;
  /** @throws AldabaError `entity.not_exists_with_id`, `request.invalid_input` unless it is pending */
  revokeInvitation: (q: Queries, administrator: Administrator, invitationId: string) => Promise<void>;
  /** What was changed for the organization, newest first. Counts up to 10,000. */
  listLogs: (q: Queries, organizationId: string, slice: Slice) => Promise<Listed<DelegatedLog>>;
  /** Creates the role, and those of its permissions that do not exist. @throws `entity.unique_integrity_violation` */
  createAdministratorRole: (q: Queries, name: string) => Promise<OrganizationRole>;
}

export function createOrganizationAdministration(needs: OrganizationAdministrationNeeds): OrganizationAdministration {
  const { organizations, organizationInvitations, users } = needs;
  const rights = createRights(needs);
  const audit = (tx: Queries, key: AuditKey, { organizationId, by }: Administrator, params: Record<string, unknown>) =>
    tx.afterCommit(() =>
      needs.logs.write(tx.tenantId, { key, result: 'Success', organizationId, params: { ...params, ...by } }),
    );
  const findMember: OrganizationAdministration['findMember'] = async (q, organizationId, userId) => {
    const isMember = await organizations.isMember(q, { kind: 'user', organizationId, id: userId });
    const user = isMember ? await users.find(q, userId) : undefined;
    return user && (await withRoles(needs, q, organizationId, [user]))[0];
  };
  const getMember: OrganizationAdministration['getMember'] = async (q, organizationId, userId) => {
    const member = await findMember(q, organizationId, userId);
    if (!member) throw new AldabaError('organization.require_membership');
    return member;
  };
  return {
    listMembers: async (q, organizationId, search, slice) => {
      const { items, total } = await users.list(q, { search, organizationId }, slice);
      return { items: await withRoles(needs, q, organizationId, items), total };
    },
    findMember,
    getMember,
    removeMember: (q, administrator, userId) =>
      q.transaction(async (tx) => {
        const { organizationId } = administrator;
        const member = await getMember(tx, organizationId, userId);
        await rights.requireOver(tx, administrator, userId);
        await organizations.removeMember(tx, { kind: 'user', organizationId, id: userId });
        audit(tx, 'Organization.RemoveMember', administrator, { memberId: userId, member: nameOf(member) });
      }),
    listRoles: rights.listRoles,
    replaceRoles: (q, administrator, { userId, roleIds }) =>
      q.transaction(async (tx) => {
        const { organizationId } = administrator;
        await getMember(tx, organizationId, userId);
        await rights.requireOver(tx, administrator, userId);
        await rights.requireAssignable(tx, administrator, roleIds);
        await organizations.replaceRoles(tx, { kind: 'user', organizationId, id: userId }, roleIds);
        const member = await getMember(tx, organizationId, userId);
        const roles = member.organizationRoles.map(({ name }) => name);
        audit(tx, 'Organization.ChangeRoles', administrator, { memberId: userId, member: nameOf(member), roles });
        return member;
      }),
    listInvitations: (q, organizationId) => organizationInvitations.list(q, { organizationId }),
    invite: async (tenant, administrator, { message, ...draft }) => {
      await rights.requireAssignable(tenant.db, administrator, draft.organizationRoleIds);
      const { organizationId, userId: inviterId } = administrator;
      const invitation = await organizationInvitations.create(tenant, { ...draft, organizationId, inviterId }, message);
      const { id: invitationId, invitee } = invitation;
      audit(tenant.db, 'Organization.Invite', administrator, { invitationId, invitee });
      return invitation;
    },
    revokeInvitation: async (q, administrator, id) => {
      const { organizationId, invitee } = await organizationInvitations.get(q, id);
      if (organizationId !== administrator.organizationId)
        throw new AldabaError('entity.not_exists_with_id', { name: 'invitation', id });
      await organizationInvitations.revoke(q, id);
      audit(q, 'Organization.RevokeInvitation', administrator, { invitationId: id, invitee });
    },
    listLogs: async (q, organizationId, slice) => {
      const { items, total } = await needs.logs.list(q, { organizationId, isCapped: true }, slice);
      const names = new Map<string, string>();
      for (const id of new Set(items.flatMap((item) => actorOf(item) ?? []))) {
        const member = await findMember(q, organizationId, id);
        if (member) names.set(id, member.name ?? member.username ?? nameOf(member));
      }
      return { items: items.map((item) => toDelegatedLog(item, names)), total };
    },
    createAdministratorRole: (q, name) => q.transaction((tx) => createAdministratorRole(needs, tx, name)),
  };
}

/** What an administrator may give and take. */
function createRights({ organizations, organizationRoles }: OrganizationAdministrationNeeds) {
  const rolesOfUsers = async (q: Queries) => (await organizationRoles.list(q, { type: 'User' })).items;
  const held = async (q: Queries, organizationId: string, userId: string) => {
    const own = await organizations.memberRoles(q, { kind: 'user', organizationId, id: userId });
    return new Set(own.map(({ id }) => id));
  };
  /** The ids of the roles that the administrator holds or covers: undefined for all. */
  const coveredBy = async (q: Queries, { organizationId, userId }: Administrator) => {
    if (userId === undefined) return undefined;
    const [all, own] = [await rolesOfUsers(q), await held(q, organizationId, userId)];
    const rights = new Set(all.filter(({ id }) => own.has(id)).flatMap(permissionsOf));
    // The name of a role without permissions may mean anything to an application.
    const isCovered = (role: OrganizationRoleWithScopes) => {
      const permissions = permissionsOf(role);
      return own.has(role.id) || (permissions.length > 0 && permissions.every((permission) => rights.has(permission)));
    };
    return new Set(all.filter(isCovered).map(({ id }) => id));
  };
  const requireCovered = (covered: ReadonlySet<string> | undefined, roleIds: Iterable<string>) => {
    for (const id of roleIds) if (covered && !covered.has(id)) throw new AldabaError('organization.exceeds_own_rights');
  };
  return {
    listRoles: async (q: Queries, administrator: Administrator): Promise<DelegatedRole[]> => {
      const covered = await coveredBy(q, administrator);
      return (await rolesOfUsers(q)).map(({ id, name, description }) => {
        return { id, name, description, isAssignable: covered?.has(id) ?? true };
      });
    },
    requireAssignable: async (q: Queries, administrator: Administrator, roleIds: readonly string[]) => {
      if (roleIds.length > 0) requireCovered(await coveredBy(q, administrator), roleIds);
    },
    /** An organization keeps an administrator: no caller removes or restricts the own membership. */
    requireOver: async (tx: Transaction, administrator: Administrator, userId: string) => {
      if (userId === administrator.userId) throw new AldabaError('organization.own_membership');
      requireCovered(await coveredBy(tx, administrator), await held(tx, administrator.organizationId, userId));
    },
  };
}

const permissionsOf = ({ scopes, resourceScopes }: OrganizationRoleWithScopes): string[] => [
  ...scopes.map(({ id }) => `organization ${id}`),
  ...resourceScopes.map(({ id }) => `resource ${id}`),
];

async function createAdministratorRole(
  { organizationRoles }: OrganizationAdministrationNeeds,
  tx: Transaction,
  name: string,
): Promise<OrganizationRole> {
  const { items } = await organizationRoles.listScopes(tx);
  const ids = [];
  for (const { name: scope, description } of delegatedPermissions)
    ids.push(
      (
        items.find((item) => item.name === scope) ??
        (await organizationRoles.createScope(tx, { name: scope, description }))
      ).id,
    );
  const description = 'Administers the members, roles, invitations and domains of the own organization.';
  return organizationRoles.create(tx, {
    ...{ name, description, type: 'User', organizationScopeIds: ids, resourceScopeIds: [] },
  });
}

async function withRoles(
  { organizations }: Pick<OrganizationAdministrationNeeds, 'organizations'>,
  q: Queries,
  organizationId: string,
  users: readonly User[],
): Promise<DelegatedMember[]> {
  const ids = users.map(({ id }) => id);
  const roles = await organizations.rolesOfMembers(q, 'user', organizationId, ids);
  return users.map(({ id, name, username, primaryEmail, avatar, isSuspended }) => {
    return { id, name, username, primaryEmail, avatar, isSuspended, organizationRoles: roles.get(id) ?? [] };
  });
}

const nameOf = ({ name, username, primaryEmail, id }: DelegatedMember): string =>
  primaryEmail ?? username ?? name ?? id;
