import { hashToken } from '../../kernel/crypto.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { auditGrantRevoked } from '../audit.ts';
import { isPublic, refreshTokenTtl } from '../clients.ts';
import { ProtocolError } from '../protocol-error.ts';
import { deleteGrant, recordActivity } from '../store/grants.ts';
import {
  findRefreshToken,
  type RefreshTokenRecord,
  repeatRotation,
  rotateRefreshToken,
  useRefreshToken,
} from '../store/refresh-tokens.ts';
import { uniqueScopes } from '../wire-quirks.ts';
import { type AccessPlan, accessMembers, planUserAccess } from './access.ts';
import { withCustomClaims } from './custom-claims.ts';
import { type Exchange, type TokenAnswer, withAgreement } from './exchange.ts';
import { accessDenied } from './limited-access.ts';
import { requestedOrganization, requireOrganizationsScope } from './organization.ts';
import { getActiveSubject, idTokenMember } from './person.ts';

/** Milliseconds from the first token of a family after which tokens are no longer replaced. */
const longestFamily = 365 * 86_400_000;

/**
 * `grant_type=refresh_token` (RFC 6749 section 6) with rotation and reuse detection (RFC 9700 section 4.14.2).
 * docs/decisions/0005-refresh-token-delivery.md has the rules for delivery.
 */
export async function refreshTokens(exchange: Exchange): Promise<TokenAnswer> {
  const value = exchange.parameters.get('refresh_token');
  if (!value) throw new ProtocolError('invalid_request', "missing required parameter 'refresh_token'");
  // Another request may consume the token between the read and the write: then it is read and evaluated again.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answer = await tryRefresh(exchange, value);
    if (answer) return answer;
  }
  throw new ProtocolError('temporarily_unavailable', 'the refresh token is in use by other requests');
}

async function tryRefresh(given: Exchange, value: string): Promise<TokenAnswer | undefined> {
  const { core, tenant } = given;
  const now = new Date(core.clock.now());
  const token = await findRefreshToken(tenant.db, hashToken(value), now, {
    isLimited: given.client.isAccessLimited,
    organizationId: requestedOrganization(given),
    submission: await core.customClaims.has(tenant, 'access-token'),
  });
  const use = await judge(given, token, now);
  const exchange = withAgreement(given, use.token.consent);
  if (!use.token.mayUse) throw accessDenied();
  const { payload, submission } = use.token;
  requireOrganizationsScope(exchange, payload.scope);
  const scopes = narrowScopes(exchange, payload.scope);
  const { claims } = payload;
  const person = await getActiveSubject(exchange, payload.userId, { scopes, claims });
  const { id: userId } = person.user;
  const { sessionUid } = payload;
  const granted = {
    userId,
    resources: payload.resources,
    scopes,
    sessionUid,
    claims,
    amr: payload.amr,
    origin: { kind: sessionUid === undefined ? 'grant' : 'session', id: use.token.grantId } as const,
    mayActInOrganization: use.token.mayActIn,
  };
  const plan = await withCustomClaims(exchange, await planUserAccess(exchange, granted), {
    userId,
    person,
    submission,
  });
  const written = await write(exchange, use, plan, { now, value });
  if (!written) return undefined;
  const { authTime, sid, amr, acr } = payload;
  const { lastActiveAt } = use.token;
  if (lastActiveAt) await recordActivity(tenant.db, { uid: sid, lastActiveAt }, now);
  const access = await accessMembers(exchange, plan);
  const facts = { scopes, authTime, sid, amr, acr, claims, accessToken: access.access_token };
  return {
    userId,
    ...(written.replacement ? { replacement: written.replacement } : {}),
    body: {
      ...access,
      refresh_token: written.refreshToken,
      ...(await idTokenMember(exchange, person, facts)),
    },
  };
}

/**
 * The outcome for the presented token: it stays in use, is replaced, was replaced within the grace period, or its
 * replacement was lost.
 */
interface Use {
  token: RefreshTokenRecord;
  rotation: 'none' | 'first' | 'repeated' | 'lost';
}

/** Grace period in milliseconds for a replaced token: two tabs, or a retry after a lost response. */
const gracePeriod = async ({ client, core, tenant }: Exchange): Promise<number> =>
  1000 * (client.custom.refreshTokenGracePeriod ?? (await core.configs.refreshTokenGracePeriod(tenant)));

const invalid = (reason: string) => new ProtocolError('invalid_grant', `grant request is invalid: ${reason}`);

async function judge(exchange: Exchange, token: RefreshTokenRecord | undefined, now: Date): Promise<Use> {
  const { client, core, tenant } = exchange;
  if (!token) throw invalid('refresh token not found');
  if (token.payload.clientId !== client.id) throw invalid('client mismatch');
  if (token.expiresAt <= now) throw invalid('refresh token is expired');
  if (!token.consumedAt) return { token, rotation: shouldRotate(exchange, token, now) ? 'first' : 'none' };
  if (now.getTime() - token.consumedAt.getTime() <= (await gracePeriod(exchange))) {
    // Its chain is longer than a second tab or a retry explains: one more token would start a second chain.
    if (!token.successor) throw invalid('refresh token was replaced too often since');
    return { token, rotation: 'repeated' };
  }
  // The client never received a replacement: the response was lost in a crash or on a broken connection.
  if (!token.wasReplaced) return { token, rotation: 'lost' };
  await deleteGrant(tenant.db, token.grantId);
  const { grantId, payload } = token;
  const about = { grantId, applicationId: client.id, userId: payload.userId };
  auditGrantRevoked(core, tenant.id, { ...about, reason: 'a replaced refresh token was used again' });
  core.log.warn(
    { tenant: tenant.id, application: client.id },
    'A replaced refresh token was used again; its grant was destroyed',
  );
  throw invalid('refresh token was already used');
}

function shouldRotate({ client }: Exchange, token: RefreshTokenRecord, now: Date): boolean {
  if (client.custom.rotateRefreshToken === false) return false;
  if (now.getTime() - token.familyCreatedAt.getTime() >= longestFamily) return false;
  if (isPublic(client)) return true;
  const lifetime = token.expiresAt.getTime() - token.createdAt.getTime();
  return now.getTime() - token.createdAt.getTime() >= 0.7 * lifetime;
}

/** The requested scopes, which must all have been granted (RFC 6749 section 6), or all granted ones. */
function narrowScopes({ parameters }: Exchange, granted: string): string[] {
  const all = granted.split(' ').filter(Boolean);
  const requested = uniqueScopes(parameters.get('scope'));
  if (requested.length === 0) return all;
  if (requested.some((scope) => !all.includes(scope)))
    throw new ProtocolError('invalid_scope', 'refresh token missing requested scope');
  return requested;
}

async function write(
  { client, core, tenant }: Exchange,
  { token, rotation }: Use,
  plan: AccessPlan,
  { now, value }: { now: Date; value: string },
): Promise<{ refreshToken: string; replacement?: string } | undefined> {
  const access = plan.opaque?.row;
  if (rotation === 'none') {
    const stored = access === undefined || (await useRefreshToken(tenant.db, token, access, now));
    return stored ? { refreshToken: value } : undefined;
  }
  const live = rotation === 'first' ? undefined : liveSuccessor({ core, tenant }, token, value);
  if (live !== undefined) {
    const restart = rotation === 'lost';
    const isStored =
      (access === undefined && !restart) || (await repeatRotation(tenant.db, { token, access, now, restart }));
    return isStored ? { refreshToken: live, replacement: hashToken(live) } : undefined;
  }
  // A token replaced by an earlier release has a random successor, which cannot be derived.
  const refreshToken = rotation === 'first' ? successorOf({ core, tenant }, value) : opaqueToken();
  const replacement = hashToken(refreshToken);
  // In a browser, a stolen token must not live forever through refreshes: the successor inherits the remaining time.
  const expiresAt =
    client.type === 'SPA' ? token.expiresAt : new Date(core.clock.now() + refreshTokenTtl(client) * 1000);
  const rotated = await rotateRefreshToken(tenant.db, {
    token,
    successor: { tokenHash: replacement, payload: token.payload, expiresAt },
    access,
    now,
    again: rotation === 'lost',
  });
  return rotated ? { refreshToken, replacement } : undefined;
}

/**
 * The replacement of a token: derived from its value and the server's secret, so that every repetition of one use
 * returns the same successor, although the database stores only hashes.
 */
const successorOf = ({ core, tenant }: Pick<Exchange, 'core' | 'tenant'>, value: string): string =>
  core.vault.sign(`${tenant.id} ${value}`, 'refresh-token-successor');

/** The one live token of the chain that starts at a replaced token; undefined if it cannot be derived. */
function liveSuccessor(
  exchange: Pick<Exchange, 'core' | 'tenant'>,
  { successor }: RefreshTokenRecord,
  value: string,
): string | undefined {
  if (!successor) return undefined;
  let live = value;
  for (let step = 0; step < successor.steps; step += 1) live = successorOf(exchange, live);
  return hashToken(live) === successor.hash ? live : undefined;
}
