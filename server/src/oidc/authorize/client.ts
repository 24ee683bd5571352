import type { Client } from '../../features/applications/applications/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { OidcNeeds } from '../needs.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { isRegisteredUri } from '../redirect-uris.ts';

/**
 * Validates the client and its redirect URI. Until both are known to match, an error is shown to the user and never
 * redirected: otherwise this server would be an open redirector (RFC 6749 section 4.1.2.1, RFC 9700 section 4.11).
 *
 * @throws ProtocolError `invalid_request`, `invalid_client`, `invalid_redirect_uri`
 */
export async function identifyClient(
  needs: Pick<OidcNeeds, 'applications'>,
  tenant: Tenant,
  parameters: Parameters,
): Promise<{ client: Client; redirectUri: string }> {
  const clientId = parameters.get('client_id');
  if (!clientId) throw new ProtocolError('invalid_request', "missing required parameter 'client_id'");
  const redirectUri = parameters.get('redirect_uri');
  if (!redirectUri) throw new ProtocolError('invalid_request', "missing required parameter 'redirect_uri'");
  return { client: await checkClient(needs, tenant, clientId, redirectUri), redirectUri };
}

/** The client, if it still exists and the redirect URI is still registered. */
export async function checkClient(
  needs: Pick<OidcNeeds, 'applications'>,
  tenant: Tenant,
  clientId: string,
  redirectUri: string,
): Promise<Client> {
  const client = await needs.applications.findClient(tenant, clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
  if (!isRegisteredUri(redirectUri, client.redirectUris, client)) {
    throw new ProtocolError(
      'invalid_redirect_uri',
      `redirect_uri did not match any of the client's registered redirect_uris${received(tenant, redirectUri)}`,
    );
  }
  return client;
}

/** Shown only to developers, on a server that runs on their own machine. */
function received({ baseUrl }: Tenant, redirectUri: string): string {
  const { hostname } = new URL(baseUrl);
  const isLocal =
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';
  return isLocal ? `: ${redirectUri.slice(0, 256)}` : '';
}
