import type { MfaVerification } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Users } from '../users/index.ts';
import { newBackupCodes, readBackupCodes } from './backup-codes.ts';
import { createFactorChanges } from './changes.ts';
import { createSecrets } from './secrets.ts';
import { findFactors } from './store.ts';
import { newTotpSecret, readTotpSecret, totpQrCode } from './totp.ts';

export interface MfaVerificationsNeeds {
  clock: Clock;
  vault: Vault;
  users: Pick<Users, 'get' | 'endSessions'>;
  events: Events<Transaction>;
}

/** Operations of administrators on users' factors. */
export interface MfaVerifications {
  /** Oldest first, without secrets. @throws AldabaError `entity.not_found` */
  list: (q: Queries, userId: string) => Promise<MfaVerification[]>;
  /**
   * Adds an authenticator app. Returns the secret in base32 and a PNG data URL for scanning.
   * @param given an existing secret; generated if omitted
   * @throws AldabaError `entity.not_found`, `user.totp_already_in_use`, `user.totp_secret_invalid`
   */
  addTotp: (tenant: Tenant, userId: string, given?: string) => Promise<{ secret: string; secretQrCode: string }>;
  /**
   * Adds ten backup codes, replacing a used-up list. Returns them.
   * @param given existing codes; generated if omitted
   * @throws AldabaError `entity.not_found`, `user.backup_code_already_in_use`, `user.wrong_backup_code_format`,
   *   `session.mfa.backup_code_can_not_be_alone`
   */
  addBackupCodes: (q: Queries, userId: string, given?: readonly string[]) => Promise<string[]>;
  /**
   * Removes a factor; removing the last other factor also removes the backup codes. `revokeSessions` also ends sessions
   * and grants.
   * @throws AldabaError `entity.not_found`
   */
  remove: (q: Queries, factor: { userId: string; id: string; revokeSessions: boolean }) => Promise<void>;
}

export function createMfaVerifications({ clock, vault, users, events }: MfaVerificationsNeeds): MfaVerifications {
  const changes = createFactorChanges({ clock, secrets: createSecrets(vault), users, events });
  return {
    list: async (q, userId) => {
      await users.get(q, userId);
      return findFactors(q, userId);
    },
    addTotp: async (tenant, userId, given) => {
      const secret = given === undefined ? newTotpSecret() : readTotpSecret(given);
      const user = await changes.add(tenant.db, userId, [{ type: 'Totp', secret }]);
      const { host } = new URL(tenant.baseUrl);
      const account = user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.name ?? user.id;
      return { secret, secretQrCode: totpQrCode(secret, { issuer: host, account }) };
    },
    addBackupCodes: async (q, userId, given) => {
      const codes = given === undefined ? newBackupCodes() : readBackupCodes(given);
      await changes.add(q, userId, [{ type: 'BackupCode', codes }]);
      return codes;
    },
    remove: (q, { userId, id, revokeSessions }) =>
      q.transaction(async (tx) => {
        await changes.remove(tx, userId, id);
        if (revokeSessions) await users.endSessions(tx, userId);
      }),
  };
}
