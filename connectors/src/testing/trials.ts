/** Runs the suites of the kit for one connector against the sandbox's stand-in for its provider. */
import { readFile } from 'node:fs/promises';
import { type ConformanceCase, connectorConformance, type ProviderRun } from '../../kit/conformance.ts';
import type { Connector, ConnectorErrorCode } from '../../kit/index.ts';
import { callbackConformance, oauthConformance } from '../../kit/oauth-conformance.ts';
import { createProviderSandbox, type ProviderOutcome } from '../../sandbox/index.ts';

export const client = { clientId: 'the-client', clientSecret: 'hush&<hush>/+ 41c0', scope: 'openid profile email' };
const readDocument = (path: string) => readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

let serial = 0;
export const openSandbox = () =>
  createProviderSandbox({
    now: () => Date.UTC(2026, 0, 1),
    random: () => {
      serial += 1;
      return `unguessable-${serial}-${'x'.repeat(16)}`;
    },
    algorithm: 'ES256',
  });

type ToProvider = NonNullable<Trial['toProvider']>;

const sandboxRun = (outcome: ProviderOutcome, toProvider: ToProvider): ProviderRun => {
  const sandbox = openSandbox();
  return {
    fetch: sandbox.fetch,
    use: async (instance, call, address) => {
      const { parameters } = await sandbox.agree({ address: toProvider(address), persona: 'mei', outcome });
      return instance.getUserInfo(parameters, call);
    },
    secrets: ['unguessable-'],
  };
};

interface Failure {
  readonly name: ProviderOutcome;
  readonly code: ConnectorErrorCode;
}

const failure = (name: ProviderOutcome, code: ConnectorErrorCode): Failure => ({ name, code });
const tokenFailures = [
  failure('token_invalid_grant', 'social_auth_code_invalid'),
  failure('token_invalid_client', 'invalid_config'),
  failure('token_timeout', 'timeout'),
  failure('token_garbage', 'invalid_response'),
  failure('token_500', 'general'),
];
const profileFailures = [
  failure('profile_401', 'social_invalid_access_token'),
  failure('profile_timeout', 'timeout'),
  failure('profile_garbage', 'invalid_response'),
  failure('profile_500', 'general'),
];
const idTokenFailures = (
  ['id_token_issuer', 'id_token_audience', 'id_token_expired', 'id_token_nonce', 'id_token_signature'] as const
).map((outcome) => failure(outcome, 'social_invalid_id_token'));

export interface Trial {
  readonly connector: Connector;
  readonly config: Readonly<Record<string, unknown>>;
  readonly invalidConfigs: readonly unknown[];
  readonly runConfig?: Readonly<Record<string, unknown>>;
  readonly issuer?: string;
  /** Whether anything is read with the access token; true if left out. */
  readonly readsProfile?: boolean;
  /** True if left out. */
  readonly usesPkce?: boolean;
  readonly worksWithoutSession?: boolean;
  /** False for providers that are OAuth 2.0 by name only; true if left out. */
  readonly isOAuth?: boolean;
  /** The provider's address for that of the connector, where an app stands between them; the same if left out. */
  readonly toProvider?: (address: string) => string;
  /** Where the ID token comes with the callback: no code is redeemed. */
  readonly responseType?: 'code id_token';
  readonly quirks?: NonNullable<ConformanceCase['quirks']>;
}

/** Registers the tests of one connector. */
export const tryProvider = ({ connector, config, invalidConfigs, runConfig = config, ...trial }: Trial): void => {
  const { issuer, readsProfile = true, usesPkce = true, worksWithoutSession = false, quirks = {} } = trial;
  const { isOAuth = true, responseType, toProvider = (address) => address } = trial;
  const failures = [
    ...(responseType ? [] : tokenFailures),
    ...(readsProfile ? profileFailures : []),
    ...(issuer ? idTokenFailures : []),
  ];
  connectorConformance({
    connector,
    validConfig: config,
    invalidConfigs,
    runConfig,
    // The header of client_secret_basic proves as much as the secret itself.
    secrets: [
      client.clientSecret,
      btoa(`the-client:${new URLSearchParams({ '': client.clientSecret }).toString().slice(1)}`),
    ],
    provider: () => sandboxRun('success', toProvider),
    failures: failures.map((each) => ({ ...each, provider: () => sandboxRun(each.name, toProvider) })),
    quirks,
    readDocument,
  });
  const open = () => {
    const sandbox = openSandbox();
    const agree = async (address: string) =>
      (await sandbox.agree({ address: toProvider(address), persona: 'mei', outcome: 'success' })).parameters;
    return { fetch: sandbox.fetch, agree };
  };
  if (!isOAuth) {
    callbackConformance({ connector, validConfig: runConfig, open });
    return;
  }
  oauthConformance({
    connector,
    validConfig: runConfig,
    ...(issuer ? { issuer } : {}),
    ...(responseType ? { responseType } : {}),
    usesPkce,
    worksWithoutSession,
    open,
  });
};
