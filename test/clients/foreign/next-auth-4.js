// next-auth 4 with a provider of the type "oauth" that is described by its discovery document, as its documentation shows it.
import cookieParser from 'cookie-parser';
import express from 'express';
import nextAuth from 'next-auth';
import { getServerSession } from 'next-auth/next';
import { baseUrl, CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

process.env.NEXTAUTH_URL = `${baseUrl}/api/auth`;
const options = {
  secret: 'a secret of the example that is long enough',
  providers: [
    {
      id: 'aldaba',
      name: 'Aldaba',
      type: 'oauth',
      wellKnown: `${ISSUER}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid profile email' } },
      idToken: true,
      checks: ['pkce', 'state'],
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    },
  ],
  callbacks: {
    jwt: ({ token, profile }) => (profile ? { ...token, claims: profile } : token),
    session: ({ session, token }) => ({ ...session, claims: token.claims }),
  },
};
const handle = nextAuth.default ?? nextAuth;

const site = createSite();
site.use(cookieParser(), express.urlencoded({ extended: false }), express.json());
site.get('/sign-in', (_request, response) => response.redirect('/api/auth/signin'));
// The address that Next.js would cut into the parameter of the file `pages/api/auth/[...nextauth].js`.
site.use('/api/auth/*nextauth', (request, response) => {
  const query = { ...request.query, nextauth: request.params.nextauth };
  return handle(Object.defineProperty(request, 'query', { value: query }), response, options);
});
serve(site, async (request, response) => (await getServerSession(request, response, options))?.claims);
