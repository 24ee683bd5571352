import type { BodyOf, createUserMfaVerification, MfaVerification, ResponseOf } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Events } from '../../../kernel/events.ts';
import { shownPhone } from '../../../kernel/identifiers.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { createUserAgentParser } from '../../records/logs/index.ts';
import type { Users } from '../users/index.ts';
import { newBackupCodes, readBackupCodes } from './backup-codes.ts';
import { createFactorChanges, type FactorChangesNeeds } from './changes.ts';
import { createSecrets } from './secrets.ts';
import { findBackupCodes, findFactors } from './store.ts';
import { newTotpSecret, readTotpSecret, stepOfCode, totpQrCode } from './totp.ts';

export interface MfaVerificationsNeeds {
  clock: Clock;
  vault: Vault;
  users: Pick<Users, 'get' | 'getLocked' | 'endSessions'>;
  events: Events<Transaction>;
  deviceTrust: FactorChangesNeeds['deviceTrust'];
}

type Creation = typeof createUserMfaVerification;

/** Operations on users' factors: of administrators, and of users on their own. */
export interface MfaVerifications {
  /** Oldest first, without secrets. @throws AldabaError `entity.not_found` */
  list: (q: Queries, userId: string) => Promise<MfaVerification[]>;
  /**
   * Adds an authenticator app or ten backup codes, which replace a used-up list. Returns the secret in base32 with a
   * PNG data URL for scanning, or the codes.
   * @param given with an existing secret or existing codes; generated if omitted
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.totp_secret_invalid`,
   *   `user.backup_code_already_in_use`, `user.wrong_backup_code_format`, `session.mfa.backup_code_can_not_be_alone`
   */
  add: (tenant: Tenant, userId: string, given: BodyOf<Creation>) => Promise<ResponseOf<Creation>>;
  /**
   * Removes a factor; removing the last other factor also removes the backup codes. `revokeSessions` also ends sessions
   * and grants.
   * @throws AldabaError `entity.not_found`
   */
  /** Replaces the authenticator app, or adds one. @throws AldabaError `user.totp_secret_invalid` */
  replaceTotp: (q: Queries, userId: string, given: { secret: string; step: number }) => Promise<void>;
  /**
   * The time step of a code that proves that an app has the secret.
   * @throws AldabaError `user.totp_secret_invalid`, `session.mfa.invalid_totp_code`
   */
  checkTotp: (secret: string, code: string) => number;
  /** Renames a passkey. @throws AldabaError `entity.not_found` */
  rename: (q: Queries, userId: string, id: string, name: string) => Promise<MfaVerification>;
  /** The user's backup codes. @throws AldabaError `entity.not_found` */
  backupCodes: (tenant: Tenant, userId: string) => Promise<{ code: string; usedAt?: string }[]>;
  remove: (q: Queries, factor: { userId: string; id: string; revokeSessions: boolean }) => Promise<void>;
}

export function createMfaVerifications({
  clock,
  vault,
  users,
  events,
  deviceTrust,
}: MfaVerificationsNeeds): MfaVerifications {
  const secrets = createSecrets(vault);
  const changes = createFactorChanges({ clock, secrets, users, events, deviceTrust });
  const list: MfaVerifications['list'] = async (q, userId) => {
    await users.get(q, userId);
    const factors = await findFactors(q, userId);
    if (factors.every(({ agent }) => agent === undefined)) return factors;
    const parse = await createUserAgentParser();
    return factors.map((factor) =>
      factor.agent === undefined ? factor : { ...factor, agentParsed: parse(factor.agent) },
    );
  };
  return {
    list,
    checkTotp: (secret, code) => {
      const step = stepOfCode(readTotpSecret(secret), code, clock.now());
      if (step === undefined) throw new AldabaError('session.mfa.invalid_totp_code');
      return step;
    },
    replaceTotp: async (q, userId, { secret, step }) => {
      await changes.replaceTotp(q, userId, { type: 'Totp', secret: readTotpSecret(secret), step });
    },
    rename: async (q, userId, id, name) => {
      await changes.rename(q, userId, id, name);
      const found = (await list(q, userId)).find((factor) => factor.id === id);
      if (!found) throw new AldabaError('entity.not_found');
      return found;
    },
    backupCodes: async (tenant, userId) => {
      const found = await findBackupCodes(tenant.db, userId);
      if (!found) throw new AldabaError('entity.not_found');
      const codes: string[] = JSON.parse(secrets.open(tenant.id, found.id, found.sealed));
      return codes.map((code, place) => {
        const usedAt = found.usedAt[place];
        return { code, ...(usedAt ? { usedAt: usedAt.toISOString() } : {}) };
      });
    },
    async add(tenant, userId, given) {
      if (given.type === 'BackupCode') {
        const codes = given.codes === undefined ? newBackupCodes() : readBackupCodes(given.codes);
        await changes.add(tenant.db, userId, [{ type: given.type, codes }]);
        return { type: given.type, codes };
      }
      const secret = given.secret === undefined ? newTotpSecret() : readTotpSecret(given.secret);
      const user = await changes.add(tenant.db, userId, [{ type: given.type, secret }]);
      const { host } = new URL(tenant.baseUrl);
      const account =
        user.username ??
        user.primaryEmail ??
        (user.primaryPhone && shownPhone(user.primaryPhone)) ??
        user.name ??
        user.id;
      return { type: given.type, secret, secretQrCode: totpQrCode(secret, { issuer: host, account }) };
    },
    remove: (q, { userId, id, revokeSessions }) =>
      q.transaction(async (tx) => {
        await changes.remove(tx, userId, id);
        if (revokeSessions) await users.endSessions(tx, userId);
      }),
  };
}
