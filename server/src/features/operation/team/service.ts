import {
  type AuditKey,
  type BodyOf,
  type createTeamInvitation,
  fullAccess,
  type ResponseOf,
  type TeamInvitation,
  type TeamMember,
  type TeamRole,
  type User,
} from '@aldaba/contract';
import { type Caller, requireFullAccess } from '../../../http/guards.ts';
import type { Audit } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { emailKey, requireEmail } from '../../../kernel/identifiers.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import type { MessageLimits } from '../../../services/message-limits/index.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import { type PermittedUser, type Roles, teamRoleId } from '../../authorization/roles/index.ts';
import type { SecondFactors } from '../../people/mfa-verifications/index.ts';
import type { Users } from '../../people/users/index.ts';
import type { Setup } from '../setup/index.ts';

interface EmailSender {
  sendMessage: (
    message: { to: string; type: 'OrganizationInvitation'; payload: Record<string, unknown> },
    call: { signal?: AbortSignal },
  ) => Promise<unknown>;
}

export interface TeamNeeds {
  log: Log;
  logs: Audit;
  tenancy: Pick<Tenancy, 'get'>;
  roles: Pick<Roles, 'usersOf' | 'hasFullAccess' | 'lock' | 'assign' | 'unassign' | 'userRoleNames'>;
  users: Pick<Users, 'get' | 'find' | 'endSessions' | 'remove'>;
  secondFactors: Pick<SecondFactors, 'statusOf'>;
  setup: Pick<Setup, 'invite' | 'listInvitations' | 'revoke'>;
  limits: Pick<MessageLimits, 'count'>;
  connectors: { sender: (tenant: Tenant, type: 'Email') => Promise<EmailSender | undefined> };
}

const day = 24 * 60 * 60_000;

/** Callers that change the team need full access, and a token of the admin tenant. */
export interface Team {
  list: (tenant: Tenant) => Promise<TeamMember[]>;
  /**
   * @throws AldabaError `team.administrators_only`, `auth.forbidden`, `entity.not_exists_with_id`,
   *   `team.last_administrator`
   */
  change: (tenant: Tenant, caller: Caller, userId: string, role: TeamRole) => Promise<TeamMember>;
  /**
   * Removes the access with all sessions, and the account if it has no other role. The errors of `change`. The
   * member's own invitations are revoked.
   */
  remove: (tenant: Tenant, caller: Caller, userId: string) => Promise<void>;
  listInvitations: (tenant: Tenant) => Promise<TeamInvitation[]>;
  /** @throws AldabaError `team.administrators_only`, `auth.forbidden`, `team.already_member`, `user.invalid_email` */
  invite: (
    tenant: Tenant,
    caller: Caller,
    draft: BodyOf<typeof createTeamInvitation>,
  ) => Promise<ResponseOf<typeof createTeamInvitation>>;
  /**
   * Replaces an invitation with a new one of the caller. The errors of `invite`, and `entity.not_exists_with_id`.
   */
  renew: (tenant: Tenant, caller: Caller, id: string) => Promise<ResponseOf<typeof createTeamInvitation>>;
  /** @throws AldabaError `team.administrators_only`, `auth.forbidden`, `entity.not_exists_with_id` */
  revoke: (tenant: Tenant, caller: Caller, id: string) => Promise<void>;
}

export function createTeam(needs: TeamNeeds): Team {
  const { tenancy, roles, users, setup, logs } = needs;
  const admin = () => tenancy.get(adminTenantId);
  const memberOf = createMemberOf(needs);
  const membersOf = async (q: Queries, { managementIndicator }: Tenant) => {
    const members: TeamMember[] = [];
    for (const permitted of await roles.usersOf(q, managementIndicator)) members.push(await memberOf(q, permitted));
    return members;
  };
  const audit = (tenant: Tenant, key: AuditKey, caller: Caller, params: Record<string, unknown>) =>
    logs.write(tenant.id, { key, result: 'Success', params: { ...params, actorId: caller.subject } });
  /**
   * Decides about the team; other decisions wait. The caller must have full access still: the token of an administrator
   * who was removed or restricted is valid for a while, and must not undo that.
   */
  const asAdministrator = async <T>(tenant: Tenant, caller: Caller, decide: (tx: Transaction) => Promise<T>) => {
    requireAdministratorOfTeam(tenant, caller);
    const { managementIndicator } = tenant;
    const { db } = await admin();
    return db.transaction(async (tx) => {
      await roles.lock(tx, teamRoleId(tenant.id, 'full'));
      if (caller.subject !== undefined && !(await roles.hasFullAccess(tx, managementIndicator, caller.subject)))
        throw new AldabaError('auth.forbidden');
      return decide(tx);
    });
  };
  /** The member, without the roles that gave the access. */
  const takeAccess = async (tx: Transaction, tenant: Tenant, userId: string) => {
    const permitted = (await roles.usersOf(tx, tenant.managementIndicator)).find((each) => each.userId === userId);
    if (!permitted) throw new AldabaError('entity.not_exists_with_id', { name: 'team member', id: userId });
    const member = await memberOf(tx, permitted);
    for (const id of permitted.roleIds) await roles.unassign(tx, 'user', userId, id);
    return member;
  };
  /** A member who can sign in keeps full access. */
  const requireAdministrator = async (tx: Transaction, tenant: Tenant) => {
    const members = await membersOf(tx, tenant);
    if (!members.some(({ role, isSuspended }) => role === 'full' && !isSuspended))
      throw new AldabaError('team.last_administrator');
  };
  /** Creates the invitation that `draft` decides on, and sends it. */
  const send = async (
    tenant: Tenant,
    caller: Caller,
    draft: (tx: Transaction) => Promise<{ email: string | null; role: TeamRole; expiresInDays: number }>,
  ) => {
    const id = standardId();
    const { email, role, link, inviter, invitation } = await asAdministrator(tenant, caller, async (tx) => {
      const { email, role, expiresInDays } = await draft(tx);
      const members = email === null ? [] : await membersOf(tx, tenant);
      if (members.some((member) => member.email !== null && emailKey(member.email) === emailKey(email ?? '')))
        throw new AldabaError('team.already_member');
      const inviter = caller.subject === undefined ? undefined : await users.find(tx, caller.subject);
      const invited = { id, managedTenantId: tenant.id, role, email, inviterId: inviter?.id ?? null, expiresInDays };
      const link = await setup.invite(await admin(), tx, invited);
      const invitation = (await setup.listInvitations(tx, tenant)).find((each) => each.id === id);
      if (!invitation) throw missingInvitation(id);
      return { email, role, link, inviter, invitation };
    });
    audit(tenant, 'Team.Invite', caller, { invitationId: id, email, role });
    return { invitation, link, delivery: await deliver(needs, tenant, { email, link, inviter: inviter ?? null }) };
  };
  return {
    list: async (tenant) => membersOf((await admin()).db, tenant),
    async change(tenant, caller, userId, role) {
      const { member, changed } = await asAdministrator(tenant, caller, async (tx) => {
        const member = await takeAccess(tx, tenant, userId);
        await roles.assign(tx, 'user', userId, [teamRoleId(tenant.id, role)]);
        await requireAdministrator(tx, tenant);
        if (role !== 'full') await setup.revoke(tx, tenant.id, { inviterId: userId });
        return { member, changed: { ...member, role } };
      });
      audit(tenant, 'Team.Change', caller, { memberId: userId, member: nameOf(member), role });
      return changed;
    },
    async remove(tenant, caller, userId) {
      const member = await asAdministrator(tenant, caller, async (tx) => {
        const member = await takeAccess(tx, tenant, userId);
        await requireAdministrator(tx, tenant);
        await setup.revoke(tx, tenant.id, { inviterId: userId });
        const hasOtherRoles = (await roles.userRoleNames(tx, userId)).length > 0;
        await (hasOtherRoles ? users.endSessions(tx, userId) : users.remove(tx, userId));
        return member;
      });
      audit(tenant, 'Team.Remove', caller, { memberId: userId, member: nameOf(member) });
    },
    listInvitations: async (tenant) => setup.listInvitations((await admin()).db, tenant),
    invite: (tenant, caller, { email, role, expiresInDays }) =>
      send(tenant, caller, async () => ({
        email: email === undefined ? null : requireEmail(email),
        role,
        expiresInDays,
      })),
    renew: (tenant, caller, id) =>
      send(tenant, caller, async (tx) => {
        const renewed = (await setup.listInvitations(tx, tenant)).find((each) => each.id === id);
        if (!renewed) throw missingInvitation(id);
        await setup.revoke(tx, tenant.id, { id });
        const { email, role, createdAt, expiresAt } = renewed;
        return { email, role, expiresInDays: Math.max(1, Math.round((expiresAt - createdAt) / day)) };
      }),
    async revoke(tenant, caller, id) {
      const count = await asAdministrator(tenant, caller, (tx) => setup.revoke(tx, tenant.id, { id }));
      if (count === 0) throw missingInvitation(id);
      audit(tenant, 'Team.Revoke', caller, { invitationId: id });
    },
  };
}

/**
 * An application of the tenant must not open the Console to people, whatever it may do in the tenant. The admin tenant
 * has no team: its users are the teams of the others.
 */
function requireAdministratorOfTeam(tenant: Tenant, caller: Caller): void {
  if (tenant.id === adminTenantId) throw new AldabaError('request.not_found');
  if (caller.subject !== undefined && caller.issuer !== adminTenantId)
    throw new AldabaError('team.administrators_only');
  requireFullAccess(caller);
}

const missingInvitation = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'invitation', id });

const nameOf = ({ name, username, email, id }: TeamMember): string => name ?? username ?? email ?? id;

const createMemberOf =
  ({ users, secondFactors }: TeamNeeds) =>
  async (q: Queries, { userId, permissions }: PermittedUser): Promise<TeamMember> => {
    const { name, username, primaryEmail, isSuspended, lastSignInAt } = await users.get(q, userId);
    const { factors } = await secondFactors.statusOf(q, userId);
    return {
      id: userId,
      name,
      username,
      email: primaryEmail,
      role: permissions.includes(fullAccess) ? 'full' : 'read-only',
      hasMfa: factors.some(({ type }) => type !== 'BackupCode'),
      isSuspended,
      lastSignInAt,
    };
  };

/** Sends the link if the admin tenant can; a failure leaves the link to the inviter. */
async function deliver(
  { log, limits, connectors, tenancy }: TeamNeeds,
  { id, name }: Tenant,
  given: { email: string | null; link: string; inviter: Pick<User, 'name' | 'username' | 'primaryEmail'> | null },
): Promise<'none' | 'sent' | 'failed'> {
  const { email, link, inviter } = given;
  const admin = await tenancy.get(adminTenantId);
  const sender = email === null ? undefined : await connectors.sender(admin, 'Email');
  if (!sender || email === null) return 'none';
  try {
    await limits.count(admin, { type: 'Email', to: email });
    const payload = {
      link,
      organization: { id, name },
      ...(inviter
        ? { inviter: { name: inviter.name, username: inviter.username, primaryEmail: inviter.primaryEmail } }
        : {}),
    };
    await sender.sendMessage({ to: email, type: 'OrganizationInvitation', payload }, {});
    return 'sent';
  } catch (error) {
    log.warn({ err: error }, 'An invitation to the team could not be sent by email');
    return 'failed';
  }
}
