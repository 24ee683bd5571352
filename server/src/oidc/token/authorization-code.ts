import { createHash } from 'node:crypto';
import { equalSecrets, hashToken } from '../../kernel/crypto.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { auditGrantRevoked } from '../audit.ts';
import { mayUseGrant, refreshTokenTtl } from '../clients.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type CodePayload, type CodeRecord, findCode, redeemCode } from '../store/codes.ts';
import { deleteGrant } from '../store/grants.ts';
import type { NewRefreshToken } from '../store/refresh-tokens.ts';
import { accessMembers, planUserAccess } from './access.ts';
import { withCustomClaims } from './custom-claims.ts';
import { type Exchange, type TokenAnswer, withAgreement } from './exchange.ts';
import { accessDenied } from './limited-access.ts';
import { getActiveSubject, idTokenMember } from './person.ts';

/**
 * `grant_type=authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5). The code is consumed and its tokens
 * are stored in one statement. A second use revokes all tokens issued from the first use (section 4.1.2).
 */
export async function redeemAuthorizationCode(given: Exchange): Promise<TokenAnswer> {
  const { core, tenant, parameters } = given;
  const code = parameters.get('code');
  if (!code) throw new ProtocolError('invalid_request', "missing required parameter 'code'");
  const now = new Date(core.clock.now());
  const codeHash = hashToken(code);
  const found = await findCode(tenant.db, codeHash, {
    isLimited: given.client.isAccessLimited,
    submission: await core.customClaims.has(tenant, 'access-token'),
  });
  const { payload, grantId, submission, consent } = await checkCode(given, found, now);
  const exchange = withAgreement(given, consent);
  const scopes = payload.scope.split(' ').filter(Boolean);
  const { claims } = payload;
  const person = await getActiveSubject(exchange, payload.userId, { scopes, claims });
  const { id: userId } = person.user;
  const sessionUid = scopes.includes('offline_access') ? undefined : payload.sid;
  const origin = { kind: sessionUid === undefined ? 'grant' : 'session', id: grantId } as const;
  const granted = { userId, resources: payload.resources, scopes, sessionUid, claims, origin };
  const plan = await withCustomClaims(exchange, await planUserAccess(exchange, granted), {
    userId,
    person,
    submission,
  });
  const refresh = prepareRefreshToken(exchange, payload, sessionUid);
  const redeemed = await redeemCode(tenant.db, { codeHash, now }, { refresh: refresh?.row, access: plan.opaque?.row });
  if (!redeemed) return refuseReplay(exchange, grantId);
  const { authTime, sid, amr, acr, nonce } = payload;
  const access = await accessMembers(exchange, plan);
  const facts = { scopes, authTime, sid, amr, acr, nonce, claims, accessToken: access.access_token };
  return {
    userId,
    body: {
      ...access,
      ...(refresh ? { refresh_token: refresh.token } : {}),
      ...(await idTokenMember(exchange, person, facts)),
    },
  };
}

export async function checkCode(exchange: Exchange, record: CodeRecord | undefined, now: Date): Promise<CodeRecord> {
  const { client, parameters } = exchange;
  if (!record) throw invalid('code not found');
  const { payload } = record;
  // Another client's attempt does not consume the code: the rightful client can still use it.
  if (payload.clientId !== client.id) throw invalid('client mismatch');
  if (record.consumedAt) return refuseReplay(exchange, record.grantId);
  if (record.expiresAt <= now) throw invalid('code is expired');
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === undefined)
    throw new ProtocolError('invalid_request', "missing required parameter 'redirect_uri'");
  if (redirectUri !== payload.redirectUri) throw invalid('redirect_uri mismatch');
  checkVerifier(parameters.get('code_verifier'), payload.codeChallenge);
  if (!record.mayUse) throw accessDenied();
  return record;
}

const invalid = (reason: string) => new ProtocolError('invalid_grant', `grant request is invalid: ${reason}`);

export async function refuseReplay({ core, tenant, client }: Exchange, grantId: string): Promise<never> {
  await deleteGrant(tenant.db, grantId);
  auditGrantRevoked(core, tenant.id, {
    grantId,
    applicationId: client.id,
    reason: 'an authorization code was used twice',
  });
  core.log.warn(
    { tenant: tenant.id, application: client.id },
    'An authorization code was used twice; its grant was destroyed',
  );
  throw invalid('code was already used');
}

/** Verifier and challenge must both be present: one alone is a downgrade or an injected code (RFC 9700 section 4.8). */
function checkVerifier(verifier: string | undefined, challenge: string | undefined): void {
  if (challenge === undefined && verifier === undefined) return;
  if (challenge === undefined || verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier))
    throw invalid('PKCE verification failed');
  if (!equalSecrets(createHash('sha256').update(verifier).digest('base64url'), challenge))
    throw invalid('PKCE verification failed');
}

/**
 * A refresh token for `offline_access`, or for applications with `alwaysIssueRefreshToken`; the latter ends with the
 * session.
 */
function prepareRefreshToken(
  { client, core }: Exchange,
  payload: CodePayload,
  sessionUid: string | undefined,
): { token: string; row: NewRefreshToken } | undefined {
  const always = client.custom.alwaysIssueRefreshToken === true;
  if (!mayUseGrant(client, 'refresh_token') || (sessionUid !== undefined && !always)) return undefined;
  const token = opaqueToken();
  const { userId, scope, resources, authTime, sid, amr, acr, claims } = payload;
  return {
    token,
    row: {
      tokenHash: hashToken(token),
      payload: { clientId: client.id, userId, scope, resources, authTime, sid, amr, acr, claims, sessionUid },
      expiresAt: new Date(core.clock.now() + refreshTokenTtl(client) * 1000),
    },
  };
}
