import type { BodyOf, createUserMfaVerification, MfaVerification, ResponseOf } from '@aldaba/contract';
import type { Clock } from '../../../kernel/clock.ts';
import type { Vault } from '../../../kernel/crypto.ts';
import type { Events } from '../../../kernel/events.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { createUserAgentParser } from '../../records/logs/index.ts';
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

type Creation = typeof createUserMfaVerification;

/** Operations of administrators on users' factors. */
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
  remove: (q: Queries, factor: { userId: string; id: string; revokeSessions: boolean }) => Promise<void>;
}

export function createMfaVerifications({ clock, vault, users, events }: MfaVerificationsNeeds): MfaVerifications {
  const changes = createFactorChanges({ clock, secrets: createSecrets(vault), users, events });
  return {
    list: async (q, userId) => {
      await users.get(q, userId);
      const factors = await findFactors(q, userId);
      if (factors.every(({ agent }) => agent === undefined)) return factors;
      const parse = await createUserAgentParser();
      return factors.map((factor) =>
        factor.agent === undefined ? factor : { ...factor, agentParsed: parse(factor.agent) },
      );
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
      const account = user.username ?? user.primaryEmail ?? user.primaryPhone ?? user.name ?? user.id;
      return { type: given.type, secret, secretQrCode: totpQrCode(secret, { issuer: host, account }) };
    },
    remove: (q, { userId, id, revokeSessions }) =>
      q.transaction(async (tx) => {
        await changes.remove(tx, userId, id);
        if (revokeSessions) await users.endSessions(tx, userId);
      }),
  };
}
