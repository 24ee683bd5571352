import { hash } from 'node:crypto';
import { matchesEtag } from '../../http/conditional.ts';
import type { Reply, Request } from '../../http/types.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { userClaims } from '../claims.ts';
import type { Core } from '../core.ts';
import { checkOrigin } from '../cors.ts';
import { ProtocolError } from '../protocol-error.ts';
import { findAccessToken } from '../store/presented-tokens.ts';
import { findActiveSubject } from '../subject.ts';

/** The bearer token of a request, from the header or, in a form POST, from the body (RFC 6750 section 2). */
function readBearer(request: Request): string {
  const header = request.headers.authorization;
  const body = request.body as Record<string, unknown> | undefined;
  const fromBody = request.method === 'POST' ? body?.access_token : undefined;
  if (header === undefined && fromBody === undefined)
    throw new ProtocolError('invalid_token', 'no access token provided');
  if (header !== undefined && fromBody !== undefined) {
    throw new ProtocolError('invalid_request', 'access token must only be provided using one mechanism');
  }
  if (header === undefined) {
    if (typeof fromBody !== 'string' || !fromBody)
      throw new ProtocolError('invalid_request', 'invalid access_token parameter');
    return fromBody;
  }
  const match = /^bearer +(\S+)$/i.exec(header);
  if (!match) throw new ProtocolError('invalid_request', 'invalid authorization header value format');
  return match[1] as string;
}

const invalid = () => new ProtocolError('invalid_token', 'invalid token provided');

/**
 * `GET` and `POST /oidc/me` (OpenID Connect Core section 5.3). Accepts only opaque tokens with `openid`, never an ID
 * token.
 */
export async function userinfo(core: Core, request: Request, reply: Reply): Promise<void> {
  const { tenant } = request;
  const token = await findAccessToken(tenant.db, hashToken(readBearer(request)), new Date(core.clock.now()));
  if (!token) throw invalid();
  const client = await core.applications.findClient(tenant, token.clientId);
  if (!client) throw invalid();
  checkOrigin(request, reply, client);
  const scopes = token.scope.split(' ');
  if (token.userId === null || !scopes.includes('openid')) {
    throw new ProtocolError('insufficient_scope', 'access token missing openid scope');
  }
  const { userId, claims: requested } = token;
  const subject = await findActiveSubject(core, tenant.db, { userId, scopes, client, requested });
  if (!subject) throw invalid();
  const body = JSON.stringify({ sub: userId, ...userClaims(subject, { scopes, client, requested }) });
  const etag = `W/"${hash('sha256', body, 'base64url').slice(0, 27)}"`;
  // `private`: personal data must not be stored in a shared cache.
  reply.header('cache-control', 'private, no-cache').header('etag', etag);
  if (request.method === 'GET' && matchesEtag(request, etag)) {
    reply.code(304).send();
    return;
  }
  reply.header('content-type', 'application/json; charset=utf-8').send(body);
}

/** The challenge of an error (RFC 6750 section 3). */
export const challengeOf = (issuer: string, error: ProtocolError): string => {
  const parts = [`realm="${issuer}"`];
  if (error.status === 401 || error.status === 403) {
    parts.push(`error="${error.error}"`, `error_description="${error.description}"`);
  }
  return `Bearer ${parts.join(', ')}`;
};
