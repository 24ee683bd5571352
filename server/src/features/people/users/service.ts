import type { UserLogtoConfig } from '@aldaba/contract';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { shortId } from '../../../kernel/ids.ts';
import { assertUsableDigest, type Passwords } from '../../../services/passwords/index.ts';
import { constraintOf } from '../../../store/constraint.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import type { Listed, Slice } from '../../../store/list.ts';
import { searching } from '../../../store/search.ts';
import { atomic } from '../../../store/transaction.ts';
import { createRoleHolders, type RoleHolders, type Roles } from '../../authorization/roles/index.ts';
import { findDetailedSubject, findHolder } from './details-store.ts';
import type { UserFilter } from './group-store.ts';
import { findUserList, type UserSort } from './list-store.ts';
import { normalizeClaims, normalizeColumns } from './normalize.ts';
import { getLogtoConfig, type LogtoConfigPatch, updateLogtoConfig } from './settings.ts';
import * as store from './store.ts';
import type { DetailedUser, Identifier, Identity, PasswordDigest, Subject, SubjectStatement, User } from './user.ts';

export interface UsersNeeds {
  clock: Clock;
  passwords: Pick<Passwords, 'hash' | 'verify'>;
  roles: Pick<
    Roles,
    | 'assignDefaults'
    | 'userRoleNames'
    | 'userChanged'
    | 'list'
    | 'assign'
    | 'replace'
    | 'unassign'
    | 'addHolders'
    | 'get'
  >;
  events: Events<Transaction>;
  changes: Pick<Changes<Transaction>, 'announce'>;
  sessions: {
    /** Revokes every session and grant of the user, with all tokens, in the caller's transaction. */
    endAll: (tx: Transaction, userId: string) => Promise<void>;
  };
  deviceTrust: {
    /** Ends the trust in every browser of the user. */
    forgetAll: (tx: Transaction, userId: string) => Promise<void>;
  };
  /** Removes what other features keep of the user who had the account before its owner took it. */
  traces: { removeAll: (tx: Transaction, userId: string) => Promise<void> };
}

interface UserDraft extends Omit<store.UserColumns, 'isSuspended' | 'isPasswordExpired' | 'lastSignInAt'> {
  /** For a passkey that was made before the user, which names it. A new one if absent. */
  id?: string | undefined;
  /** Whether the email address is verified: by the user, or set by an operator. */
  isEmailVerified?: boolean | undefined;
  /** Identity at the provider `target`; `userId` is the user's id there. */
  identities?: readonly (Identity & { target: string })[] | undefined;
}

/** `undefined` leaves a member unchanged, `null` clears it; `profile` and `customData` replace the stored value. */
interface UserPatch extends Omit<store.UserColumns, 'applicationId'> {
  /** Whether the user has verified the email address in this patch. */
  isEmailVerified?: boolean | undefined;
  /** The password is the same as before, hashed in another way. */
  isPasswordRenewed?: boolean | undefined;
}

export interface Users extends RoleHolders<User> {
  find: (q: Queries, userId: string) => Promise<User | undefined>;
  /** The user alone, for claims that need no more: roles, organizations and identities are empty. */
  findBareSubject: (q: Queries, userId: string) => Promise<Subject | undefined>;
  /**
   * The user with roles and organizations, for claims: one statement. For a third-party application, only the
   * organizations that the user granted to it.
   */
  findSubject: (q: Queries, userId: string, thirdPartyId?: string) => Promise<Subject | undefined>;
  /** The same with the details for scripts. */
  findDetailedSubject: (q: Queries, userId: string, thirdPartyId?: string) => Promise<Subject | undefined>;
  /**
   * The result of a credential's statement, with the user's details if requested: one statement, so that a token
   * exchange waits once.
   */
  findHolder: <Found extends object>(
    q: Queries,
    asked: SubjectStatement,
  ) => Promise<(Found & { person: DetailedUser | undefined }) | undefined>;
  findByIdentifier: (q: Queries, identifier: Identifier) => Promise<User | undefined>;
  findByIdentity: (q: Queries, target: string, identityId: string) => Promise<User | undefined>;
  findPassword: (q: Queries, userId: string) => Promise<PasswordDigest | undefined>;
  /** For checking a password: one statement, whether or not the user exists. */
  findWithPassword: (
    q: Queries,
    identifier: Identifier,
  ) => Promise<{ user: User; password: (PasswordDigest & store.PasswordAge) | undefined } | undefined>;
  /**
   * Creates a user with the default roles.
   * @throws AldabaError `user.username_already_in_use`, `user.email_already_in_use`, `user.phone_already_in_use`,
   *   `user.identity_already_in_use`, `user.invalid_email`, `user.invalid_phone`
   */
  create: (q: Queries, draft: UserDraft) => Promise<User>;
  /**
   * Updates columns. Suspending a user revokes sessions and grants; that, a new password and a
   * new address end the trust in devices.
   * @throws AldabaError `entity.not_found` and the errors of `create`
   */
  update: (q: Queries, userId: string, patch: UserPatch, given?: { passwordHash: string }) => Promise<User>;
  /**
   * Links or replaces the user's identity for a target. Returns whether the user had none before.
   * @throws AldabaError `user.identity_already_in_use`, `entity.not_found`
   */
  linkIdentity: (tx: Transaction, userId: string, target: string, identity: Identity) => Promise<boolean>;
  /** @throws AldabaError `user.identity_not_exist` */
  unlinkIdentity: (tx: Transaction, userId: string, target: string) => Promise<User>;
  /** Whether the user's email address is verified: by the user, or set by an operator. An import may bring others. */
  isEmailVerified: (q: Queries, userId: string) => Promise<boolean>;
  /**
   * The owner of an unverified email address takes its account: everything by which its user signs in, what that user
   * chose about second factors, and a scheduled deletion may be an attacker's. They are removed with all sessions,
   * grants and trusted devices, the address is verified, and the owner gets an email. Returns false, and changes
   * nothing, if it was verified.
   */
  reclaim: (tx: Transaction, userId: string) => Promise<boolean>;
  /** Marks the email address as verified. Returns false if it was, or is another one now. */
  verifyEmail: (tx: Transaction, userId: string, email: string) => Promise<boolean>;
  roleNames: (q: Queries, userId: string) => Promise<string[]>;
  /** The user's own choices at sign-in. @throws AldabaError `entity.not_found` */
  getLogtoConfig: (q: Queries, userId: string) => Promise<UserLogtoConfig>;
  /** Merges the members that are set. @throws AldabaError `entity.not_found` */
  updateLogtoConfig: (q: Queries, userId: string, patch: LogtoConfigPatch) => Promise<UserLogtoConfig>;

  /** @throws AldabaError `entity.not_found` */
  get: (q: Queries, userId: string) => Promise<User>;
  /** The same for a change that depends on it: others wait until the transaction ends. */
  getLocked: (tx: Transaction, userId: string) => Promise<User>;
  /** Newest first, unless `sort` says otherwise. */
  list: (q: Queries, filter: UserFilter, slice: Slice, sort?: UserSort) => Promise<Listed<User>>;
  /** Merges the first level. Returns the merged value. @throws AldabaError `entity.not_found` */
  merge: (
    q: Queries,
    userId: string,
    part: { customData: Record<string, unknown> } | { profile: Record<string, unknown> },
  ) => Promise<Record<string, unknown>>;
  /**
   * Sets a plain-text password and, by default, revokes the user's sessions and grants. Hashing is slow: call this
   * outside a transaction.
   * @throws AldabaError `entity.not_found`, `request.overloaded`
   */
  setPassword: (q: Queries, userId: string, given: { password: string; revokeSessions?: boolean }) => Promise<User>;
  /** Replaces a password and revokes the user's sessions and grants. @throws AldabaError `entity.not_found` */
  resetPassword: (tx: Transaction, userId: string, password: PasswordDigest) => Promise<User>;
  /** Revokes the sessions, grants and trusted devices of a user whose credential was replaced or removed. */
  endSessions: (tx: Transaction, userId: string) => Promise<void>;
  /** @throws AldabaError `session.invalid_credentials` if the password is wrong or not set */
  verifyPassword: (q: Queries, userId: string, password: string) => Promise<void>;
  /** The stored form of a new user's password: hashed here or imported. @throws AldabaError `password.…` */
  digestOf: (given: {
    password?: string | undefined;
    passwordDigest?: string | undefined;
    passwordAlgorithm?: PasswordDigest['algorithm'] | undefined;
  }) => Promise<PasswordDigest | undefined>;
  /** Deletes the user with all related data. @throws AldabaError `entity.not_found` */
  remove: (q: Queries, userId: string) => Promise<void>;
}

export function createUsers(needs: UsersNeeds): Users {
  const { clock, passwords, roles, sessions, deviceTrust, traces, changes, events } = needs;
  const now = () => new Date(clock.now());
  const get = async (q: Queries, userId: string) => {
    const user = await store.findUser(q, userId);
    if (!user) throw new AldabaError('entity.not_found');
    return user;
  };
  const list: Users['list'] = (q, filter, slice, sort) =>
    searching(q, filter.search, (bounded) => findUserList(bounded, filter, { slice, sort }));
  const link: Users['linkIdentity'] = (tx, userId, target, identity) =>
    precise(store.upsertIdentity(tx, { userId, target, identityId: identity.userId, details: identity.details }));
  const emailVerified = (tx: Transaction, userId: string, email: string) =>
    changes.announce(tx, 'user-email.verified', { userId, email });
  const update: Users['update'] = atomic(
    async (tx, userId, { isEmailVerified, isPasswordRenewed, ...columns }, given) => {
      const patch = normalizeColumns(columns);
      const user = await precise(store.updateUserRow(tx, userId, patch, { now: now(), ...given }));
      if (!user) throw new AldabaError(given ? 'session.invalid_credentials' : 'entity.not_found');
      if (patch.isSuspended) await sessions.endAll(tx, userId);
      // Codes to an address may be a second factor.
      const isReplaced = patch.primaryEmail !== undefined || patch.primaryPhone !== undefined;
      if (patch.isSuspended || isReplaced || (patch.password && !isPasswordRenewed))
        await deviceTrust.forgetAll(tx, userId);
      if (patch.isSuspended !== undefined) await roles.userChanged(tx, userId);
      if (patch.primaryEmail && isEmailVerified) await emailVerified(tx, userId, patch.primaryEmail);
      const { isSuspended, lastSignInAt: _lastSignInAt, ...data } = patch;
      if (isSuspended !== undefined) await events.publish(tx, 'User.SuspensionStatus.Updated', { data: user });
      if (Object.values(data).some((value) => value !== undefined)) await dataUpdated(tx, userId, user);
      return user;
    },
  );
  const reset = async (tx: Transaction, userId: string, patch: { password: PasswordDigest }) => {
    const user = await update(tx, userId, patch);
    await sessions.endAll(tx, userId);
    return user;
  };
  const dataUpdated = (tx: Transaction, userId: string, user?: User) =>
    events.publish(tx, 'User.Data.Updated', async () => ({ data: user ?? (await get(tx, userId)) }));

  return {
    find: store.findUser,
    findBareSubject: store.findBareSubject,
    findSubject: store.findSubject,
    findDetailedSubject,
    findHolder,
    findByIdentifier: store.findUserByIdentifier,
    findByIdentity: store.findUserByIdentity,
    findPassword: store.findUserPassword,
    findWithPassword: store.findUserWithPassword,
    create: atomic(async (tx, { id: userId = shortId(), identities = [], isEmailVerified, ...columns }) => {
      const draft = normalizeColumns(columns);
      const created = await precise(store.insertUser(tx, userId, draft, now()));
      for (const { target, ...identity } of identities) await link(tx, userId, target, identity);
      await roles.assignDefaults(tx, [userId]);
      const user = identities.length > 0 ? await get(tx, userId) : created;
      await events.publish(tx, 'User.Created', { data: user });
      if (draft.primaryEmail && isEmailVerified) await emailVerified(tx, userId, draft.primaryEmail);
      return user;
    }),
    update,
    linkIdentity: async (tx, userId, target, identity) => {
      const isNew = await link(tx, userId, target, identity);
      await dataUpdated(tx, userId);
      return isNew;
    },
    unlinkIdentity: async (tx, userId, target) => {
      await get(tx, userId);
      if ((await store.deleteIdentity(tx, userId, target)) === 0) throw new AldabaError('user.identity_not_exist');
      const user = await get(tx, userId);
      await dataUpdated(tx, userId, user);
      return user;
    },
    isEmailVerified: store.isEmailVerified,
    reclaim: async (tx, userId) => {
      if (!(await store.reclaimUserRow(tx, userId, now()))) return false;
      await sessions.endAll(tx, userId);
      await deviceTrust.forgetAll(tx, userId);
      await traces.removeAll(tx, userId);
      const user = await get(tx, userId);
      await dataUpdated(tx, userId, user);
      if (user.primaryEmail) await emailVerified(tx, userId, user.primaryEmail);
      await changes.announce(tx, 'account.changed', { userId, what: 'reclaimed' });
      return true;
    },
    verifyEmail: async (tx, userId, email) => {
      const isChanged = await store.verifyUserEmail(tx, userId, { email, now: now() });
      if (isChanged) await emailVerified(tx, userId, email);
      return isChanged;
    },
    roleNames: roles.userRoleNames,
    getLogtoConfig,
    updateLogtoConfig,
    get,
    getLocked: async (tx, userId) => {
      await store.lockUser(tx, userId);
      return get(tx, userId);
    },
    list,
    merge: (q, userId, part) =>
      q.transaction(async (tx) => {
        const merged =
          'profile' in part
            ? await store.mergeUserJson(tx, { id: userId, column: 'profile' }, normalizeClaims(part.profile), now())
            : await store.mergeUserJson(tx, { id: userId, column: 'custom_data' }, part.customData, now());
        if (!merged) throw new AldabaError('entity.not_found');
        await dataUpdated(tx, userId);
        return merged;
      }),
    setPassword: async (q, userId, { password, revokeSessions = true }) => {
      await get(q, userId);
      const digest = await passwords.hash(password);
      return q.transaction((tx) => (revokeSessions ? reset : update)(tx, userId, { password: digest }));
    },
    resetPassword: async (tx, userId, password) => {
      await changes.announce(tx, 'account.changed', { userId, what: 'password-changed' });
      return reset(tx, userId, { password });
    },
    endSessions: async (tx, userId) => {
      // A sign-in that is being finished changes the user first: it is seen here, or comes after.
      await store.lockUser(tx, userId);
      await sessions.endAll(tx, userId);
      await deviceTrust.forgetAll(tx, userId);
    },
    verifyPassword: async (q, userId, password) => {
      await get(q, userId);
      const { matches } = await passwords.verify(password, await store.findUserPassword(q, userId));
      if (!matches) throw new AldabaError('session.invalid_credentials');
    },
    digestOf: async (given) => readPassword(given, passwords),
    remove: atomic(async (tx, userId) => {
      await sessions.endAll(tx, userId);
      await changes.announce(tx, 'user.deleted', { userId });
      if ((await store.deleteUserRow(tx, userId)) === 0) throw new AldabaError('entity.not_found');
      await roles.userChanged(tx, userId);
      await events.publish(tx, 'User.Deleted', { data: null });
    }),
    ...createRoleHolders(roles, { holder: 'user', requireKnown: get, requireAble: get, checksEach: false, list }),
  };
}

async function readPassword(
  { password, passwordDigest, passwordAlgorithm }: Parameters<Users['digestOf']>[0],
  passwords: UsersNeeds['passwords'],
): Promise<PasswordDigest | undefined> {
  if (passwordDigest === undefined && passwordAlgorithm === undefined)
    return password === undefined ? undefined : passwords.hash(password);
  if (password !== undefined) {
    throw new AldabaError('guard.invalid_input', { reason: 'body: give either a password or a digest of one' });
  }
  if (passwordDigest === undefined || passwordAlgorithm === undefined) {
    throw new AldabaError('guard.invalid_input', {
      reason: 'body: passwordDigest and passwordAlgorithm belong together',
    });
  }
  const digest = { digest: passwordDigest, algorithm: passwordAlgorithm };
  assertUsableDigest(digest);
  return digest;
}

const conflicts = {
  users_username: 'user.username_already_in_use',
  users_username_claim: 'user.username_already_in_use',
  users_email: 'user.email_already_in_use',
  users_phone: 'user.phone_already_in_use',
  user_identities_pkey: 'user.identity_already_in_use',
} as const;

/** Reports which identifier another user has, instead of the constraint's name. */
async function precise<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const constraint = constraintOf(error);
    if (constraint === 'user_identities_tenant_id_user_id_fkey')
      throw new AldabaError('entity.not_found', undefined, { cause: error });
    const code =
      constraint && Object.hasOwn(conflicts, constraint) ? conflicts[constraint as keyof typeof conflicts] : undefined;
    throw code ? new AldabaError(code, undefined, { cause: error }) : error;
  }
}
