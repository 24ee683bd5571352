// Auth.js (@auth/express) with a provider of the type "oidc" and nothing but issuer, id and secret.
import { ExpressAuth, getSession } from '@auth/express';
import { CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

const config = {
  secret: 'a secret of the example that is long enough',
  trustHost: true,
  providers: [
    { id: 'aldaba', name: 'Aldaba', type: 'oidc', issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
  ],
  callbacks: {
    jwt: ({ token, profile }) => (profile ? { ...token, claims: profile } : token),
    session: ({ session, token }) => ({ ...session, claims: token.claims }),
  },
};

const site = createSite();
site.get('/sign-in', (_request, response) => response.redirect('/auth/signin'));
site.use('/auth', ExpressAuth(config));
serve(site, async (request) => (await getSession(request, config))?.claims);
