import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createAgent, pageOf } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Provider, startProvider } from './provider.ts';

describe('Flow from discovery to userinfo', () => {
  let provider: Provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  it('signs a user in to a public client and refreshes the tokens', async () => {
    const { url } = provider;
    const metadata = await (await fetch(`${url}/oidc/.well-known/openid-configuration`)).json();
    assert.equal(metadata.issuer, `${url}/oidc`);
    const user = await provider.addUser({ username: 'ada', name: 'Ada' });
    const agent = createAgent();
    const request = authorization({ endpoint: url });
    const first = await agent.fetch(request.url);
    assert.equal(first.status, 303, await first.clone().text());
    assert.equal(pageOf(first), '/sign-in?app_id=demo-app');
    const finished = await agent.fetch(`${url}/test/sign-in`, { method: 'POST', headers: { 'x-test-user': user.id } });
    const { redirectTo } = (await finished.json()) as { redirectTo: string };
    const back = await agent.fetch(redirectTo);
    const location = new URL(back.headers.get('location') ?? '');
    assert.equal(location.searchParams.get('state'), request.state);
    assert.equal(location.searchParams.get('iss'), metadata.issuer);
    const call = async (body: Record<string, string>) => {
      const response = await fetch(metadata.token_endpoint, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'demo-app', ...body }),
      });
      assert.equal(response.status, 200, await response.clone().text());
      return response.json();
    };
    const tokens = await call({
      grant_type: 'authorization_code',
      code: location.searchParams.get('code') ?? '',
      redirect_uri: request.redirectUri,
      code_verifier: request.verifier,
    });
    const keySet = createRemoteJWKSet(new URL(metadata.jwks_uri));
    const { payload } = await jwtVerify(tokens.id_token, keySet, { issuer: metadata.issuer, audience: 'demo-app' });
    assert.equal(payload.sub, user.id);
    assert.equal(payload.name, 'Ada');
    const refreshed = await call({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    const me = await fetch(metadata.userinfo_endpoint, {
      headers: { authorization: `Bearer ${refreshed.access_token}` },
    });
    assert.equal(me.status, 200);
    assert.equal((await me.json()).sub, user.id);
  });
});
