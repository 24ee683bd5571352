import type { Submission } from '@aldaba/contract';
import type { Database, Queries } from '../../store/index.ts';
import type { Agreement } from '../agreement.ts';
import type { ClaimsRequest } from '../requested-claims.ts';
import { accessColumns, accessValues, type NewAccessToken } from './access-tokens.ts';

/** The data of a refresh token; passed unchanged to its successor. */
export interface RefreshPayload {
  clientId: string;
  userId: string;
  scope: string;
  resources: string[];
  /** Seconds since the epoch. */
  authTime: number;
  /** Id of its session. */
  sid: string;
  /** The methods of the sign-in (RFC 8176); absent from tokens and codes of earlier releases. */
  amr?: string[] | undefined;
  /** The `acr` of the ID token if the request required `acr` values; otherwise `amr` decides. */
  acr?: string | undefined;
  /** Set if it ends with the session (no `offline_access`). */
  sessionUid?: string | undefined;
  /** The claims that the authorization's `claims` parameter requested. */
  claims?: ClaimsRequest | undefined;
}

export interface NewRefreshToken {
  tokenHash: string;
  payload: RefreshPayload;
  expiresAt: Date;
}

export interface RefreshTokenRecord {
  tokenHash: string;
  grantId: string;
  /** Null for a first-party application. */
  consent: Agreement | null;
  payload: RefreshPayload;
  familyCreatedAt: Date;
  createdAt: Date;
  expiresAt: Date;
  consumedAt: Date | null;
  /** False if the application has limited access and no rule admits the user; not read unless `asked.isLimited`. */
  mayUse: boolean;
  /** Whether the user lets the application act in the requested organization; false if none was requested. */
  mayActIn: boolean;
  /** Whether the client is known to have received a replacement: it was sent completely, or used. */
  wasReplaced: boolean;
  /**
   * The current end of the token's chain of replacements, and the number of rotations to it; null for a token still in
   * use.
   */
  successor: { hash: string; steps: number } | null;
  /** The methods of the last sign-in in the session, while it lives; null if not requested. */
  submission: Submission | null;
  /** When the session was last active, to about a minute; null if it has ended. */
  lastActiveAt: Date | null;
}

/** Maximum rotations to follow from a replaced token: more do not happen within a grace period. */
const longestLine = 50;

/** The live end of the chain that starts at the replaced token `r`, of hash $2 in tenant $1. */
const successorOfReplaced = `case when r.consumed_at is not null then (
              with recursive line as (
                select n.token_hash, n.consumed_at, 1 as steps from refresh_tokens n
                 where n.tenant_id = $1 and n.predecessor_hash = $2
                union all
                select n.token_hash, n.consumed_at, line.steps + 1
                  from line join refresh_tokens n on n.tenant_id = $1 and n.predecessor_hash = line.token_hash
                 where line.consumed_at is not null and line.steps < ${longestLine})
              select jsonb_build_object('hash', token_hash, 'steps', steps) from line
               where consumed_at is null order by steps desc limit 1) end`;

/** A refresh token whose grant, and session if it is bound to one, are alive at `now`. */
export async function findRefreshToken(
  q: Queries,
  tokenHash: string,
  now: Date,
  asked: { isLimited?: boolean; organizationId?: string | undefined; submission?: boolean } = {},
): Promise<RefreshTokenRecord | undefined> {
  const [row] = await q.raw<Omit<RefreshTokenRecord, 'tokenHash'>>(
    `select r.grant_id as "grantId", g.consent, r.payload, r.family_created_at as "familyCreatedAt",
            r.created_at as "createdAt", r.expires_at as "expiresAt", r.consumed_at as "consumedAt",
            case when $4 then may_use_application($1, g.application_id, g.user_id) else true end as "mayUse",
            $5::text is not null and exists (
              select from application_consent_organizations c where c.tenant_id = $1 and c.application_id = g.application_id
                 and c.user_id = g.user_id and c.organization_id = $5) as "mayActIn",
            r.consumed_at is not null and exists (
              select from refresh_tokens n where n.tenant_id = $1 and n.predecessor_hash = $2
                 and (n.delivered or n.consumed_at is not null)) as "wasReplaced",
            ${successorOfReplaced} as successor,
            case when $6 then s.last_submission end as submission, s.last_active_at as "lastActiveAt"
       from refresh_tokens r join grants g on g.tenant_id = r.tenant_id and g.id = r.grant_id
            left join sessions s on s.tenant_id = r.tenant_id and s.uid = r.payload ->> 'sid' and s.expires_at > $3
      where r.tenant_id = $1 and r.token_hash = $2 and g.expires_at > $3
        and (r.payload ->> 'sessionUid' is null or r.payload ->> 'sessionUid' = s.uid)`,
    [q.tenantId, tokenHash, now, asked.isLimited ?? false, asked.organizationId ?? null, asked.submission ?? false],
  );
  return row && { ...row, tokenHash };
}

export interface Rotation {
  token: RefreshTokenRecord;
  successor: NewRefreshToken;
  access: NewAccessToken | undefined;
  now: Date;
  /** Deletes successors that never reached the client. */
  again: boolean;
}

/**
 * Consumes a refresh token and stores its successor and the access token in one statement, all or nothing. In the grace
 * period, the time of the first consumption is kept, so that the period is not extended.
 * @returns false if the token changed since it was read; then nothing is stored
 */
export async function rotateRefreshToken(
  q: Queries,
  { token, successor, access, now, again }: Rotation,
): Promise<boolean> {
  const rows = await q.raw(
    `with used as (
       update refresh_tokens set consumed_at = case when $4 then $3 else coalesce(consumed_at, $3) end
        where tenant_id = $1 and token_hash = $2 and consumed_at is not distinct from $5::timestamptz
       returning grant_id, family_created_at),
     dropped as (
       delete from refresh_tokens
        where tenant_id = $1 and predecessor_hash = $2 and $4 and exists (select from used)),
     successor as (
       insert into refresh_tokens
         (tenant_id, token_hash, grant_id, payload, family_created_at, created_at, expires_at, predecessor_hash)
       select $1, $6, grant_id, $7, family_created_at, $3, $8, $2 from used),
     access as (
       insert into access_tokens (tenant_id, grant_id, created_at, ${accessColumns})
       select $1, grant_id, $3, $9::text, $10::text, $11::text, $12::text, $13::text, $14::timestamptz, $15::jsonb from used where $9::text is not null)
     select grant_id from used`,
    [
      q.tenantId,
      token.tokenHash,
      now,
      again,
      token.consumedAt,
      successor.tokenHash,
      JSON.stringify(successor.payload),
      successor.expiresAt,
      ...accessValues(access),
    ],
  );
  return rows.length > 0;
}

/**
 * Stores an access token issued for a replaced refresh token whose live successor is returned.
 *
 * @param restart the replacement never reached the client: the grace period begins again
 * @returns false if one of the two changed since it was read; then nothing is stored
 */
export async function repeatRotation(
  q: Queries,
  { token, access, now, restart }: Pick<Rotation, 'token' | 'access' | 'now'> & { restart: boolean },
): Promise<boolean> {
  const successorHash = token.successor?.hash ?? null;
  const rows = await q.raw(
    `with used as (
       update refresh_tokens r set consumed_at = case when $4 then $3 else r.consumed_at end
        where r.tenant_id = $1 and r.token_hash = $2 and r.consumed_at is not distinct from $5::timestamptz and exists (
          select from refresh_tokens n where n.tenant_id = $1 and n.token_hash = $6 and n.consumed_at is null)
       returning r.grant_id),
     access as (
       insert into access_tokens (tenant_id, grant_id, created_at, ${accessColumns})
       select $1, grant_id, $3, $7::text, $8::text, $9::text, $10::text, $11::text, $12::timestamptz, $13::jsonb from used where $7::text is not null)
     select grant_id from used`,
    [q.tenantId, token.tokenHash, now, restart, token.consumedAt, successorHash, ...accessValues(access)],
  );
  return rows.length > 0;
}

/**
 * Stores an access token issued for a refresh token that stays in use.
 * @returns false if the refresh token was consumed or revoked concurrently
 */
export async function useRefreshToken(
  q: Queries,
  token: RefreshTokenRecord,
  access: NewAccessToken,
  now: Date,
): Promise<boolean> {
  const rows = await q.raw(
    `insert into access_tokens (tenant_id, grant_id, created_at, ${accessColumns})
     select $1, grant_id, $3, $4, $5, $6, $7, $8, $9, $10::jsonb
       from refresh_tokens where tenant_id = $1 and token_hash = $2 and consumed_at is null
     returning grant_id`,
    [q.tenantId, token.tokenHash, now, ...accessValues(access)],
  );
  return rows.length > 0;
}

/** Records that responses with these refresh tokens were sent completely. Tokens of all tenants in one statement. */
export async function markDelivered(
  database: Database,
  tokens: readonly { tenantId: string; tokenHash: string }[],
): Promise<void> {
  await database.system.raw(
    `update refresh_tokens r set delivered = true
       from unnest($1::text[], $2::text[]) as sent (tenant_id, token_hash)
      where r.tenant_id = sent.tenant_id and r.token_hash = sent.token_hash`,
    [tokens.map(({ tenantId }) => tenantId), tokens.map(({ tokenHash }) => tokenHash)],
  );
}
