import type { MfaVerification } from '@aldaba/contract';
import type { Clock } from '../../kernel/clock.ts';
import type { Vault } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { standardId } from '../../kernel/ids.ts';
import type { Queries } from '../../store/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Events } from '../hooks/index.ts';
import type { User, Users } from '../users/index.ts';
import { newBackupCodes, readBackupCodes } from './backup-codes.ts';
import * as store from './store.ts';
import { newTotpSecret, readTotpSecret, totpQrCode } from './totp.ts';

export interface MfaVerificationsNeeds {
  clock: Clock;
  vault: Vault;
  users: Pick<Users, 'get'>;
  events: Events;
}

export interface MfaVerifications {
  /** Oldest first, without secrets. @throws AldabaError `entity.not_found` */
  list(q: Queries, userId: string): Promise<MfaVerification[]>;
  /**
   * Gives an authenticator app. Returns the secret, base32, and a PNG data URL that apps scan.
   * @param given a secret from elsewhere; a new one is made without it
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.totp_secret_invalid`
   */
  addTotp(tenant: Tenant, userId: string, given?: string): Promise<{ secret: string; secretQrCode: string }>;
  /**
   * Gives ten backup codes, in place of those that are all used. Returns them.
   * @param given codes from elsewhere; new ones are made without them
   * @throws AldabaError `entity.not_found`, `user.backup_code_already_in_use`, `user.wrong_backup_code_format`,
   * `session.mfa.backup_code_can_not_be_alone`
   */
  addBackupCodes(q: Queries, userId: string, given?: readonly string[]): Promise<string[]>;
  /** Takes a factor, and with the last other one the backup codes. @throws AldabaError `entity.not_found` */
  remove(q: Queries, userId: string, id: string): Promise<void>;
}

const isBackupCode = ({ type }: MfaVerification) => type === 'BackupCode';

export function createMfaVerifications({ clock, vault, users, events }: MfaVerificationsNeeds): MfaVerifications {
  /** Runs a change of a person's factors, one at a time, and tells of it. Returns the person. */
  const change = (
    q: Queries,
    userId: string,
    decide: (tx: Queries, present: readonly MfaVerification[]) => Promise<unknown>,
  ): Promise<User> =>
    q.transaction(async (tx) => {
      await store.lockPerson(tx, userId);
      const user = await users.get(tx, userId);
      await decide(tx, await store.findFactors(tx, userId));
      await events.publish(tx, 'User.Data.Updated', { data: user });
      return user;
    });
  const insert = (
    tx: Queries,
    userId: string,
    given: { type: 'Totp'; secret: string } | { type: 'BackupCode'; codes: string[] },
  ) => {
    const id = standardId();
    const secret = given.type === 'Totp' ? given.secret : JSON.stringify(given.codes);
    return store.insertFactor(tx, {
      id,
      userId,
      type: given.type,
      secretSealed: vault.seal(secret, `${tx.tenantId}/mfa_verifications/${id}`),
      ...(given.type === 'BackupCode' ? { codes: given.codes.length } : {}),
      createdAt: new Date(clock.now()),
    });
  };

  return {
    list: async (q, userId) => {
      await users.get(q, userId);
      return store.findFactors(q, userId);
    },
    addTotp: async (tenant, userId, given) => {
      const secret = given === undefined ? newTotpSecret() : readTotpSecret(given);
      const user = await change(tenant.db, userId, async (tx, present) => {
        if (present.some(({ type }) => type === 'Totp')) throw new AldabaError('user.totp_already_in_use');
        await insert(tx, userId, { type: 'Totp', secret });
      });
      const { host } = new URL(tenant.baseUrl);
      const account = user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.name ?? user.id;
      return { secret, secretQrCode: totpQrCode(secret, { issuer: host, account }) };
    },
    addBackupCodes: async (q, userId, given) => {
      const codes = given === undefined ? newBackupCodes() : readBackupCodes(given);
      await change(q, userId, async (tx, present) => {
        if (present.every(isBackupCode)) throw new AldabaError('session.mfa.backup_code_can_not_be_alone');
        const former = present.find(isBackupCode);
        if (former?.remainCodes) throw new AldabaError('user.backup_code_already_in_use');
        if (former) await store.deleteFactors(tx, userId, [former.id]);
        await insert(tx, userId, { type: 'BackupCode', codes });
      });
      return codes;
    },
    remove: async (q, userId, id) => {
      await change(q, userId, async (tx, present) => {
        if (!present.some((factor) => factor.id === id)) throw new AldabaError('entity.not_found');
        const rest = present.filter((factor) => factor.id !== id);
        const orphans = rest.every(isBackupCode) ? rest.map((factor) => factor.id) : [];
        await store.deleteFactors(tx, userId, [id, ...orphans]);
      });
    },
  };
}
