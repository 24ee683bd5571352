import { isBuiltIn } from '../../features/applications/applications/built-in-ids.ts';
import type { Client } from '../../features/applications/applications/index.ts';
import type { SubjectQuery } from '../../features/people/users/index.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { constraintOf } from '../../store/constraint.ts';
import { meIndicator } from '../../tenancy/management-indicator.ts';
import { isPublic } from '../clients.ts';
import { looksLikeJws } from '../jws.ts';
import { ProtocolError } from '../protocol-error.ts';
import { requestedResources } from '../resources.ts';
import {
  type Actor,
  findExchangeable,
  insertAccessToken,
  type NewAccessToken,
  readActor,
} from '../store/access-tokens.ts';
import { findOriginHolder } from '../store/origins.ts';
import { uniqueScopes } from '../wire-quirks.ts';
import { type AccessPlan, accessMembers, planUserAccess } from './access.ts';
import { type Holder, withCustomClaims } from './custom-claims.ts';
import type { Exchange, TokenAnswer } from './exchange.ts';
import { accessDenied, limitOf } from './limited-access.ts';
import { type Origin, readOrigin } from './origin.ts';

/** The user of the new token, as proved by the subject token. */
interface Subject {
  userId: string;
  /** The user's details for a script, if one exists. */
  person: Holder['person'];
  /** The subject token's first origin: the new token ends with it. */
  origin: Origin;
  /** The methods of the sign-in, if a session is behind the subject token. */
  amr?: readonly string[] | undefined;
  /** Milliseconds since the epoch; undefined for a personal access token that does not expire. */
  expiresAt: number | undefined;
  /** Set if the subject token ends with a session: the new token then ends with it too. */
  sessionUid?: string | undefined;
  /** Context from the creator of a subject token, for scripts that customize tokens. */
  context?: Record<string, unknown> | undefined;
  /** The previous actor for the user. */
  act?: Actor | undefined;
  /** Consumes the subject token; false if it was consumed concurrently. */
  consume?: (() => Promise<boolean>) | undefined;
}

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** The reader of each subject token type. Each reader rejects the values of the others. */
const readers: Record<string, (exchange: Exchange, value: string) => Promise<Subject>> = {
  [accessTokenType]: readAccessToken,
  'urn:logto:token-type:impersonation_token': readImpersonationToken,
  'urn:logto:token-type:personal_access_token': readPersonalAccessToken,
};

/**
 * Token exchange (RFC 8693): an access token for the subject token's user, with the rights of that user and none of the
 * subject token's own. Issues no refresh token or ID token. The new token lives no longer than the subject token, and
 * ends with the subject token's origin.
 */
export async function exchangeToken(exchange: Exchange): Promise<TokenAnswer> {
  const { core, parameters } = exchange;
  const [value, type] = [parameters.get('subject_token'), parameters.get('subject_token_type')];
  if (!value) throw new ProtocolError('invalid_request', "missing required parameter 'subject_token'");
  if (!type) throw new ProtocolError('invalid_request', "missing required parameter 'subject_token_type'");
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!read) throw invalid('unsupported subject token type');
  const subject = await read(exchange, value);
  const actor = await readActorToken(exchange);
  const planned = await planAccess(exchange, subject);
  const access = await withCustomClaims(exchange, planned, {
    userId: subject.userId,
    person: subject.person,
    subjectTokenContext: subject.context,
  });
  const limited = limitLife(access, [subject.expiresAt, actor?.expiresAt], core.clock.now());
  const plan = withActor(limited, actor ? chain(actor.userId, subject.act) : subject.act);
  if (plan.opaque) await store(exchange, plan.opaque.row, subject.origin);
  // Last, so that a rejected request does not consume the token; before the response, so that it works only once.
  if (subject.consume && !(await subject.consume())) throw invalid('subject token is already consumed');
  return { userId: subject.userId, body: await accessMembers(exchange, plan) };
}

const invalid = (reason: string) => new ProtocolError('invalid_grant', `grant request is invalid: ${reason}`);

/** Stores an opaque token. @throws ProtocolError `invalid_grant` if its origin ended since it was read */
async function store({ core, tenant }: Exchange, row: NewAccessToken, origin: Origin): Promise<void> {
  try {
    await insertAccessToken(tenant.db, row, new Date(core.clock.now()), origin);
  } catch (error) {
    if (constraintOf(error)?.endsWith('_fkey')) throw invalid('subject token not found');
    throw error;
  }
}

/** @param ends milliseconds since the epoch; undefined for tokens that do not expire */
function limitLife(plan: AccessPlan, ends: readonly (number | undefined)[], now: number): AccessPlan {
  const remaining = Math.min(...ends.map((end) => (end === undefined ? Infinity : Math.floor((end - now) / 1000))));
  if (remaining >= plan.expiresIn) return plan;
  if (remaining <= 0) throw invalid('subject token is expired');
  const expiresAt = new Date(now + remaining * 1000);
  return {
    ...plan,
    expiresIn: remaining,
    ...(plan.opaque ? { opaque: { ...plan.opaque, row: { ...plan.opaque.row, expiresAt } } } : {}),
  };
}

async function planAccess(exchange: Exchange, { userId, origin, sessionUid, amr }: Subject): Promise<AccessPlan> {
  const { core, tenant, parameters } = exchange;
  const resources = await requestedResources(core, tenant, parameters.resources);
  // A program that acts for administrators must not change how they sign in.
  if (resources.includes(meIndicator))
    throw new ProtocolError('invalid_target', 'tokens for this resource are not issued in an exchange');
  // Offline access needs a refresh token, which an exchange does not issue.
  const scopes = uniqueScopes(parameters.get('scope')).filter((scope) => scope !== 'offline_access');
  return planUserAccess(exchange, { userId, resources, scopes, sessionUid, origin, amr });
}

/** Data about the subject token's user, read in the token's own statement. */
const questionOf = async ({ core, tenant, client }: Exchange): Promise<SubjectQuery> => ({
  limitedTo: limitOf(client),
  isDetailed: await core.customClaims.has(tenant, 'access-token'),
});

async function readImpersonationToken(exchange: Exchange, value: string): Promise<Subject> {
  const { core, tenant } = exchange;
  const token = await core.subjectTokens.find(tenant.db, value, await questionOf(exchange));
  if (!token) throw invalid('subject token not found');
  if (token.isConsumed) throw invalid('subject token is already consumed');
  if (token.isExpired) throw invalid('subject token is expired');
  if (!token.mayUse) throw accessDenied();
  const { id, userId, person, context, expiresAt } = token;
  const origin = { kind: 'impersonation', id } as const;
  return { userId, origin, expiresAt, person, context, consume: () => core.subjectTokens.consume(tenant.db, value) };
}

async function readPersonalAccessToken(exchange: Exchange, value: string): Promise<Subject> {
  const { core, tenant } = exchange;
  const token = await core.personalAccessTokens.findHolder(tenant.db, value, await questionOf(exchange));
  if (!token) throw invalid('subject token not found');
  if (token.isExpired) throw invalid('subject token is expired');
  if (!token.mayUse) throw accessDenied();
  const { id, userId, person, expiresAt } = token;
  return { userId, origin: { kind: 'personal', id }, expiresAt, person };
}

/** An opaque or JWT access token of a user, issued to a first-party application. */
async function readAccessToken(exchange: Exchange, value: string): Promise<Subject> {
  // Applications from before impersonation tokens had their own type send them as access tokens.
  if (value.startsWith('sub_')) return readImpersonationToken(exchange, value);
  return looksLikeJws(value) ? readJwt(exchange, value) : readOpaque(exchange, value);
}

async function readOpaque(exchange: Exchange, value: string): Promise<Subject> {
  const token = await getExchangeable(exchange, value, { name: 'subject token', asked: await questionOf(exchange) });
  const { userId, person, origin, act } = token;
  if (!origin) throw invalid('subject token not found');
  const sessionUid = token.sessionUid ?? undefined;
  return { userId, origin, amr: token.amr ?? undefined, expiresAt: token.expiresAt.getTime(), person, sessionUid, act };
}

async function readJwt(exchange: Exchange, value: string): Promise<Subject> {
  const { core, tenant } = exchange;
  // The type distinguishes an access token from an ID token, which proves a sign-in to its application and gives no
  // access (RFC 9068).
  const claims = await core.keys.verify(tenant, value, { type: 'at+jwt' });
  const { sub, client_id: clientId, exp = 0 } = claims ?? {};
  const origin = readOrigin(claims?.jti);
  if (typeof sub !== 'string' || typeof clientId !== 'string' || !origin) throw invalid('subject token not found');
  const source = await core.applications.findClient(tenant, clientId);
  if (!source) throw invalid('subject token not found');
  if (source.isThirdParty) throw thirdParty('subject token');
  requireOwnToken(exchange.client, clientId, 'subject token');
  const { isDetailed } = await questionOf(exchange);
  const limitedTo = [exchange.client, source].map(limitOf).filter((id) => id !== undefined);
  const now = new Date(core.clock.now());
  const holder = await findOriginHolder(core.users, tenant.db, { userId: sub, origin, now }, { limitedTo, isDetailed });
  if (!holder) throw invalid('subject token not found');
  if (!holder.mayUse) throw accessDenied();
  const { person, amr } = holder;
  const sessionUid = origin.kind === 'session' ? (holder.sessionUid ?? undefined) : undefined;
  const act = readActor(claims?.act);
  return { userId: sub, origin, amr: amr ?? undefined, expiresAt: exp * 1000, person, sessionUid, act };
}

const thirdParty = (name: string) => invalid(`${name} was not issued to a first-party application`);

/**
 * A public client can exchange only the access tokens that were issued to it, because resource servers see the others.
 * Personal access tokens and subject tokens are issued to no client and sent to no other endpoint.
 */
function requireOwnToken(client: Client, issuedTo: string, name: string): void {
  if (isPublic(client) && issuedTo !== client.id) throw invalid(`${name} was not issued to this public client`);
}

/** An opaque access token of a user, issued to a first-party application that the user may use. */
async function getExchangeable(
  { core, tenant, client }: Exchange,
  value: string,
  { name, asked }: { name: string; asked: SubjectQuery },
) {
  const token = await findExchangeable(
    core.users,
    tenant.db,
    { tokenHash: hashToken(value), now: new Date(core.clock.now()) },
    asked,
  );
  if (!token || (token.isThirdParty === null && !isBuiltIn(token.clientId))) throw invalid(`${name} not found`);
  if (token.isThirdParty) throw thirdParty(name);
  requireOwnToken(client, token.clientId, name);
  if (!token.mayUse) throw accessDenied();
  return token;
}

/**
 * The actor for the user (RFC 8693 section 1.1): a user, proved by an opaque access token with `openid` of a
 * first-party application. A third party's token would let it name the user as the author of its own actions.
 */
async function readActorToken(exchange: Exchange): Promise<{ userId: string; expiresAt: number } | undefined> {
  const { parameters } = exchange;
  const [value, type] = [parameters.get('actor_token'), parameters.get('actor_token_type')];
  if (value === undefined && type === undefined) return undefined;
  if (!value || !type) throw new ProtocolError('invalid_request', 'actor_token and actor_token_type belong together');
  if (type !== accessTokenType) throw invalid('unsupported actor token type');
  // The actor acts through the exchanging application, and the access rules need not admit the actor.
  const asked = { limitedTo: undefined, isDetailed: false };
  const token = await getExchangeable(exchange, value, { name: 'actor token', asked });
  if (!token.scope.split(' ').includes('openid')) throw invalid('actor token has no openid scope');
  return { userId: token.userId, expiresAt: token.expiresAt.getTime() };
}

/** The current actor, with the previous ones (RFC 8693 section 4.1). */
const chain = (sub: string, before: Actor | undefined): Actor => ({ sub, ...(before ? { act: before } : {}) });

function withActor(plan: AccessPlan, act: Actor | undefined): AccessPlan {
  if (!act) return plan;
  return {
    ...plan,
    act,
    ...(plan.opaque ? { opaque: { ...plan.opaque, row: { ...plan.opaque.row, act } } } : {}),
  };
}
