import type { MfaFactor, MfaVerification } from '@aldaba/contract';
import { type Queries, sql } from '../../store/index.ts';

interface Row {
  id: string;
  type: string;
  name: string | null;
  agent: string | null;
  created_at: Date;
  last_used_at: Date | null;
  codes_used_at: (Date | null)[] | null;
}

const toFactor = (row: Row): MfaVerification => ({
  id: row.id,
  type: row.type as MfaFactor,
  createdAt: row.created_at.toISOString(),
  ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.agent === null ? {} : { agent: row.agent }),
  ...(row.codes_used_at ? { remainCodes: row.codes_used_at.filter((usedAt) => usedAt === null).length } : {}),
});

/** Holds the person, until the transaction ends, for those who change factors: what they see stays as it is. */
export const lockPerson = (q: Queries, userId: string): Promise<object[]> =>
  q.raw('select from users where tenant_id = $1 and id = $2 for no key update', [q.tenantId, userId]);

/** Oldest first. */
export async function findFactors(q: Queries, userId: string): Promise<MfaVerification[]> {
  const rows = await q.all(
    sql
      .selectFrom('mfa_verifications')
      .select(['id', 'type', 'name', 'agent', 'created_at', 'last_used_at', 'codes_used_at'])
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .orderBy('created_at')
      .orderBy('id'),
  );
  return rows.map(toFactor);
}

export interface SecretFactor {
  id: string;
  userId: string;
  type: 'Totp' | 'BackupCode';
  secretSealed: string;
  /** How many codes there are, none of them used. */
  codes?: number;
  createdAt: Date;
}

export const insertFactor = (q: Queries, factor: SecretFactor): Promise<number> =>
  q.run(
    sql.insertInto('mfa_verifications').values({
      tenant_id: q.tenantId,
      id: factor.id,
      user_id: factor.userId,
      type: factor.type,
      secret_sealed: factor.secretSealed,
      codes_used_at: factor.codes === undefined ? null : Array<null>(factor.codes).fill(null),
      created_at: factor.createdAt,
    }),
  );

export const deleteFactors = (q: Queries, userId: string, ids: readonly string[]): Promise<number> =>
  q.run(
    sql
      .deleteFrom('mfa_verifications')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('id', 'in', ids),
  );
