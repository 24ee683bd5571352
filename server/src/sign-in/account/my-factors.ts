/** The user's own second factors, and what the user decided about them. */
import type {
  AccountCenter,
  BodyOf,
  createMyFactor,
  MfaVerification,
  UserLogtoConfig,
  updateMyLogtoConfig,
  updateMyMfaSettings,
} from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { nameOf } from '../factors/second-factor.ts';
import { signInFactors } from '../machine/factors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { AccountChanges, Visit } from './changes.ts';
import { type AccountContext, isShown, requireEditable, requireShown } from './context.ts';
import type { ProvedPasskey } from './verifications.ts';
import { requireOtherWay } from './ways.ts';

type MfaSettings = BodyOf<typeof updateMyMfaSettings>;

export interface MyFactors {
  listFactors: (visit: Visit) => Promise<MfaVerification[]>;
  addFactor: (visit: Visit, given: BodyOf<typeof createMyFactor>) => Promise<void>;
  replaceAuthenticator: (visit: Visit, given: { secret: string; code: string }) => Promise<void>;
  removeFactor: (visit: Visit, id: string) => Promise<void>;
  renameFactor: (visit: Visit, id: string, name: string) => Promise<MfaVerification>;
  /** @throws AldabaError `entity.not_found` */
  backupCodes: (visit: Visit) => Promise<{ code: string; usedAt?: string }[]>;
  /** Codes to add; `sealed` brings them back. */
  newBackupCodes: (visit: Visit) => { codes: string[]; sealed: string };
  /** The secret of an app to add; the same again by what `sealed` it. */
  newAuthenticator: (
    visit: Visit,
    sealed?: string,
  ) => Promise<{ secret: string; secretQrCode: string; sealed: string }>;
  /** The codes that `newBackupCodes` sealed; none if it did not seal them. */
  openBackupCodes: (visit: Visit, sealed: string) => string[];
  logtoConfig: (visit: Visit) => Promise<UserLogtoConfig>;
  updateLogtoConfig: (visit: Visit, change: BodyOf<typeof updateMyLogtoConfig>) => Promise<UserLogtoConfig>;
  mfaSettings: (visit: Visit) => Promise<MfaSettings>;
  updateMfaSettings: (visit: Visit, settings: MfaSettings) => Promise<MfaSettings>;
}

/** The field that opens the change of a factor that the user has: passkeys have one of their own, which may be off. */
export const fieldOf = (center: AccountCenter, type: MfaVerification['type'] | undefined): 'mfa' | 'passkey' =>
  type === 'WebAuthn' && isShown(center, 'passkey') ? 'passkey' : 'mfa';

export function createMyFactors(context: AccountContext, changes: AccountChanges): MyFactors {
  const { users, settings, records, secondFactors, mfaVerifications } = context;
  const { changing, securing, requireProof, endOthers, tell } = changes;
  const factorOf = async ({ tenant, owner, center }: Visit, id: string) => {
    const factor = (await mfaVerifications.list(tenant.db, owner.userId)).find((each) => each.id === id);
    requireEditable(center, fieldOf(center, factor?.type));
    return factor;
  };
  const logtoConfig = async ({ tenant, owner, center }: Visit) => {
    requireShown(center, 'mfa');
    return users.getLogtoConfig(tenant.db, owner.userId);
  };

  return {
    async listFactors({ tenant, owner, center }) {
      requireShown(center, 'mfa');
      return mfaVerifications.list(tenant.db, owner.userId);
    },
    addFactor: (visit, given) =>
      securing(visit, given.type === 'WebAuthn' ? 'passkey' : 'mfa', async () => {
        const { tenant, owner } = visit;
        const { mfa, passkeySignIn } = await settings(tenant);
        if (!mfa.factors.includes(given.type) && !(given.type === 'WebAuthn' && passkeySignIn.enabled))
          throw new AldabaError('session.mfa.mfa_factor_not_enabled');
        if (given.type === 'Totp' && given.code !== undefined) mfaVerifications.checkTotp(given.secret, given.code);
        await tenant.db.transaction(async (tx) => {
          if (given.type === 'WebAuthn') {
            const recordId = given.newIdentifierVerificationRecordId;
            const { factor } = await records.use<ProvedPasskey>(tx, owner, recordId, 'passkey');
            await secondFactors.bind(tx, owner.userId, [{ ...factor, name: given.name }]);
          } else {
            await mfaVerifications.add({ ...tenant, db: tx }, owner.userId, given);
          }
          await tell(tx, visit, 'factor-added');
        });
      }),
    replaceAuthenticator: (visit, { secret, code }) =>
      securing(visit, 'mfa', async () => {
        const { tenant, owner } = visit;
        if (!(await settings(tenant)).mfa.factors.includes('Totp'))
          throw new AldabaError('session.mfa.mfa_factor_not_enabled');
        const step = mfaVerifications.checkTotp(secret, code);
        await tenant.db.transaction(async (tx) => {
          await mfaVerifications.replaceTotp(tx, owner.userId, { secret, step });
          await endOthers(tx, visit);
          await tell(tx, visit, 'factor-added');
        });
      }),
    removeFactor: (visit, id) =>
      changing(visit, 'mfa', async () => {
        const { tenant, owner } = visit;
        const { userId } = owner;
        const factor = await factorOf(visit, id);
        await requireProof(visit);
        const own = await settings(tenant);
        await tenant.db.transaction(async (tx) => {
          const user = await users.getLocked(tx, userId);
          await mfaVerifications.remove(tx, { userId, id, revokeSessions: false });
          if (factor && signInFactors.includes(factor.type) && resolvePolicy(own).passkeySignIn)
            await requireOtherWay(context, tx, { user, settings: own });
          await endOthers(tx, visit);
          await tell(tx, visit, 'factor-removed');
        });
      }),
    renameFactor: (visit, id, name) =>
      changing(visit, 'mfa', async () => {
        const { tenant, owner } = visit;
        await factorOf(visit, id);
        await requireProof(visit);
        return mfaVerifications.rename(tenant.db, owner.userId, id, name);
      }),
    async backupCodes(visit) {
      requireShown(visit.center, 'mfa');
      await requireProof(visit);
      return mfaVerifications.backupCodes(visit.tenant, visit.owner.userId);
    },
    newBackupCodes({ tenant, center }) {
      requireEditable(center, 'mfa');
      const { codes, codesSealed } = secondFactors.newBackupCodes(tenant);
      return { codes, sealed: codesSealed };
    },
    openBackupCodes: ({ tenant }, sealed) => opened(() => secondFactors.showNewBackupCodes(tenant, sealed)) ?? [],
    async newAuthenticator({ tenant, owner, center }, sealed) {
      requireEditable(center, 'mfa');
      const label = {
        issuer: new URL(tenant.baseUrl).host,
        account: nameOf(await users.get(tenant.db, owner.userId)),
      };
      const known = sealed === undefined ? undefined : opened(() => secondFactors.showNewTotp(tenant, sealed, label));
      if (known && sealed !== undefined) return { ...known, sealed };
      const { secretSealed, ...shown } = secondFactors.newTotp(tenant, label);
      return { ...shown, sealed: secretSealed };
    },
    logtoConfig,
    updateLogtoConfig: (visit, change) =>
      changing(visit, 'mfa', async () => {
        requireEditable(visit.center, 'mfa');
        // Codes to the account's addresses stop being a second factor.
        if (change.mfa?.enabled === false) await requireProof(visit);
        return users.updateLogtoConfig(visit.tenant.db, visit.owner.userId, change);
      }),
    async mfaSettings(visit) {
      const { mfa } = await logtoConfig(visit);
      return { skipMfaOnSignIn: mfa.skipMfaOnSignIn };
    },
    updateMfaSettings: (visit, given) =>
      securing(visit, 'mfa', async () => {
        const { mfa } = await users.updateLogtoConfig(visit.tenant.db, visit.owner.userId, { mfa: given });
        return { skipMfaOnSignIn: mfa.skipMfaOnSignIn };
      }),
  };
}

/** What a form brings back; undefined if this server did not seal it. */
function opened<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    // Anything can be posted: it is not a failure of the server.
    return undefined;
  }
}
