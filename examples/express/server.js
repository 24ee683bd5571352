/**
 * A small Express app whose users sign in at Aldaba, through the published `@logto/express` package.
 * Configuration: LOGTO_ENDPOINT, LOGTO_APP_ID, LOGTO_APP_SECRET, APP_PORT, APP_URL, SESSION_SECRET (see README.md).
 */
import { randomBytes } from 'node:crypto';
import { handleAuthRoutes, PersistKey, withLogto } from '@logto/express';
import express from 'express';
import session from 'express-session';

const { LOGTO_ENDPOINT, LOGTO_APP_ID, LOGTO_APP_SECRET, APP_PORT = '3002', SESSION_SECRET } = process.env;
const baseUrl = process.env.APP_URL ?? `http://localhost:${APP_PORT}`;
const logto = {
  endpoint: LOGTO_ENDPOINT ?? 'http://localhost:3001',
  appId: LOGTO_APP_ID,
  appSecret: LOGTO_APP_SECRET,
  baseUrl,
};

const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (body) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>Express with Aldaba</title>
<style>body{max-width:40rem;margin:10vh auto;padding:0 1rem;font:1rem/1.6 system-ui}pre{white-space:pre-wrap;overflow-wrap:anywhere}a{margin-right:1rem}</style>
${body}</html>`;

const signedOut = `<h1>Express with Aldaba</h1>
<p>You are not signed in.</p>
<a href="/logto/sign-in">Sign in</a><a href="/logto/sign-up">Create an account</a>`;
const signedIn = (
  user,
) => `<h1>Hello, ${escapeHtml(user.userInfo.name ?? user.userInfo.username ?? user.claims.sub)}</h1>
<a href="/refresh">Refresh the tokens</a><a href="/logto/sign-out">Sign out</a>
<pre>${escapeHtml(JSON.stringify(user.userInfo, null, 2))}</pre>`;

const app = express();
app.use(
  session({
    name: 'express_example',
    secret: SESSION_SECRET ?? randomBytes(32).toString('hex'),
    resave: false,
    saveUninitialized: false,
    cookie: { sameSite: 'lax', secure: baseUrl.startsWith('https:') },
  }),
);

// /logto/sign-in, /logto/sign-up, /logto/sign-in-callback and /logto/sign-out
app.use(handleAuthRoutes(logto));

app.get('/', withLogto({ ...logto, fetchUserInfo: true }), (request, response) => {
  response.send(page(request.user.isAuthenticated ? signedIn(request.user) : signedOut));
});

// The SDK refreshes only what it does not hold, so the access token that it keeps is dropped first.
const dropAccessToken = (request, _response, next) => {
  delete request.session[PersistKey.AccessToken];
  next();
};
app.get('/refresh', dropAccessToken, withLogto({ ...logto, getAccessToken: true }), (request, response) => {
  response.send(
    page(`<h1>${request.user.accessToken ? 'There is a new access token' : 'Not signed in'}</h1><a href="/">Back</a>`),
  );
});

app.use((error, _request, response, _next) => {
  console.error(error);
  response
    .status(500)
    .send(page(`<h1>Something went wrong</h1><p>${escapeHtml(error.message)}</p><a href="/">Back</a>`));
});

app.listen(Number(APP_PORT), () => console.log(`Listening at ${baseUrl}`));
