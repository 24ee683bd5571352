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
  users: Pick<Users, 'get'>;
  events: Events<Transaction>;
}

/** A factor to add. */
export type FactorDraft =
  | { type: 'Totp'; secret: string; step?: number }
  | { type: 'WebAuthn'; passkey: NewPasskey }
  | { type: 'BackupCode'; codes: readonly string[] };

/** The only functions that add and remove factors. */
export interface FactorChanges {
  /**
   * Adds factors, all or none. Returns the user.
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.passkey_already_in_use`,
   *   `user.backup_code_already_in_use`, `session.mfa.backup_code_can_not_be_alone`
   */
  add: (q: Queries, userId: string, drafts: readonly FactorDraft[]) => Promise<User>;
  /**
   * Removes a factor; removing the last other factor also removes the backup codes.
   * @throws AldabaError `entity.not_found`
   */
  remove: (q: Queries, userId: string, id: string) => Promise<User>;
}

const isBackupCode = ({ type }: { type: string }) => type === 'BackupCode';

export function createFactorChanges({ clock, secrets, users, events }: FactorChangesNeeds): FactorChanges {
  /** Runs one change of a user's factors at a time and emits the event. Returns the user. */
  const change = (
    q: Queries,
    userId: string,
    decide: (tx: Transaction, present: readonly MfaVerification[]) => Promise<unknown>,
  ): Promise<User> =>
    q.transaction(async (tx) => {
      await store.lockPerson(tx, userId);
      const user = await users.get(tx, userId);
      await decide(tx, await store.findFactors(tx, userId));
      await events.publish(tx, 'User.Data.Updated', { data: user });
      return user;
    });
  const insert = (tx: Transaction, userId: string, draft: FactorDraft) => {
    const id = standardId();
    const row = { id, userId, type: draft.type, createdAt: new Date(clock.now()) };
    if (draft.type === 'WebAuthn') return store.insertFactor(tx, { ...row, passkey: draft.passkey });
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
    remove: (q, userId, id) =>
      change(q, userId, async (tx, present) => {
        if (!present.some((factor) => factor.id === id)) throw new AldabaError('entity.not_found');
        const rest = present.filter((factor) => factor.id !== id);
        const orphans = rest.every(isBackupCode) ? rest.map((factor) => factor.id) : [];
        await store.deleteFactors(tx, userId, [id, ...orphans]);
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
