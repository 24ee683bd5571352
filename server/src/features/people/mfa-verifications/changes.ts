import type { MfaVerification } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { User, Users } from '../users/index.ts';
import type { NewPasskey } from './passkeys.ts';
import type { Secrets } from './secrets.ts';
import * as store from './store.ts';

export interface FactorChangesNeeds {
  clock: Clock;
  secrets: Secrets;
  users: Pick<Users, 'getLocked'>;
  events: Events<Transaction>;
  deviceTrust: {
    /** Ends the trust in every browser of the user, which stood for a factor that is gone. */
    forgetAll: (tx: Transaction, userId: string) => Promise<void>;
  };
}

/** A factor to add. */
export type FactorDraft =
  | { type: 'Totp'; secret: string; step?: number }
  | { type: 'WebAuthn'; passkey: NewPasskey; name?: string | undefined }
  | { type: 'BackupCode'; codes: readonly string[] };

/** The only functions that add and remove factors. */
export interface FactorChanges {
  /**
   * Adds factors, all or none. Returns the user.
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.passkey_already_in_use`,
   *   `user.backup_code_already_in_use`, `session.mfa.backup_code_can_not_be_alone`
   */
  add: (q: Queries, userId: string, drafts: readonly FactorDraft[]) => Promise<User>;
  /** Replaces the authenticator app, or adds one. @throws AldabaError `entity.not_found` */
  replaceTotp: (q: Queries, userId: string, draft: Extract<FactorDraft, { type: 'Totp' }>) => Promise<User>;
  /** @throws AldabaError `entity.not_found` unless the user has such a passkey */
  rename: (q: Queries, userId: string, id: string, name: string) => Promise<User>;
  /**
   * Removes a factor; removing the last other factor also removes the backup codes.
   * @throws AldabaError `entity.not_found`
   */
  remove: (q: Queries, userId: string, id: string) => Promise<User>;
}

const isBackupCode = ({ type }: { type: string }) => type === 'BackupCode';

export function createFactorChanges({ clock, secrets, users, events, deviceTrust }: FactorChangesNeeds): FactorChanges {
  /** Runs one change of a user's factors at a time and emits the event. Returns the user. */
  const change = (
    q: Queries,
    userId: string,
    decide: (tx: Transaction, present: readonly MfaVerification[]) => Promise<unknown>,
  ): Promise<User> =>
    q.transaction(async (tx) => {
      const user = await users.getLocked(tx, userId);
      await decide(tx, await store.findFactors(tx, userId));
      await events.publish(tx, 'User.Data.Updated', { data: user });
      return user;
    });
  const insert = (tx: Transaction, userId: string, draft: FactorDraft) => {
    const id = standardId();
    const row = { id, userId, type: draft.type, createdAt: new Date(clock.now()) };
    if (draft.type === 'WebAuthn') return store.insertFactor(tx, { ...row, passkey: draft.passkey, name: draft.name });
    const secret = draft.type === 'Totp' ? draft.secret : JSON.stringify(draft.codes);
    const secretSealed = secrets.seal(tx.tenantId, id, secret);
    return store.insertFactor(tx, {
      ...row,
      secretSealed,
      ...(draft.type === 'Totp' ? { lastStep: draft.step } : { codes: draft.codes.length }),
    });
  };

  return {
    add: (q, userId, drafts) =>
      change(q, userId, async (tx, present) => {
        refuseConflicts(present, drafts);
        const used = drafts.some(isBackupCode) ? present.filter(isBackupCode) : [];
        if (used.length > 0) {
          const ids = used.map(({ id }) => id);
          await store.deleteFactors(tx, userId, ids);
        }
        for (const draft of drafts) await insert(tx, userId, draft);
      }),
    replaceTotp: (q, userId, draft) =>
      change(q, userId, async (tx, present) => {
        const old = present.filter(({ type }) => type === draft.type).map(({ id }) => id);
        if (old.length > 0) {
          await store.deleteFactors(tx, userId, old);
          await deviceTrust.forgetAll(tx, userId);
        }
        await insert(tx, userId, draft);
      }),
    rename: (q, userId, id, name) =>
      change(q, userId, async (tx) => {
        if (!(await store.renamePasskey(tx, userId, id, name))) throw new AldabaError('entity.not_found');
      }),
    remove: (q, userId, id) =>
      change(q, userId, async (tx, present) => {
        if (!present.some((factor) => factor.id === id)) throw new AldabaError('entity.not_found');
        const rest = present.filter((factor) => factor.id !== id);
        const orphans = rest.every(isBackupCode) ? rest.map((factor) => factor.id) : [];
        await store.deleteFactors(tx, userId, [id, ...orphans]);
        await deviceTrust.forgetAll(tx, userId);
      }),
  };
}

/** Which factors can be combined: one authenticator app, and one list of backup codes that is never the only factor. */
function refuseConflicts(present: readonly MfaVerification[], drafts: readonly FactorDraft[]): void {
  const types = [...present, ...drafts].map(({ type }) => type);
  if (types.filter((type) => type === 'Totp').length > 1) throw new AldabaError('user.totp_already_in_use');
  const lists = drafts.filter(isBackupCode);
  if (lists.length === 0) return;
  if (types.every((type) => type === 'BackupCode')) throw new AldabaError('session.mfa.backup_code_can_not_be_alone');
  // A used-up list is replaced.
  const isUsable = present.some((factor) => isBackupCode(factor) && factor.remainCodes !== 0);
  if (isUsable || lists.length > 1) throw new AldabaError('user.backup_code_already_in_use');
}
