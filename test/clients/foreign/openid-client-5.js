// openid-client 5 as its README shows it: an issuer from discovery and a client with an id and a secret.
import { generators, Issuer } from 'openid-client-5';
import { baseUrl, CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

const redirectUri = `${baseUrl}/callback`;
const issuer = await Issuer.discover(ISSUER);
const client = new issuer.Client({
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  redirect_uris: [redirectUri],
  response_types: ['code'],
});

const site = createSite();
site.get('/sign-in', (request, response) => {
  request.session.nonce = generators.nonce();
  response.redirect(
    client.authorizationUrl({ scope: 'openid profile email offline_access', nonce: request.session.nonce }),
  );
});
site.get('/callback', async (request, response) => {
  const { nonce } = request.session;
  const tokens = await client.callback(redirectUri, client.callbackParams(request), { nonce });
  const refreshed = await client.refresh(tokens);
  request.session.user = { ...refreshed.claims(), userinfo: await client.userinfo(refreshed) };
  response.redirect('/');
});
serve(site, (request) => request.session.user);
