/**
 * The npm package `oidc-provider` with a PostgreSQL adapter, configured for speed: clients in its
 * configuration (so it never asks the database for them), ES256, resource indicators with JWT access tokens.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { answer } from '../channel.ts';
import { adapterTable, createAdapterClass } from './oidc-provider-adapter.ts';

/** What of the package is used here; it ships no types. */
interface Provider {
  callback: () => RequestListener;
  Client: { find: (id: string) => Promise<unknown> };
  Grant: new (
    properties: object,
  ) => {
    save: () => Promise<string>;
    addOIDCScope: (scope: string) => void;
    addResourceScope: (resource: string, scope: string) => void;
  };
  RefreshToken: new (properties: object) => { save: () => Promise<string> };
  AccessToken: new (properties: object) => { save: () => Promise<string> };
}
type ProviderClass = new (issuer: string, configuration: object) => Provider;

const packageName: string = 'oidc-provider';
const { default: ProviderConstructor } = (await import(packageName)) as { default: ProviderClass };

export interface ProviderSettings {
  databaseUrl: string;
  poolSize: number;
  resource: string;
  scope: string;
  machine: { id: string; secret: string };
  spa: { id: string; redirectUri: string };
}

const day = 86_400;
const users = `
  create table users (id text primary key, profile jsonb not null, created_at timestamptz not null default now());
  insert into users (id, profile) select 'user-' || n, jsonb_build_object('username', 'user' || n, 'name', 'User ' || n, 'picture', null)
    from generate_series(0, 999) n;
  analyze;
`;

let provider: Provider;
let settings: ProviderSettings;
let sent = 0;

function configure(pool: Pool, { machine, spa, resource, scope }: ProviderSettings): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const machineClient = {
    client_id: machine.id,
    client_secret: machine.secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  };
  const spaClient = {
    client_id: spa.id,
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [spa.redirectUri],
  };
  return {
    adapter: createAdapterClass(pool, () => {
      sent += 1;
    }),
    clients: [machineClient, spaClient],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
    claims: { openid: ['sub'], profile: ['name', 'picture', 'username'] },
    rotateRefreshToken: true,
    ttl: { RefreshToken: 14 * day, Grant: 180 * day, AccessToken: 3600, IdToken: 3600, ClientCredentials: 3600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => false,
        getResourceServerInfo: () => ({
          scope,
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    async findAccount(_context: unknown, id: string) {
      sent += 1;
      const { rows } = await pool.query<{ profile: object }>({
        name: 'user',
        text: 'select profile from users where id = $1',
        values: [id],
      });
      return rows[0] && { accountId: id, claims: () => ({ sub: id, ...rows[0]?.profile }) };
    },
  };
}

/** A signed-in person's tokens, as a code exchange would have left them. */
async function issueTokens(number: number): Promise<{ refreshToken: string; accessToken: string }> {
  const accountId = `user-${number}`;
  const scope = 'openid profile offline_access';
  const client = await provider.Client.find(settings.spa.id);
  const grant = new provider.Grant({ accountId, clientId: settings.spa.id });
  grant.addOIDCScope(scope);
  grant.addResourceScope(settings.resource, settings.scope);
  const grantId = await grant.save();
  const shared = { accountId, client, grantId, gty: 'authorization_code', authTime: Math.floor(Date.now() / 1000) };
  const refreshToken = new provider.RefreshToken({
    ...shared,
    scope: `${scope} ${settings.scope}`,
    resource: settings.resource,
    rotations: 0,
  });
  const accessToken = new provider.AccessToken({ ...shared, scope });
  return { refreshToken: await refreshToken.save(), accessToken: await accessToken.save() };
}

answer(
  {
    async start(given: ProviderSettings) {
      settings = given;
      const pool = new Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
      await pool.query(adapterTable + users);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      provider = new ProviderConstructor(`http://127.0.0.1:${port}`, configure(pool, settings));
      server.on('request', provider.callback());
      return port;
    },
    issueTokens: (number: number) => issueTokens(number),
  },
  () => sent,
);
