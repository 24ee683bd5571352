import type { MfaFactor, MfaVerification } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Queries } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';
import type { NewPasskey, PasskeyName } from './passkeys.ts';

type Row = StoredRow<
  'mfa_verifications',
  'id' | 'type' | 'name' | 'agent' | 'created_at' | 'last_used_at' | 'codes_used_at'
>;

const countUnused = (usedAt: readonly (Date | null)[]) => usedAt.filter((at) => at === null).length;

const toFactor = (row: Row): MfaVerification => ({
  id: row.id,
  type: row.type as MfaFactor,
  createdAt: row.created_at.toISOString(),
  ...(row.last_used_at ? { lastUsedAt: row.last_used_at.toISOString() } : {}),
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.agent === null ? {} : { agent: row.agent }),
  ...(row.codes_used_at ? { remainCodes: countUnused(row.codes_used_at) } : {}),
});

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

export interface FactorRow {
  id: string;
  userId: string;
  type: MfaFactor;
  createdAt: Date;
  secretSealed?: string;
  /** TOTP: the time step of a code that was already used. */
  lastStep?: number | undefined;
  /** Backup codes: the number of codes, all unused. */
  codes?: number;
  passkey?: NewPasskey;
  name?: string | undefined;
}

/** @throws AldabaError `user.passkey_already_in_use` */
export async function insertFactor(q: Queries, factor: FactorRow): Promise<void> {
  const { passkey } = factor;
  const inserted = await q.run(
    sql
      .insertInto('mfa_verifications')
      .values({
        tenant_id: q.tenantId,
        id: factor.id,
        user_id: factor.userId,
        type: factor.type,
        name: factor.name ?? null,
        secret_sealed: factor.secretSealed ?? null,
        last_step: factor.lastStep ?? null,
        codes_used_at: factor.codes === undefined ? null : Array<null>(factor.codes).fill(null),
        rp_id: passkey?.rpId ?? null,
        credential_id: passkey?.credentialId ?? null,
        public_key: passkey?.publicKey ?? null,
        counter: passkey?.counter ?? null,
        transports: passkey?.transports ?? null,
        agent: passkey?.agent ?? null,
        created_at: factor.createdAt,
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'credential_id']).where('credential_id', 'is not', null).doNothing(),
      ),
  );
  if (inserted === 0) throw new AldabaError('user.passkey_already_in_use');
}

export const deleteFactors = (q: Queries, userId: string, ids: readonly string[]): Promise<number> =>
  q.run(
    sql
      .deleteFrom('mfa_verifications')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('id', 'in', ids),
  );

export const deleteAllFactors = (q: Queries, userId: string): Promise<number> =>
  q.run(sql.deleteFrom('mfa_verifications').where('tenant_id', '=', q.tenantId).where('user_id', '=', userId));

/** Returns whether the user has such a passkey. */
export const renamePasskey = async (q: Queries, userId: string, id: string, name: string): Promise<boolean> =>
  (await q.run(
    sql
      .updateTable('mfa_verifications')
      .set({ name })
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .where('type', '=', 'WebAuthn'),
  )) > 0;

/** The backup codes of a user, sealed, and when each was used. */
export async function findBackupCodes(
  q: Queries,
  userId: string,
): Promise<{ id: string; sealed: string; usedAt: (Date | null)[] } | undefined> {
  const [row] = await q.raw<{ id: string; sealed: string; usedAt: (Date | null)[] }>(
    `select id, secret_sealed as sealed, codes_used_at as "usedAt" from mfa_verifications
      where tenant_id = $1 and user_id = $2 and type = 'BackupCode'`,
    [q.tenantId, userId],
  );
  return row;
}

/** A second factor as sign-in sees it. Times are milliseconds since the epoch. */
interface SecondFactor {
  id: string;
  type: MfaFactor;
  createdAt: number;
  lastUsedAt?: number;
  /** The number of unused backup codes. */
  remainCodes?: number;
}

/** What decides about second factors for a user. */
export interface MfaStatus {
  /** Oldest first. */
  factors: SecondFactor[];
  /** The user's choice; absent if the user was never asked. */
  enabled?: boolean;
  /** Whether the user skipped setting up a second factor, … */
  skipped: boolean;
  /** … skipped an additional factor, … */
  suggestionSkipped: boolean;
  /** … turned off the second factor at sign-in, … */
  skipMfaOnSignIn: boolean;
  /** … or skipped a passkey for sign-in. */
  passkeySkipped: boolean;
  /** Whether an organization of the user requires a second factor. */
  isRequiredByOrganization: boolean;
  /** Whether an organization of the user accepts no trusted device instead of a second factor. */
  refusesTrustedDevices: boolean;
}

interface StatusRow {
  config: { mfa?: Record<string, boolean>; passkeySignIn?: Record<string, boolean> };
  is_required: boolean;
  refuses_devices: boolean;
  id: string | null;
  type: string;
  created_at: Date;
  last_used_at: Date | null;
  codes_used_at: (Date | null)[] | null;
}

/** One statement, because every sign-in waits for it. Undefined if the user does not exist. */
export async function findStatus(q: Queries, userId: string): Promise<MfaStatus | undefined> {
  const rows = await q.raw<StatusRow>(
    `select u.logto_config as config,
       coalesce(o.is_required, false) as is_required, coalesce(o.refuses_devices, false) as refuses_devices,
       f.id, f.type, f.created_at, f.last_used_at, f.codes_used_at
       from users u left join mfa_verifications f on f.tenant_id = u.tenant_id and f.user_id = u.id
       cross join lateral (
         select bool_or(o.is_mfa_required) as is_required,
                bool_or(o.is_mfa_required or not o.is_trusted_device_allowed) as refuses_devices
           from organization_users m
           join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
          where m.tenant_id = $1 and m.user_id = $2) o
      where u.tenant_id = $1 and u.id = $2 order by f.created_at, f.id`,
    [q.tenantId, userId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { mfa = {}, passkeySignIn = {} } = row.config;
  return {
    factors: rows.flatMap(toSecondFactor),
    ...(mfa.enabled === undefined ? {} : { enabled: mfa.enabled }),
    skipped: mfa.skipped === true,
    suggestionSkipped: mfa.additionalBindingSuggestionSkipped === true,
    skipMfaOnSignIn: mfa.skipMfaOnSignIn === true,
    passkeySkipped: passkeySignIn.skipped === true,
    isRequiredByOrganization: row.is_required,
    refusesTrustedDevices: row.refuses_devices,
  };
}

const toSecondFactor = (row: StatusRow): SecondFactor[] =>
  row.id === null
    ? []
    : [
        {
          id: row.id,
          type: row.type as MfaFactor,
          createdAt: row.created_at.getTime(),
          ...(row.last_used_at ? { lastUsedAt: row.last_used_at.getTime() } : {}),
          ...(row.codes_used_at ? { remainCodes: countUnused(row.codes_used_at) } : {}),
        },
      ];

/** A factor with a stored secret: an authenticator app or a list of backup codes. */
export type SecretType = 'Totp' | 'BackupCode';

/** The factor of this type; a user has at most one. */
export async function findSecret(
  q: Queries,
  userId: string,
  type: SecretType,
): Promise<{ id: string; sealed: string } | undefined> {
  const [row] = await q.raw<{ id: string; secret_sealed: string }>(
    'select id, secret_sealed from mfa_verifications where tenant_id = $1 and user_id = $2 and type = $3',
    [q.tenantId, userId, type],
  );
  return row && { id: row.id, sealed: row.secret_sealed };
}

/**
 * Consumes a time step and all earlier ones. Atomic; returns false if it was already consumed (RFC 6238 section 5.2).
 */
export async function useStep(q: Queries, id: string, use: { step: number; at: Date }): Promise<boolean> {
  const rows = await q.raw(
    `update mfa_verifications set last_step = $3, last_used_at = $4
      where tenant_id = $1 and id = $2 and (last_step is null or last_step < $3) returning id`,
    [q.tenantId, id, use.step, use.at],
  );
  return rows.length > 0;
}

/** Consumes the code at an index, counted from 0. Atomic; returns false if it was already consumed. */
export async function useCode(q: Queries, id: string, use: { place: number; at: Date }): Promise<boolean> {
  const rows = await q.raw(
    `update mfa_verifications set codes_used_at[$3::integer] = $4, last_used_at = $4
      where tenant_id = $1 and id = $2 and codes_used_at[$3::integer] is null returning id`,
    [q.tenantId, id, use.place + 1, use.at],
  );
  return rows.length > 0;
}

export interface Passkey {
  id: string;
  userId: string;
  rpId: string;
  publicKey: string;
  counter: number;
}

export async function findPasskey(q: Queries, credentialId: string): Promise<Passkey | undefined> {
  const [row] = await q.raw<{ id: string; user_id: string; rp_id: string; public_key: string; counter: number }>(
    `select id, user_id, rp_id, public_key, counter from mfa_verifications
      where tenant_id = $1 and credential_id = $2`,
    [q.tenantId, credentialId],
  );
  return row && { id: row.id, userId: row.user_id, rpId: row.rp_id, publicKey: row.public_key, counter: row.counter };
}

/** A user's passkeys for a host, oldest first. */
export async function findPasskeyNames(q: Queries, userId: string, rpId: string): Promise<PasskeyName[]> {
  const rows = await q.raw<{ credential_id: string; transports: string[] | null }>(
    `select credential_id, transports from mfa_verifications
      where tenant_id = $1 and user_id = $2 and rp_id = $3 order by created_at, id`,
    [q.tenantId, userId, rpId],
  );
  return rows.map((row) => ({ credentialId: row.credential_id, transports: row.transports ?? [] }));
}

/**
 * Stores the signature counter. Returns false if it did not increase, which reveals a cloned passkey (Web
 * Authentication section 6.1.1); counters that are always 0 stay at 0.
 */
export async function advanceCounter(q: Queries, id: string, use: { counter: number; at: Date }): Promise<boolean> {
  const rows = await q.raw(
    `update mfa_verifications set counter = $3, last_used_at = $4
      where tenant_id = $1 and id = $2 and (counter < $3 or (counter = 0 and $3 = 0)) returning id`,
    [q.tenantId, id, use.counter, use.at],
  );
  return rows.length > 0;
}
