/**
 * The token endpoint (RFC 6749 section 3.2). A request passes: parameters → client authentication → origin → the
 * handler in `grants`. A new grant also needs a line in `clients.ts`, which lists the application types that may use
 * it.
 */
import type { Client } from '../../features/applications/applications/index.ts';
import type { Reply, Request } from '../../http/index.ts';
import { auditExchange, type TokenNote } from '../audit.ts';
import { authenticateClient, type GrantType, mayUseGrant } from '../clients.ts';
import type { Core } from '../core.ts';
import { checkOrigin } from '../cors.ts';
import { bodyParameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { redeemAuthorizationCode } from './authorization-code.ts';
import { issueClientToken } from './client-credentials.ts';
import type { TokenGrant } from './exchange.ts';
import { refreshTokens } from './refresh-token.ts';
import { exchangeToken } from './token-exchange.ts';

/** The handler of each grant type. */
const grants: Record<GrantType, TokenGrant> = {
  authorization_code: redeemAuthorizationCode,
  refresh_token: refreshTokens,
  client_credentials: issueClientToken,
  'urn:ietf:params:oauth:grant-type:token-exchange': exchangeToken,
};

export const grantTypes = Object.keys(grants);

/** `POST /oidc/token`. */
export async function token(core: Core, http: Request, reply: Reply): Promise<void> {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
  const parameters = bodyParameters(http);
  const note: TokenNote = { grantType: parameters.get('grant_type') };
  try {
    const client = await authenticateClient(core, http, parameters);
    note.applicationId = client.id;
    note.secretName = client.usedSecret;
    checkOrigin(http, reply, client);
    const answer = await grantOf(client, note.grantType)({ core, http, tenant: http.tenant, client, parameters });
    if (answer.replacement) core.deliveries.watch(reply, http.tenant.id, answer.replacement);
    auditExchange(core, http, { ...note, userId: answer.userId, body: answer.body });
    reply.send(answer.body);
  } catch (error) {
    auditExchange(core, http, { ...note, error });
    throw error;
  }
}

function grantOf(client: Client, name: string | undefined): TokenGrant {
  if (!name) throw new ProtocolError('invalid_request', "missing required parameter 'grant_type'");
  if (!Object.hasOwn(grants, name))
    throw new ProtocolError('unsupported_grant_type', 'unsupported grant_type requested');
  if (!mayUseGrant(client, name))
    throw new ProtocolError('unauthorized_client', 'requested grant type is not allowed for this client');
  return grants[name as GrantType];
}
