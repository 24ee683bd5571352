import assert from 'node:assert/strict';
import type { ProviderOutcome } from '../../connectors/sandbox/index.ts';
import type { TestServer } from './server.ts';

export interface CredentialWish {
  /** The user, as the sandbox names them. */
  persona?: string;
  outcome?: ProviderOutcome;
}

/** What the script of Google One Tap would post: an ID token of the sandbox's Google. */
export async function googleCredential(
  { app, tenant }: Pick<TestServer, 'app' | 'tenant'>,
  given: CredentialWish & { client: { clientId: string; clientSecret: string }; nonce: string | undefined },
): Promise<string> {
  const { client, nonce, persona = 'mei', outcome = 'success' } = given;
  const redirectUri = `${tenant.baseUrl}/callback/google`;
  const query = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: 'state',
    ...(nonce === undefined ? {} : { nonce }),
  });
  const address = `https://accounts.google.com/o/oauth2/v2/auth?${query}`;
  const { parameters } = await app.sandbox.decide(tenant, address, { persona, outcome });
  const { fetch } = await app.sandbox.networkFor(tenant);
  const answer = await fetch('https://oauth2.googleapis.com/token', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.clientId}:${encodeURIComponent(client.clientSecret)}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: parameters.code ?? '',
      redirect_uri: redirectUri,
      client_id: client.clientId,
      client_secret: client.clientSecret,
    }),
  });
  const { id_token: token } = (await answer.json()) as { id_token?: string };
  return token ?? assert.fail(`no ID token: ${answer.status}`);
}
