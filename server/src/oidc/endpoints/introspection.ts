import type { Reply, Request } from '../../http/index.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { authenticateClient, isPublic } from '../clients.ts';
import type { Core } from '../core.ts';
import { checkOrigin } from '../cors.ts';
import { looksLikeJws } from '../jws.ts';
import { bodyParameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { findAccessToken } from '../store/presented-tokens.ts';
import { findRefreshToken } from '../store/refresh-tokens.ts';

const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** `POST /oidc/token/introspection` (RFC 7662). Opaque tokens only: a JWT is self-contained. */
export async function introspect(core: Core, request: Request, reply: Reply): Promise<void> {
  reply.header('cache-control', 'no-store');
  const parameters = bodyParameters(request);
  const client = await authenticateClient(core, request, parameters);
  checkOrigin(request, reply, client);
  const token = parameters.get('token');
  if (!token) throw new ProtocolError('invalid_request', "missing required parameter 'token'");
  if (looksLikeJws(token))
    throw new ProtocolError('unsupported_token_type', 'Structured JWT Tokens cannot be introspected');
  const found = await describe(core, request, token);
  // A public client cannot authenticate, and a third party protects no API of the operator: both can introspect their
  // own tokens only.
  const seesAll = !isPublic(client) && !client.isThirdParty;
  const isVisible = found !== undefined && (seesAll || found.client_id === client.id);
  reply.send(isVisible ? { active: true, iss: request.tenant.issuer, ...found } : { active: false });
}

async function describe(core: Core, request: Request, token: string): Promise<Record<string, unknown> | undefined> {
  const { tenant } = request;
  const now = new Date(core.clock.now());
  const tokenHash = hashToken(token);
  const access = await findAccessToken(tenant.db, tokenHash, now);
  if (access) {
    if (!(await isActive(core, request, access))) return undefined;
    return {
      client_id: access.clientId,
      sub: access.userId ?? access.clientId,
      scope: access.scope,
      token_type: 'Bearer',
      iat: toSeconds(access.createdAt),
      exp: toSeconds(access.expiresAt),
      ...(access.act ? { act: access.act } : {}),
    };
  }
  const refresh = await findRefreshToken(tenant.db, tokenHash, now);
  if (!refresh || refresh.consumedAt || refresh.expiresAt <= now || !(await isActive(core, request, refresh.payload)))
    return undefined;
  return {
    client_id: refresh.payload.clientId,
    sub: refresh.payload.userId,
    scope: refresh.payload.scope,
    iat: toSeconds(refresh.createdAt),
    exp: toSeconds(refresh.expiresAt),
  };
}

/** A token of a deleted application or of a deleted or suspended user is inactive. */
async function isActive(
  core: Core,
  { tenant }: Request,
  holder: { clientId: string; userId: string | null },
): Promise<boolean> {
  if (!(await core.applications.findClient(tenant, holder.clientId))) return false;
  if (holder.userId === null) return true;
  const user = await core.users.find(tenant.db, holder.userId);
  return user !== undefined && !user.isSuspended;
}
