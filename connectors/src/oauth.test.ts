import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { type ConformanceCase, connectorConformance, type ProviderRun } from '../kit/conformance.ts';
import type { Connector, ConnectorErrorCode } from '../kit/index.ts';
import { oauthConformance } from '../kit/oauth-conformance.ts';
import { createProviderSandbox, oidcIssuer, type ProviderOutcome } from '../sandbox/index.ts';
import { github } from './github/index.ts';
import { google } from './google/index.ts';
import { oauth2 } from './oauth2/index.ts';
import { oidc } from './oidc/index.ts';

const client = { clientId: 'the-client', clientSecret: 'hush&<hush>/+ 41c0', scope: 'openid profile email' };
const readDocument = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

let serial = 0;
const openSandbox = () =>
  createProviderSandbox({
    now: () => Date.UTC(2026, 0, 1),
    random: () => {
      serial += 1;
      return `unguessable-${serial}-${'x'.repeat(16)}`;
    },
    algorithm: 'ES256',
  });

const sandboxRun = (outcome: ProviderOutcome): ProviderRun => {
  const sandbox = openSandbox();
  return {
    fetch: sandbox.fetch,
    use: (instance, call, address) => {
      const { parameters } = sandbox.agree({ address, persona: 'mei', outcome });
      return instance.getUserInfo(parameters, call);
    },
    secrets: ['unguessable-'],
  };
};

const failure = (outcome: ProviderOutcome, code: ConnectorErrorCode) => ({
  name: outcome,
  code,
  provider: () => sandboxRun(outcome),
});
const failures = [
  failure('token_invalid_grant', 'social_auth_code_invalid'),
  failure('token_invalid_client', 'invalid_config'),
  failure('token_timeout', 'timeout'),
  failure('token_garbage', 'invalid_response'),
  failure('token_500', 'general'),
  failure('profile_401', 'social_invalid_access_token'),
  failure('profile_timeout', 'timeout'),
  failure('profile_garbage', 'invalid_response'),
  failure('profile_500', 'general'),
];
const idTokenFailures = (
  ['id_token_issuer', 'id_token_audience', 'id_token_expired', 'id_token_nonce', 'id_token_signature'] as const
).map((outcome) => failure(outcome, 'social_invalid_id_token'));

const authentication = {
  tokenEndpointAuthMethod: 'client_secret_basic',
  clientSecretJwtSigningAlgorithm: 'HS256',
  usesPkce: true,
};

interface Trial {
  readonly connector: Connector;
  readonly config: Readonly<Record<string, unknown>>;
  readonly invalidConfigs: readonly unknown[];
  readonly runConfig?: Readonly<Record<string, unknown>>;
  readonly issuer?: string;
  readonly worksWithoutSession?: boolean;
  readonly quirks?: NonNullable<ConformanceCase['quirks']>;
}

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
    config: { ...client, prompts: ['select_account'], offlineAccess: true },
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

for (const { connector, config, invalidConfigs, runConfig, issuer, worksWithoutSession = false, quirks } of trials) {
  connectorConformance({
    connector,
    validConfig: config,
    invalidConfigs,
    ...(runConfig ? { runConfig } : {}),
    // The header of client_secret_basic proves as much as the secret itself.
    secrets: [
      client.clientSecret,
      btoa(`the-client:${new URLSearchParams({ '': client.clientSecret }).toString().slice(1)}`),
    ],
    provider: () => sandboxRun('success'),
    failures: [...failures, ...(issuer ? idTokenFailures : [])],
    ...(quirks ? { quirks } : {}),
    readDocument,
  });
  oauthConformance({
    connector,
    validConfig: runConfig ?? config,
    ...(issuer ? { issuer } : {}),
    worksWithoutSession,
    open: () => {
      const sandbox = openSandbox();
      const agree = (address: string) => sandbox.agree({ address, persona: 'mei', outcome: 'success' }).parameters;
      return { fetch: sandbox.fetch, agree };
    },
  });
}

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
