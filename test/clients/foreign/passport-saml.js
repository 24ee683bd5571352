// @node-saml/passport-saml as its README shows it: signed requests by redirect and by form, encrypted assertions, single
// logout. The identity provider is entered as an administrator does it, from the metadata that the server publishes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Strategy } from '@node-saml/passport-saml';
import express from 'express';
import passport from 'passport';
import { baseUrl, createSite, serve } from './site.js';

const { FOLDER, METADATA } = process.env;
const privateKey = readFileSync(join(FOLDER, 'key.pem'), 'utf8');
const metadata = await (await fetch(METADATA)).text();
const find = (pattern) => pattern.exec(metadata)?.[1] ?? '';

/** Requests that wait for a response. Both strategies share them, because responses come to one address. */
const asked = new Map();
const cacheProvider = {
  saveAsync: async (key, value) => {
    asked.set(key, value);
    return { value, createdAt: Date.now() };
  },
  getAsync: async (key) => asked.get(key) ?? null,
  removeAsync: async (key) => (asked.delete(key) ? key : null),
};
const settings = {
  cacheProvider,
  issuer: `${baseUrl}/metadata`,
  audience: `${baseUrl}/metadata`,
  callbackUrl: `${baseUrl}/acs`,
  entryPoint: find(/SingleSignOnService Binding="[^"]*HTTP-Redirect" Location="([^"]*)"/),
  logoutUrl: find(/SingleLogoutService Binding="[^"]*HTTP-Redirect" Location="([^"]*)"/),
  idpIssuer: find(/entityID="([^"]*)"/),
  idpCert: find(/<ds:X509Certificate>([^<]*)</),
  identifierFormat: null,
  privateKey,
  signatureAlgorithm: 'sha256',
  decryptionPvk: privateKey,
  wantAssertionsSigned: true,
  wantAuthnResponseSigned: false,
  // The identity provider may start, so a response without a request is accepted too.
  validateInResponseTo: 'ifPresent',
};
const verify = (profile, done) => done(null, profile);
const strategy = new Strategy(settings, verify, verify);
passport.use('saml', strategy);
// Without these two, the library compresses the form's message, which the binding does not have, and signs it by SHA-1.
const byForm = { authnRequestBinding: 'HTTP-POST', skipRequestCompression: true, digestAlgorithm: 'sha256' };
passport.use('saml-by-form', new Strategy({ ...settings, ...byForm }, verify, verify));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const site = createSite();
site.use(passport.session());
site.get('/sign-in', passport.authenticate('saml'));
site.get('/sign-in-by-form', passport.authenticate('saml-by-form'));
site.post(
  '/acs',
  express.urlencoded({ limit: '300kb' }),
  passport.authenticate('saml', { failWithError: true }),
  (request, response, next) => {
    const { RelayState: relayState } = request.body;
    request.login({ ...request.user, relayState }, (error) => (error ? next(error) : response.redirect('/')));
  },
);
site.get('/sign-out', (request, response, next) =>
  strategy.logout(request, (error, url) => (error ? next(error) : response.redirect(url))),
);
// The answer to the sign-out: the library verifies it, and the program ends its own session.
site.get('/logout', passport.authenticate('saml', { failWithError: true }), (request, response, next) =>
  request.logout((error) => (error ? next(error) : response.redirect('/?signed-out'))),
);
serve(site, (request) => request.user);
