/** The user's own profile, password, addresses and social accounts: every function works on the visit's user alone. */
import type { Account, AccountCenter, BodyOf, SsoIdentity, updateMyAccount } from '@aldaba/contract';
import type { User } from '../../features/people/users/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Transaction } from '../../store/database.ts';
import { keepTokens } from '../factors/social/tokens.ts';
import { isSameAddress } from '../machine/factor.ts';
import type { Address } from '../machine/state.ts';
import type { AccountChanges, Visit } from './changes.ts';
import {
  type AccountContext,
  type Field,
  isShown,
  requireEditable,
  requireNoCompany,
  requireScope,
} from './context.ts';
import type { Owner } from './records.ts';
import { normal, type ProvedAddress, type ProvedSocial } from './verifications.ts';
import { requireOtherWay } from './ways.ts';

export interface MyAccount {
  get: (visit: Visit) => Promise<Account>;
  update: (visit: Visit, patch: BodyOf<typeof updateMyAccount>) => Promise<Account>;
  updateProfile: (visit: Visit, claims: Record<string, unknown>) => Promise<Record<string, unknown>>;
  setPassword: (visit: Visit, password: string) => Promise<void>;
  setAddress: (visit: Visit, address: Address, recordId: string) => Promise<void>;
  removeAddress: (visit: Visit, type: Address['type']) => Promise<void>;
  linkIdentity: (visit: Visit, recordId: string, replaces: boolean) => Promise<void>;
  unlinkIdentity: (visit: Visit, target: string) => Promise<void>;
  /** Stores a picture and returns its address; `update` makes it the user's. */
  uploadAvatar: (visit: Visit, bytes: () => Promise<Buffer>) => Promise<string>;
}

const columns = { email: 'primaryEmail', phone: 'primaryPhone' } as const;

export function createMyAccount(context: AccountContext, changes: AccountChanges): MyAccount {
  const { users, ssoIdentities, factors, settings, records, userAssets } = context;
  const { requireProof, changing, securing, writing, endOthers, tell } = changes;
  const get = async ({ tenant, owner, center }: Visit) =>
    describe(
      await users.get(tenant.db, owner.userId),
      owner,
      center,
      await ssoIdentities.list(tenant.db, owner.userId),
    );

  return {
    get,
    update: async (visit, patch) => {
      const { tenant, owner } = visit;
      const wanted = Object.entries(patch).filter(([, value]) => value !== undefined);
      const fields = wanted.map(([name]) => name as Field);
      return changing(visit, fields[0] ?? 'name', async () => {
        for (const field of fields) {
          requireScope(owner, field === 'customData' ? 'custom_data' : 'profile');
          requireEditable(visit.center, field);
        }
        const { username, customData, ...rest } = patch;
        if (username !== undefined) await requireProof(visit);
        const own = await settings(tenant);
        if (username === null && own.signUp.identifiers.includes('username'))
          throw new AldabaError('user.username_required');
        const chosen =
          username == null ? username : (await factors.password.chooseUsername(tenant, own, username)).value;
        const write = async (tx: Transaction) => {
          if (chosen === null) {
            const user = await users.getLocked(tx, owner.userId);
            await requireOtherWay(context, tx, { user, settings: own, removed: { username: null } });
          }
          if (customData !== undefined) await users.merge(tx, owner.userId, { customData });
          if (username !== undefined || Object.keys(rest).length > 0)
            await users.update(tx, owner.userId, { ...rest, ...(username === undefined ? {} : { username: chosen }) });
          if (username !== undefined) await tell(tx, visit, 'username-changed');
        };
        await (username === undefined ? tenant.db.transaction(write) : writing(visit, write));
        return get(visit);
      });
    },
    updateProfile: (visit, claims) =>
      changing(visit, 'profile', async () => {
        const { tenant, owner } = visit;
        requireScope(owner, 'profile');
        if (claims.address !== undefined) requireScope(owner, 'address');
        requireEditable(visit.center, 'profile');
        const merged = await tenant.db.transaction((tx) => users.merge(tx, owner.userId, { profile: claims }));
        return owner.scopes.has('address') ? merged : without(merged, 'address');
      }),
    setPassword: (visit, password) =>
      securing(visit, 'password', async () => {
        const { tenant, owner } = visit;
        const user = await users.get(tenant.db, owner.userId);
        const given = { password, profile: {}, user, account: user };
        const sealed = await factors.password.choosePassword(tenant, await settings(tenant), given);
        await writing(visit, async (tx) => {
          await users.update(tx, owner.userId, { password: factors.password.open(tenant, sealed) });
          await endOthers(tx, visit);
          await tell(tx, visit, 'password-changed');
        });
      }),
    setAddress: (visit, given, recordId) =>
      securing(visit, given.type, async () => {
        const { tenant, owner } = visit;
        requireScope(owner, given.type);
        const address = normal(given);
        const own = await settings(tenant);
        await context.assertNotBlocked(own, address);
        await writing(visit, async (tx) => {
          const { identifier } = await records.use<ProvedAddress>(tx, owner, recordId, 'address');
          if (!isSameAddress(identifier, address)) throw new AldabaError('verification_record.permission_denied');
          const patch =
            address.type === 'email'
              ? { primaryEmail: address.value, isEmailVerified: true }
              : { primaryPhone: address.value };
          const { primaryEmail } = await users.getLocked(tx, owner.userId);
          if (address.type === 'email') requireNoCompany(primaryEmail, own);
          await users.update(tx, owner.userId, patch);
          await tell(tx, visit, `${address.type}-changed`, primaryEmail);
        });
      }),
    removeAddress: (visit, type) =>
      securing(visit, type, async () => {
        const { tenant, owner } = visit;
        requireScope(owner, type);
        const own = await settings(tenant);
        await writing(visit, async (tx) => {
          const user = await users.getLocked(tx, owner.userId);
          if (type === 'email') requireNoCompany(user.primaryEmail, own);
          await requireOtherWay(context, tx, { user, settings: own, removed: { [columns[type]]: null } });
          await users.update(tx, owner.userId, { [columns[type]]: null });
          await tell(tx, visit, `${type}-removed`, user.primaryEmail);
        });
      }),
    linkIdentity: (visit, recordId, replaces) =>
      securing(visit, 'social', async () => {
        const { owner } = visit;
        requireScope(owner, 'identities');
        await writing(visit, async (tx) => {
          const proof = await records.use<ProvedSocial>(tx, owner, recordId, 'social');
          const { target, identity } = proof;
          const linked = { userId: identity.id, details: { ...identity } };
          const isNew = await users.linkIdentity(tx, owner.userId, target, linked);
          await keepTokens(context, tx, owner.userId, proof);
          if (!isNew && !replaces) throw new AldabaError('user.identity_exists_in_profile');
          if (!isNew) await endOthers(tx, visit);
          await tell(tx, visit, 'social-linked');
        });
      }),
    unlinkIdentity: (visit, target) =>
      securing(visit, 'social', async () => {
        const { tenant, owner } = visit;
        requireScope(owner, 'identities');
        const own = await settings(tenant);
        await writing(visit, async (tx) => {
          await users.getLocked(tx, owner.userId);
          const user = await users.unlinkIdentity(tx, owner.userId, target);
          await requireOtherWay(context, tx, { user, settings: own });
          await endOthers(tx, visit);
          await tell(tx, visit, 'social-unlinked');
        });
      }),
    uploadAvatar: (visit, bytes) =>
      changing(visit, 'avatar', async () => {
        requireScope(visit.owner, 'profile');
        requireEditable(visit.center, 'avatar');
        return userAssets.savePicture(visit.tenant, { userId: visit.owner.userId }, await bytes());
      }),
  };
}

const without = (value: Record<string, unknown>, member: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));

/** What the token's scopes and the account center's settings open. */
function describe(user: User, { scopes }: Owner, center: AccountCenter, ssoIdentities: SsoIdentity[]): Account {
  const shows = (scope: string, field: Field) => scopes.has(scope) && isShown(center, field);
  const { id, createdAt, updatedAt, lastSignInAt, applicationId, isSuspended, hasPassword } = user;
  return {
    id,
    ...(scopes.has('profile') ? { createdAt, updatedAt, lastSignInAt, applicationId, isSuspended } : {}),
    ...(isShown(center, 'password') ? { hasPassword } : {}),
    ...(shows('profile', 'name') ? { name: user.name } : {}),
    ...(shows('profile', 'avatar') ? { avatar: user.avatar } : {}),
    ...(shows('profile', 'username') ? { username: user.username } : {}),
    ...(shows('profile', 'profile')
      ? { profile: scopes.has('address') ? user.profile : without(user.profile, 'address') }
      : {}),
    ...(shows('email', 'email') ? { primaryEmail: user.primaryEmail } : {}),
    ...(shows('phone', 'phone') ? { primaryPhone: user.primaryPhone } : {}),
    ...(shows('custom_data', 'customData') ? { customData: user.customData } : {}),
    ...(shows('identities', 'social') ? { identities: user.identities, ssoIdentities } : {}),
  };
}
