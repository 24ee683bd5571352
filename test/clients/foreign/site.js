// What every program here shares: its settings, and a home page that shows the signed-in user as JSON.
import express from 'express';
import session from 'express-session';

export const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
export const baseUrl = `http://localhost:${PORT}`;

/** Returns an Express app with a session. */
export function createSite() {
  const site = express();
  site.use(session({ secret: 'a secret of the example', resave: false, saveUninitialized: true }));
  return site;
}

/** Adds the home page and listens. `userOf` returns the claims of the signed-in user, or undefined. */
export function serve(site, userOf) {
  site.get('/', async (request, response) => {
    const user = await userOf(request, response);
    const body = user ? `<pre id="user">${escapeHtml(JSON.stringify(user))}</pre>` : '<p>You are not signed in.</p>';
    response.type('html').send(`<!doctype html><title>Client</title>${body}`);
  });
  site.use((error, _request, response, _next) => {
    response
      .status(500)
      .type('html')
      .send(`<!doctype html><title>Error</title><pre id="error">${escapeHtml(String(error.cause ?? error))}</pre>`);
  });
  site.listen(Number(PORT), 'localhost', () => console.log('Listening'));
}

const escapeHtml = (text) => text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
