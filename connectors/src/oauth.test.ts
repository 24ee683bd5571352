import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oidcIssuer } from '../sandbox/index.ts';
import { github } from './github/index.ts';
import { google } from './google/index.ts';
import { oauth2 } from './oauth2/index.ts';
import { oidc } from './oidc/index.ts';
import { client, type Trial, tryProvider } from './testing/trials.ts';

const authentication = {
  tokenEndpointAuthMethod: 'client_secret_basic',
  clientSecretJwtSigningAlgorithm: 'HS256',
  usesPkce: true,
};

const oneTap = { isEnabled: true, autoSelect: false, closeOnTapOutside: true, itpSupport: true };

const trials: readonly Trial[] = [
  {
    connector: github,
    config: client,
    invalidConfigs: [{}, { clientId: 'a' }, { ...client, clientSecret: '' }],
    worksWithoutSession: true,
    quirks: { 2: { accepts: ['[]'], tolerates: [403, 404] } },
  },
  {
    connector: google,
    config: { ...client, prompts: ['select_account'], offlineAccess: true, oneTap },
    invalidConfigs: [{}, { ...client, prompts: ['sing'] }],
    issuer: 'https://accounts.google.com',
    worksWithoutSession: true,
  },
  {
    connector: oidc,
    config: {
      issuer: oidcIssuer,
      authorizationEndpoint: `${oidcIssuer}/authorize`,
      tokenEndpoint: `${oidcIssuer}/token`,
      userInfoEndpoint: `${oidcIssuer}/userinfo`,
      ...client,
      ...authentication,
      idTokenVerificationConfig: { issuer: oidcIssuer, jwksUri: `${oidcIssuer}/keys`, algorithms: ['ES256'] },
      authRequestOptionalConfig: { uiLocales: 'es' },
      customConfig: { audience: 'x' },
      acceptStringTypedBooleanClaims: true,
      trustUnverifiedEmail: false,
      profileMap: { name: 'name' },
    },
    invalidConfigs: [
      client,
      { ...client, issuer: 'no address' },
      { ...client, issuer: 'ftp://id.example' },
      { ...client, issuer: oidcIssuer, idTokenVerificationConfig: { subject: 'x' } },
      { ...client, issuer: oidcIssuer, idTokenVerificationConfig: { algorithms: ['HS256'] } },
      { ...client, issuer: oidcIssuer, authRequestOptionalConfig: { responseType: 'token' } },
      { ...client, authorizationEndpoint: oidcIssuer, tokenEndpoint: oidcIssuer, idTokenVerificationConfig: {} },
    ],
    runConfig: { issuer: oidcIssuer, ...client, ...authentication },
    issuer: oidcIssuer,
  },
  {
    connector: oauth2,
    config: {
      authorizationEndpoint: 'https://oauth2.sandbox.test/authorize',
      tokenEndpoint: 'https://oauth2.sandbox.test/token',
      userInfoEndpoint: 'https://oauth2.sandbox.test/me',
      ...client,
      ...authentication,
      tokenEndpointResponseType: 'query-string',
      profileMap: { id: 'id' },
      customConfig: {},
    },
    invalidConfigs: [client, { ...client, authorizationEndpoint: 'a', tokenEndpoint: 'b', userInfoEndpoint: 'c' }],
  },
];

for (const trial of trials) tryProvider(trial);

describe('OpenID Connect connector', () => {
  const problemPaths = (config: object): string[] => {
    const check = oidc.checkConfig({ ...client, ...config });
    return check.success ? [] : check.problems.map(({ path }) => path);
  };

  it('requires the issuer of ID tokens, and rejects options for their verification that have no effect', () => {
    const endpoints = { authorizationEndpoint: `${oidcIssuer}/authorize`, tokenEndpoint: `${oidcIssuer}/token` };
    const verification = { jwksUri: `${oidcIssuer}/keys` };
    assert.deepEqual(problemPaths({ ...endpoints, idTokenVerificationConfig: verification }), [
      'idTokenVerificationConfig.issuer',
    ]);
    const complete = { ...verification, issuer: oidcIssuer };
    assert.deepEqual(problemPaths({ ...endpoints, idTokenVerificationConfig: complete }), []);
    assert.deepEqual(problemPaths({ issuer: oidcIssuer }), []);
    assert.deepEqual(problemPaths({ issuer: oidcIssuer, idTokenVerificationConfig: { maxTokenAge: '5m' } }), [
      'idTokenVerificationConfig',
    ]);
  });
});
