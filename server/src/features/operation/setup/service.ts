import type { SignInExperienceSettings, TeamInvitation } from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { requireEmail } from '../../../kernel/identifiers.ts';
import { standardSecret } from '../../../kernel/ids.ts';
import type { Passwords } from '../../../services/passwords/index.ts';
import { passwordIssues } from '../../../services/passwords/rules.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { defaultTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import { administratorRoleId, type Roles, teamRoleId } from '../../authorization/roles/index.ts';
import type { Users } from '../../people/users/index.ts';
import { chosenUsername } from '../../people/users/username-rules.ts';
import * as store from './store.ts';

export interface SetupNeeds {
  clock: Clock;
  passwords: Pick<Passwords, 'hash'>;
  users: Pick<Users, 'create' | 'update' | 'listOfRole'>;
  roles: Pick<Roles, 'get' | 'create' | 'assign' | 'hasFullAccess'>;
  logs: Audit;
  tenancy: Pick<Tenancy, 'get'>;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperienceSettings> };
}

/** A link, with the name of the tenant that it opens to a colleague. */
export type KnownLink =
  | Extract<store.Link, { purpose: 'administrator' }>
  | (Extract<store.Link, { purpose: 'invitation' }> & { tenantName: string });

export interface Setup {
  /** Creates a link that can create one administrator within 30 minutes; `tenant` is the admin tenant. */
  createAdminLink: (tenant: Tenant) => Promise<string>;
  hasAdministrator: (tenant: Tenant) => Promise<boolean>;
  /** What a link is good for. @throws AldabaError `setup.link_invalid` if it was used, has expired or never existed. */
  read: (tenant: Tenant, token: string) => Promise<KnownLink>;
  /**
   * Consumes the link and creates the account, both or neither. The first administrator consumes all links for
   * administrators.
   * @returns the ID of the user, and of the tenant that it may manage
   * @param given.identifier a username, or an email address if it contains `@`
   * @throws AldabaError `setup.link_invalid`, `user.username_already_in_use`, `user.email_already_in_use`,
   *   `user.invalid_email`, `user.username_rejected`, `password.rejected`
   */
  createAccount: (
    tenant: Tenant,
    given: { token: string; identifier: string; password: string },
  ) => Promise<{ userId: string; managedTenantId: string }>;
  /** Creates a link that creates the account of a colleague once. */
  invite: (
    tenant: Tenant,
    tx: Transaction,
    invitation: store.Invitation & { expiresInDays: number },
  ) => Promise<string>;
  /** The invitations to a tenant that can still be accepted, newest first. */
  listInvitations: (tenant: Tenant, managedTenantId: string) => Promise<TeamInvitation[]>;
  /** Deletes invitations to a tenant: one of them, or all of an inviter. Returns their number. */
  revoke: (tx: Transaction, managedTenantId: string, which: { id: string } | { inviterId: string }) => Promise<number>;
}

const lifetime = 30 * 60_000;
const day = 24 * 60 * 60_000;

export function createSetup(needs: SetupNeeds): Setup {
  const { clock, users, roles, passwords, logs } = needs;
  const linkOf = (token: string) => ({ tokenHash: hashToken(token), now: new Date(clock.now()) });
  const read: Setup['read'] = async (tenant, token) => {
    const link = await store.findLink(tenant.db, linkOf(token));
    if (!link) throw new AldabaError('setup.link_invalid');
    if (link.purpose === 'administrator') return link;
    const managed = await needs.tenancy.get(link.managedTenantId);
    // An invitation is worth what its inviter may do: it ends with the inviter's own access, however that ended.
    if (link.inviterId !== null && !(await roles.hasFullAccess(tenant.db, managed.managementIndicator, link.inviterId)))
      throw new AldabaError('setup.link_invalid');
    return { ...link, tenantName: managed.name };
  };
  const create = async (
    tenant: Tenant,
    q: Queries,
    { link, milliseconds }: { link: store.Link; milliseconds: number },
  ) => {
    const token = standardSecret();
    const now = clock.now();
    const times = { createdAt: new Date(now), expiresAt: new Date(now + milliseconds) };
    await store.deleteExpiredLinks(q, new Date(now));
    await store.insertLink(q, link, { tokenHash: hashToken(token), ...times });
    return `${tenant.baseUrl}/setup?token=${token}`;
  };
  const hasAdministrator = async (q: Tenant['db']) =>
    (await users.listOfRole(q, administratorRoleId, undefined, { limit: 1, offset: 0 })).total > 0;
  /** The seeded role of the tenant, or a new one if an operator deleted it. */
  const roleId = async (tx: Tenant['db']) => {
    try {
      return (await roles.get(tx, administratorRoleId)).id;
    } catch (error) {
      if (!(error instanceof AldabaError) || error.code !== 'entity.not_exists_with_id') throw error;
    }
    const draft = {
      name: 'default:admin',
      description: 'Administrator of the default tenant.',
      type: 'User',
      isDefault: false,
    } as const;
    return (await roles.create(tx, draft)).id;
  };
  return {
    createAdminLink: (tenant) =>
      create(tenant, tenant.db, { link: { purpose: 'administrator' }, milliseconds: lifetime }),
    invite: (tenant, tx, { expiresInDays, ...invitation }) =>
      create(tenant, tx, { link: { purpose: 'invitation', ...invitation }, milliseconds: expiresInDays * day }),
    listInvitations: (tenant, id) => store.findInvitations(tenant.db, id, new Date(clock.now())),
    revoke: store.deleteInvitations,
    hasAdministrator: (tenant) => hasAdministrator(tenant.db),
    read,
    async createAccount(tenant, { token, identifier, password }) {
      // Checked before the expensive hash: a request without a valid link costs the server little.
      const link = await read(tenant, token);
      const { passwordPolicy, usernamePolicy } = await needs.signInExperiences.get(tenant);
      const name = identifier.includes('@')
        ? { primaryEmail: requireEmail(identifier) }
        : { username: chosenUsername(usernamePolicy, identifier) };
      const issues = await passwordIssues(passwordPolicy, password, { username: identifier, email: identifier });
      if (issues.length > 0) throw new AldabaError('password.rejected', { issues });
      const digest = await passwords.hash(password);
      return tenant.db.transaction(async (tx) => {
        const isFirst = link.purpose === 'administrator' && !(await hasAdministrator(tx));
        const consume = isFirst ? store.consumeAllLinks : store.consumeLink;
        if (!(await consume(tx, linkOf(token)))) throw new AldabaError('setup.link_invalid');
        const { id: userId } = await users.create(tx, { ...name, password: digest });
        // The page ends signed in.
        await users.update(tx, userId, { lastSignInAt: new Date(clock.now()) });
        if (link.purpose === 'administrator') {
          await roles.assign(tx, 'user', userId, [await roleId(tx)]);
          return { userId, managedTenantId: defaultTenantId };
        }
        const { managedTenantId, role } = link;
        await roles.assign(tx, 'user', userId, [teamRoleId(managedTenantId, role)]);
        const params = { memberId: userId, member: identifier, role, inviterId: link.inviterId };
        logs.write(managedTenantId, { key: 'Team.Join', result: 'Success', params });
        return { userId, managedTenantId };
      });
    },
  };
}
