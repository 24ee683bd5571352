// A single-page app with oidc-client-ts: sign-in, user info, silent renewal in an iframe and by refresh token, sign-out.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import { baseUrl, CLIENT_ID, ISSUER, PORT } from './site.js';

const library = join(dirname(createRequire(import.meta.url).resolve('oidc-client-ts')), '../browser');
const settings = {
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: `${baseUrl}/callback`,
  silent_redirect_uri: `${baseUrl}/silent`,
  post_logout_redirect_uri: `${baseUrl}/`,
  scope: 'openid profile email',
  loadUserInfo: true,
};
const page = (script) => `<!doctype html><title>Client</title>
<button id="sign-in">Sign in</button> <button id="renew">Renew</button> <button id="sign-out">Sign out</button>
<pre id="user"></pre><pre id="error"></pre>
<script src="/library/oidc-client-ts.min.js"></script>
<script>
const manager = new oidc.UserManager(${JSON.stringify(settings)});
const show = (user) => {
  document.querySelector('#user').textContent = user ? JSON.stringify({ ...user.profile, accessToken: user.access_token, state: user.state }) : '';
};
const attempt = (action) => Promise.resolve().then(action).catch((error) => {
  document.querySelector('#error').textContent = String(error);
});
const state = new URLSearchParams(location.search).get('tab');
document.querySelector('#sign-in').onclick = () => attempt(() => manager.signinRedirect({ state }));
document.querySelector('#renew').onclick = () => attempt(async () => show(await manager.signinSilent()));
document.querySelector('#sign-out').onclick = () => attempt(() => manager.signoutRedirect());
attempt(async () => { ${script} });
</script>`;

const site = express();
site.use('/library', express.static(library));
site.get('/', (_request, response) => response.send(page('show(await manager.getUser());')));
site.get('/callback', (_request, response) => response.send(page('show(await manager.signinRedirectCallback());')));
site.get('/silent', (_request, response) => response.send(page('await manager.signinSilentCallback();')));
site.listen(Number(PORT), 'localhost', () => console.log('Listening'));
