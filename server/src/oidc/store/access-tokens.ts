import type { DetailedUser, SubjectQuery } from '../../features/people/users/index.ts';
import type { Queries } from '../../store/index.ts';
import type { RequestedClaims } from '../claims.ts';
import type { OidcNeeds } from '../needs.ts';
import type { Origin } from './origins.ts';

/** The actor for the user of a token, with earlier actors (RFC 8693 section 4.1). */
export interface Actor {
  sub: string;
  act?: Actor;
}

/** An actor from the claims of a token that this server signed. */
export function readActor(claim: unknown): Actor | undefined {
  if (typeof claim !== 'object' || claim === null) return undefined;
  const { sub, act } = claim as Record<string, unknown>;
  const before = readActor(act);
  return typeof sub === 'string' ? { sub, ...(before ? { act: before } : {}) } : undefined;
}

/** An opaque access token; JWTs are not stored. */
export interface NewAccessToken {
  tokenHash: string;
  /** Null for client_credentials. */
  userId: string | null;
  clientId: string;
  scope: string;
  /** Set if it ends with the session. */
  sessionUid: string | null;
  expiresAt: Date;
  act?: Actor;
  /** The claims that the `claims` parameter requested from userinfo. */
  claims?: RequestedClaims | undefined;
}

/** The columns of `accessValues`, in order. */
export const accessColumns = 'token_hash, user_id, application_id, scope, session_uid, expires_at, claims';
export const accessValues = (token: NewAccessToken | undefined): unknown[] =>
  token
    ? [
        token.tokenHash,
        token.userId,
        token.clientId,
        token.scope,
        token.sessionUid,
        token.expiresAt,
        token.claims ? JSON.stringify(token.claims) : null,
      ]
    : [null, null, null, null, null, null, null];

/** @param origin the credential that an exchanged token came from: they are deleted together */
export async function insertAccessToken(q: Queries, token: NewAccessToken, now: Date, origin?: Origin): Promise<void> {
  const idOf = (...kinds: Origin['kind'][]) => (origin && kinds.includes(origin.kind) ? origin.id : null);
  await q.raw(
    `insert into access_tokens (tenant_id, created_at, ${accessColumns}, act, is_exchanged,
                                grant_id, personal_access_token_id, subject_token_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      q.tenantId,
      now,
      ...accessValues(token),
      token.act ? JSON.stringify(token.act) : null,
      origin !== undefined,
      idOf('grant', 'session'),
      idOf('personal'),
      idOf('impersonation'),
    ],
  );
}

/** What an exchange needs about an access token. */
export interface ExchangeableToken {
  userId: string;
  scope: string;
  sessionUid: string | null;
  expiresAt: Date;
  /** The methods of the sign-in; null if no sign-in is behind the token, or if they are unknown. */
  amr: string[] | null;
  /** Undefined if the token's origin is unknown. */
  origin: Origin | undefined;
  act: Actor | undefined;
  clientId: string;
  /** Whether it was issued to a third party; null for an application without a row (built-in or deleted). */
  isThirdParty: boolean | null;
  /** False if the application it was issued to, or `limitedTo`, has limited access and no rule admits the user. */
  mayUse: boolean;
  /** Set if details were requested. */
  person: DetailedUser | undefined;
}

const findExchangeableStatement = `
  select t.user_id as "userId", t.scope, t.session_uid as "sessionUid", t.act, t.expires_at as "expiresAt", g.amr,
         t.grant_id as "grantId", t.personal_access_token_id as "personalId", t.subject_token_id as "impersonationId",
         t.application_id as "clientId", a.is_third_party as "isThirdParty",
         (a.app_level_access_control_enabled is not true or may_use_application($1, t.application_id, t.user_id))
           and ($4::text is null or may_use_application($1, $4, t.user_id)) as "mayUse"
    from access_tokens t
    join users u on u.tenant_id = t.tenant_id and u.id = t.user_id
    left join applications a on a.tenant_id = t.tenant_id and a.id = t.application_id
    left join grants g on g.tenant_id = t.tenant_id and g.id = t.grant_id
   where t.tenant_id = $1 and t.token_hash = $2 and t.expires_at > $3 and not u.is_suspended`;

/** A token, alive at `now`, of an active user; client_credentials tokens have no user. */
export async function findExchangeable(
  users: Pick<OidcNeeds['users'], 'findHolder'>,
  q: Queries,
  { tokenHash, now }: { tokenHash: string; now: Date },
  { limitedTo, isDetailed }: SubjectQuery,
): Promise<ExchangeableToken | undefined> {
  const row = await users.findHolder<ExchangeableRow>(q, {
    statement: findExchangeableStatement,
    values: [q.tenantId, tokenHash, now, limitedTo ?? null],
    isDetailed,
  });
  return row && { ...row, act: row.act ?? undefined, origin: originOf(row) };
}

type ExchangeableRow = Omit<ExchangeableToken, 'act' | 'origin' | 'person'> & {
  act: Actor | null;
  grantId: string | null;
  personalId: string | null;
  impersonationId: string | null;
};

function originOf({ grantId, sessionUid, personalId, impersonationId }: ExchangeableRow): Origin | undefined {
  if (grantId !== null) return { kind: sessionUid === null ? 'grant' : 'session', id: grantId };
  if (personalId !== null) return { kind: 'personal', id: personalId };
  return impersonationId === null ? undefined : { kind: 'impersonation', id: impersonationId };
}
