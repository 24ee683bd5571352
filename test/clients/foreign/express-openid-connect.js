// express-openid-connect with the code flow; everything else as it comes.
import openIdConnect from 'express-openid-connect';
import { baseUrl, CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

const site = createSite();
site.use(
  openIdConnect.auth({
    issuerBaseURL: ISSUER,
    baseURL: baseUrl,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'a secret of the example that is long enough',
    authRequired: false,
    routes: { login: '/sign-in' },
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
  }),
);
serve(site, (request) => request.oidc.user);
