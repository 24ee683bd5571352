// openid-client 6 as its README shows it, with PKCE, user info, introspection, a refresh and a revocation.
import * as client from 'openid-client';
import { baseUrl, CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, {
  execute: [client.allowInsecureRequests], // plain http on loopback
});

const site = createSite();
site.get('/sign-in', async (request, response) => {
  const verifier = client.randomPKCECodeVerifier();
  request.session.checks = {
    pkceCodeVerifier: verifier,
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: `${baseUrl}/callback`,
    scope: 'openid profile email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: request.session.checks.expectedState,
    nonce: request.session.checks.expectedNonce,
  });
  response.redirect(address.href);
});
site.get('/callback', async (request, response) => {
  const tokens = await client.authorizationCodeGrant(
    config,
    new URL(request.originalUrl, baseUrl),
    request.session.checks,
  );
  const { sub } = tokens.claims();
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  const userinfo = await client.fetchUserInfo(config, refreshed.access_token, sub);
  const { active } = await client.tokenIntrospection(config, refreshed.access_token);
  await client.tokenRevocation(config, refreshed.refresh_token);
  request.session.user = { ...tokens.claims(), userinfo, active };
  response.redirect('/');
});
serve(site, (request) => request.session.user);
