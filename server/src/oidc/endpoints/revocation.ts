import type { Reply, Request } from '../../http/index.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { auditGrantRevoked, paramsOf } from '../audit.ts';
import { authenticateClient } from '../clients.ts';
import type { Core } from '../core.ts';
import { checkOrigin } from '../cors.ts';
import { looksLikeJws } from '../jws.ts';
import { bodyParameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { deleteGrant } from '../store/grants.ts';
import { deleteAccessToken, findAccessToken } from '../store/presented-tokens.ts';
import { findRefreshToken } from '../store/refresh-tokens.ts';

/**
 * `POST /oidc/token/revocation` (RFC 7009). Revoking either token of a grant revokes the whole grant; an exchanged
 * token is revoked alone. An unknown token or one of another client returns 200 without any effect.
 */
export async function revoke(core: Core, request: Request, reply: Reply): Promise<void> {
  reply.header('cache-control', 'no-store');
  const parameters = bodyParameters(request);
  const client = await authenticateClient(core, request, parameters);
  checkOrigin(request, reply, client);
  const token = parameters.get('token');
  if (!token) throw new ProtocolError('invalid_request', "missing required parameter 'token'");
  if (looksLikeJws(token)) throw new ProtocolError('unsupported_token_type', 'Structured JWT Tokens cannot be revoked');
  const { db } = request.tenant;
  const now = new Date(core.clock.now());
  const tokenHash = hashToken(token);
  const access = await findAccessToken(db, tokenHash, now);
  if (access?.clientId === client.id) {
    const { userId } = access;
    const grantId = access.isExchanged ? null : access.grantId;
    await (grantId === null ? deleteAccessToken(db, tokenHash) : deleteGrant(db, grantId));
    auditRevocation(core, request, {
      applicationId: client.id,
      userId: userId ?? undefined,
      grantId: grantId ?? undefined,
    });
  } else if (!access) {
    const refresh = await findRefreshToken(db, tokenHash, now);
    if (refresh?.payload.clientId === client.id) {
      await deleteGrant(db, refresh.grantId);
      const { userId } = refresh.payload;
      auditRevocation(core, request, { applicationId: client.id, userId, grantId: refresh.grantId });
    }
  }
  reply.code(200).send('');
}

/** `RevokeToken`, and `RevokeGrants` if a whole grant was revoked. */
function auditRevocation(
  core: Core,
  http: Request,
  {
    applicationId,
    userId,
    grantId,
  }: { applicationId: string; userId?: string | undefined; grantId?: string | undefined },
): void {
  core.logs.write(http.tenant.id, {
    key: 'RevokeToken',
    result: 'Success',
    applicationId,
    userId,
    params: paramsOf(http),
  });
  if (grantId !== undefined) auditGrantRevoked(core, http.tenant.id, { applicationId, userId, grantId });
}
