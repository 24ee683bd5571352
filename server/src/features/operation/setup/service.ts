import {
  type SignInExperienceSettings,
  type TeamInvitation,
  type User,
  verifyWebAuthnRegistration,
} from '@aldaba/contract';
import type { Audit } from '../../../kernel/audit.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { hashToken, type Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { emailKey, requireEmail } from '../../../kernel/identifiers.ts';
import { shortId, standardSecret } from '../../../kernel/ids.ts';
import type { Passwords } from '../../../services/passwords/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { defaultTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import type { SignInExperiences } from '../../appearance/sign-in-experience/index.ts';
import { administratorRoleId, type Roles, teamRoleId } from '../../authorization/roles/index.ts';
import type { RegistrationOptions, SecondFactors } from '../../people/mfa-verifications/index.ts';
import { relyingPartyOf, supportsPasskeys } from '../../people/mfa-verifications/relying-party.ts';
import type { Users } from '../../people/users/index.ts';
import { chosenUsername } from '../../people/users/username-rules.ts';
import * as store from './store.ts';

export interface SetupNeeds {
  clock: Clock;
  passwords: Pick<Passwords, 'hash' | 'issues'>;
  users: Pick<Users, 'create' | 'get' | 'update' | 'listOfRole'>;
  roles: Pick<Roles, 'get' | 'create' | 'assign' | 'hasFullAccess' | 'scopesByIndicator'>;
  logs: Audit;
  tenancy: Pick<Tenancy, 'get'>;
  secondFactors: Pick<SecondFactors, 'registrationOptions' | 'verifyRegistration' | 'bind'>;
  vault: Vault;
  signInExperiences: Pick<SignInExperiences, 'get' | 'update'>;
}

type PasswordPolicy = SignInExperienceSettings['passwordPolicy'];

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
   * Starts a passkey for the account that the link creates: options for the browser, and what has to come back with its
   * answer. Undefined where browsers have no passkeys.
   */
  askPasskey: (
    tenant: Tenant,
    token: string,
  ) => Promise<{ options: RegistrationOptions; ceremony: string } | undefined>;
  /**
   * Consumes the link and creates the account, both or neither. The first administrator consumes all links for
   * administrators.
   * @returns the ID of the user, and of the tenant that it may manage
   * @param given.identifier a username, or an email address if it contains `@`
   * @param given.secret a password, or a passkey, which then signs in to the admin tenant
   * @throws AldabaError `setup.link_invalid`, `setup.other_email`, `session.mfa.webauthn_verification_failed`,
   *   `user.username_already_in_use`, `user.email_already_in_use`, `user.invalid_email`, `user.username_rejected`,
   *   `password.rejected`
   */
  createAccount: (
    tenant: Tenant,
    given: { token: string; identifier: string; secret: NewSecret },
  ) => Promise<{ userId: string; managedTenantId: string }>;
  /**
   * Consumes an invitation, and gives its access to an account that exists already.
   * @returns the ID of the tenant that it may manage
   * @throws AldabaError `setup.link_invalid`, `setup.other_email`, `team.already_member`
   */
  join: (tenant: Tenant, given: { token: string; userId: string }) => Promise<{ managedTenantId: string }>;
  /** The account, if it may accept the invitation. */
  findInvited: (tenant: Tenant, link: KnownLink, userId: string) => Promise<User | undefined>;
  /** Creates a link for a colleague, which can be used once. */
  invite: (
    tenant: Tenant,
    tx: Transaction,
    invitation: store.Invitation & { expiresInDays: number },
  ) => Promise<string>;
  /** The invitations to a tenant that have not been accepted and have not expired, newest first. */
  listInvitations: (q: Queries, managed: Tenant) => Promise<TeamInvitation[]>;
  /** Deletes invitations to a tenant: one of them, or all of an inviter. Returns their number. */
  revoke: (tx: Transaction, managedTenantId: string, which: { id: string } | { inviterId: string }) => Promise<number>;
}

/** What the account signs in with. `ceremony`: of `askPasskey`; `payload`: what the browser returned. */
export type NewSecret = { password: string } | { ceremony: string; payload: unknown; userAgent: string | undefined };

const lifetime = 30 * 60_000;
const day = 24 * 60 * 60_000;

const passkeysOn = { enabled: true, showPasskeyButton: true, allowAutofill: true };
const contextOf = ({ id }: Tenant, token: string) => `${id}/setup/${hashToken(token)}`;

/** Undefined for what was sealed elsewhere, or for another link. */
function readCeremony(open: () => string): { challenge: string; userId: string } | undefined {
  try {
    return JSON.parse(open());
  } catch {
    return undefined;
  }
}

export function createSetup(needs: SetupNeeds): Setup {
  const { clock, users, roles, passwords, logs, secondFactors, vault } = needs;
  const linkOf = (token: string) => ({ tokenHash: hashToken(token), now: new Date(clock.now()) });
  /** An invitation is worth what its inviter may do: it ends with the inviter's own access, however that ended. */
  const isVoid = async (q: Queries, managed: Tenant, { inviterId }: Pick<store.Invitation, 'inviterId'>) =>
    inviterId !== null && !(await roles.hasFullAccess(q, managed.managementIndicator, inviterId));
  const read: Setup['read'] = async (tenant, token) => {
    const link = await store.findLink(tenant.db, linkOf(token));
    if (!link) throw new AldabaError('setup.link_invalid');
    if (link.purpose === 'administrator') return link;
    const managed = await needs.tenancy.get(link.managedTenantId);
    if (await isVoid(tenant.db, managed, link)) throw new AldabaError('setup.link_invalid');
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
  const giveAccess = async (tx: Transaction, link: store.Invitation, { id, name }: { id: string; name: string }) => {
    const { managedTenantId, role, inviterId } = link;
    await roles.assign(tx, 'user', id, [teamRoleId(managedTenantId, role)]);
    const params = { memberId: id, member: name, role, inviterId };
    tx.afterCommit(() => logs.write(managedTenantId, { key: 'Team.Join', result: 'Success', params }));
  };
  const choosePassword = async (policy: PasswordPolicy, identifier: string, password: string) => {
    const issues = await passwords.issues(policy, password, { username: identifier, email: identifier });
    if (issues.length > 0) throw new AldabaError('password.rejected', { issues });
    return passwords.hash(password);
  };
  /** The link is used once, so one answer creates one account. */
  const verifyPasskey = async (tenant: Tenant, token: string, given: Exclude<NewSecret, { password: string }>) => {
    const payload = verifyWebAuthnRegistration.body.shape.payload.safeParse(given.payload);
    const asked = readCeremony(() => vault.open(given.ceremony, contextOf(tenant, token)));
    if (!asked || !payload.success) throw new AldabaError('session.mfa.webauthn_verification_failed');
    const expected = { ...relyingPartyOf(tenant), challenge: asked.challenge, agent: given.userAgent };
    const passkey = await secondFactors.verifyRegistration(payload.data, expected);
    if (!passkey) throw new AldabaError('session.mfa.webauthn_verification_failed');
    return { userId: asked.userId, passkey };
  };
  return {
    createAdminLink: (tenant) =>
      create(tenant, tenant.db, { link: { purpose: 'administrator' }, milliseconds: lifetime }),
    invite: (tenant, tx, { expiresInDays, ...invitation }) =>
      create(tenant, tx, { link: { purpose: 'invitation', ...invitation }, milliseconds: expiresInDays * day }),
    async listInvitations(q, managed) {
      const invitations: TeamInvitation[] = [];
      for (const invitation of await store.findInvitations(q, managed.id, new Date(clock.now())))
        invitations.push({ ...invitation, isVoid: await isVoid(q, managed, invitation) });
      return invitations;
    },
    revoke: store.deleteInvitations,
    hasAdministrator: (tenant) => hasAdministrator(tenant.db),
    read,
    async askPasskey(tenant, token) {
      if (!supportsPasskeys(tenant)) return undefined;
      const { rpId } = relyingPartyOf(tenant);
      const userId = shortId();
      const { options, challenge } = await secondFactors.registrationOptions(
        tenant,
        // The page writes the name that is typed.
        { id: userId, name: rpId, displayName: rpId },
        { rpId, residentKey: 'required' },
      );
      return { options, ceremony: vault.seal(JSON.stringify({ challenge, userId }), contextOf(tenant, token)) };
    },
    async createAccount(tenant, { token, identifier, secret }) {
      // Checked before the expensive hash: a request without a valid link costs the server little.
      const link = await read(tenant, token);
      const { passwordPolicy, usernamePolicy, passkeySignIn } = await needs.signInExperiences.get(tenant);
      if (!isFor(link, identifier)) throw new AldabaError('setup.other_email');
      const name = identifier.includes('@')
        ? { primaryEmail: requireEmail(identifier) }
        : { username: chosenUsername(usernamePolicy, identifier) };
      const made = 'password' in secret ? undefined : await verifyPasskey(tenant, token, secret);
      const digest =
        'password' in secret ? await choosePassword(passwordPolicy, identifier, secret.password) : undefined;
      if (made && !passkeySignIn.enabled) await needs.signInExperiences.update(tenant, { passkeySignIn: passkeysOn });
      return tenant.db.transaction(async (tx) => {
        const isFirst = link.purpose === 'administrator' && !(await hasAdministrator(tx));
        const consume = isFirst ? store.consumeAllLinks : store.consumeLink;
        if (!(await consume(tx, linkOf(token)))) throw new AldabaError('setup.link_invalid');
        const { id: userId } = await users.create(tx, { ...name, password: digest, id: made?.userId });
        if (made) await secondFactors.bind(tx, userId, [{ type: 'WebAuthn', passkey: made.passkey }]);
        // The page ends signed in.
        await users.update(tx, userId, { lastSignInAt: new Date(clock.now()) });
        if (link.purpose === 'administrator') {
          await roles.assign(tx, 'user', userId, [await roleId(tx)]);
          return { userId, managedTenantId: defaultTenantId };
        }
        await giveAccess(tx, link, { id: userId, name: identifier });
        return { userId, managedTenantId: link.managedTenantId };
      });
    },
    join: async (tenant, { token, userId }) => {
      const link = await read(tenant, token);
      if (link.purpose !== 'invitation') throw new AldabaError('setup.link_invalid');
      const { managedTenantId } = link;
      const { managementIndicator } = await needs.tenancy.get(managedTenantId);
      return tenant.db.transaction(async (tx) => {
        const user = await users.get(tx, userId);
        if (!isFor(link, user.primaryEmail)) throw new AldabaError('setup.other_email');
        if ((await roles.scopesByIndicator(tx, userId)).has(managementIndicator))
          throw new AldabaError('team.already_member');
        if (!(await store.consumeLink(tx, linkOf(token)))) throw new AldabaError('setup.link_invalid');
        await giveAccess(tx, link, { id: userId, name: user.name ?? user.username ?? user.primaryEmail ?? userId });
        return { managedTenantId };
      });
    },
    findInvited: async (tenant, link, userId) => {
      const user = link.purpose === 'invitation' ? await users.get(tenant.db, userId) : undefined;
      return user && isFor(link, user.primaryEmail) ? user : undefined;
    },
  };
}

/** Whether the account with an identifier may use the link: an invitation by email is for that address. */
const isFor = (link: KnownLink, identifier: string | null): boolean =>
  link.purpose === 'administrator' ||
  link.email === null ||
  (identifier !== null && emailKey(identifier) === emailKey(link.email));
