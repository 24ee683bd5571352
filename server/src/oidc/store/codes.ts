import type { Submission } from '@aldaba/contract';
import type { Queries } from '../../store/index.ts';
import type { Agreement } from '../agreement.ts';
import { accessColumns, accessValues, type NewAccessToken } from './access-tokens.ts';
import type { NewRefreshToken, RefreshPayload } from './refresh-tokens.ts';

/** The data of a code, which its refresh token inherits; immutable. */
export interface CodePayload extends Omit<RefreshPayload, 'sessionUid'> {
  redirectUri: string;
  nonce?: string | undefined;
  codeChallenge?: string | undefined;
}

export interface CodeRecord {
  grantId: string;
  /** Null for a first-party application. */
  consent: Agreement | null;
  payload: CodePayload;
  consumedAt: Date | null;
  expiresAt: Date;
  /** False if the application has limited access and no rule admits the user; not read unless `asked.isLimited`. */
  mayUse: boolean;
  /** The methods of the sign-in; null if unknown or not requested. */
  submission: Submission | null;
}

export async function findCode(
  q: Queries,
  codeHash: string,
  asked: { isLimited: boolean; submission: boolean },
): Promise<CodeRecord | undefined> {
  const [record] = await q.raw<CodeRecord>(
    `select c.grant_id as "grantId", g.consent, c.payload, c.consumed_at as "consumedAt", c.expires_at as "expiresAt",
            case when $3 then may_use_application($1, c.payload ->> 'clientId', c.payload ->> 'userId') else true end as "mayUse",
            case when $4 then (
              select s.last_submission from sessions s where s.tenant_id = $1 and s.uid = c.payload ->> 'sid') end as submission
       from authorization_codes c join grants g on g.tenant_id = c.tenant_id and g.id = c.grant_id
      where c.tenant_id = $1 and c.code_hash = $2`,
    [q.tenantId, codeHash, asked.isLimited, asked.submission],
  );
  return record;
}

/**
 * Consumes a code and stores its tokens in one statement, all or nothing.
 * @returns false if the code was consumed concurrently; then nothing is stored
 */
export async function redeemCode(
  q: Queries,
  code: { codeHash: string; now: Date },
  tokens: { refresh: NewRefreshToken | undefined; access: NewAccessToken | undefined },
): Promise<boolean> {
  const { refresh, access } = tokens;
  const rows = await q.raw(
    `with used as (
       update authorization_codes set consumed_at = $3
        where tenant_id = $1 and code_hash = $2 and consumed_at is null returning grant_id),
     refresh as (
       insert into refresh_tokens (tenant_id, token_hash, grant_id, payload, family_created_at, created_at, expires_at)
       select $1, $4::text, grant_id, $5::jsonb, $3, $3, $6::timestamptz from used where $4::text is not null),
     access as (
       insert into access_tokens (tenant_id, grant_id, created_at, ${accessColumns})
       select $1, grant_id, $3, $7::text, $8::text, $9::text, $10::text, $11::text, $12::timestamptz, $13::jsonb from used where $7::text is not null)
     select grant_id from used`,
    [
      q.tenantId,
      code.codeHash,
      code.now,
      refresh?.tokenHash ?? null,
      refresh ? JSON.stringify(refresh.payload) : null,
      refresh?.expiresAt ?? null,
      ...accessValues(access),
    ],
  );
  return rows.length > 0;
}
