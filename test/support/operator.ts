import assert from 'node:assert/strict';
import { createManagementApi } from '@logto/api/management';
import type { SandboxOutcome } from '../../connectors/sandbox/index.ts';
import type { TestServer } from './server.ts';

/** What tests need of a user as the Management API shows it. */
interface ManagedUser {
  id: string;
  username: string | null;
  primaryPhone: string | null;
  name: string | null;
  avatar: string | null;
  identities: Record<string, { userId: string } | undefined>;
}

interface ApplicationWish {
  type: 'Native' | 'SPA' | 'Traditional' | 'MachineToMachine';
  redirectUri: string;
  postLogoutUri?: string;
  name?: string;
  isThirdParty?: boolean;
}

/** An operator who sets a tenant up through the Management API. */
export interface Operator {
  /** Base URL of the tenant. */
  endpoint: string;
  /** Calls the Management API and returns the body. @throws AssertionError for any status but 2xx. */
  call: <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Changes how users sign in. */
  configure: (settings: object) => Promise<unknown>;
  /** `secret` is empty for an application that has none. */
  addApplication: (wish: ApplicationWish) => Promise<{ id: string; secret: string }>;
  /** Adds WeChat (Native), offers it, and switches the sandbox on. Returns the connector's row id. */
  connectWechat: () => Promise<string>;
  /** The configuration that `connectWechat` uses. */
  wechatApp: { appId: string; appSecret: string; universalLinks: string };
  /** Plays the person in the WeChat app who presses Allow; returns WeChat's code. */
  approveAtWechat: (approval: { appId: string; persona: string; outcome: SandboxOutcome }) => Promise<string>;
  addUser: (user: { username: string; password: string; name?: string }) => Promise<ManagedUser>;
  users: () => Promise<ManagedUser[]>;
  deleteUsers: () => Promise<void>;
}

/** Gives a tenant (`default` unless given) a machine-to-machine application, and works with that from then on. */
export async function operate({ app, tenant: own }: TestServer, tenant = own): Promise<Operator> {
  const { baseUrl: url } = tenant;
  const machine = await tenant.db.transaction(async (tx) => {
    const created = await app.applications.create(tx, { name: 'Operator', type: 'MachineToMachine' });
    await app.applications.update(tx, created.id, { isAdmin: true });
    return created;
  });
  const { clientCredentials } = createManagementApi(tenant.id, {
    clientId: machine.id,
    clientSecret: machine.secret ?? '',
    baseUrl: url,
    apiIndicator: tenant.managementIndicator,
  });
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const { value } = await clientCredentials.getAccessToken();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
  const configure = (settings: object) => call('PATCH', '/api/sign-in-exp', settings);
  return { endpoint: url, call, configure, ...applicationsAndUsers(call), ...wechat(url, call) };
}

type Call = Operator['call'];

const applicationsAndUsers = (call: Call) => {
  const users = () => call<ManagedUser[]>('GET', '/api/users?page_size=100');
  return {
    async addApplication({
      type,
      redirectUri,
      postLogoutUri,
      name = 'Test app',
      isThirdParty = false,
    }: ApplicationWish) {
      const { id, secret = '' } = await call<{ id: string; secret?: string }>('POST', '/api/applications', {
        name,
        type,
        isThirdParty,
        oidcClientMetadata: {
          redirectUris: [redirectUri],
          postLogoutRedirectUris: postLogoutUri ? [postLogoutUri] : [],
        },
      });
      return { id, secret };
    },
    addUser: (user: { username: string; password: string; name?: string }) =>
      call<ManagedUser>('POST', '/api/users', user),
    users,
    async deleteUsers() {
      for (const { id } of await users()) await call('DELETE', `/api/users/${id}`);
    },
  };
};

const wechat = (url: string, call: Call) => {
  const wechatApp = {
    appId: 'wx0123456789abcdef',
    appSecret: 'an app secret of nobody',
    universalLinks: 'https://app.example.com/wechat/',
  };
  return {
    wechatApp,
    async connectWechat() {
      const { id } = await call<{ id: string }>('POST', '/api/connectors', {
        connectorId: 'wechat-native',
        config: wechatApp,
      });
      await call('PATCH', '/api/sign-in-exp', { socialSignInConnectorTargets: ['wechat'] });
      await call('PATCH', '/api/configs/sandbox', { enabled: true });
      return id;
    },
    async approveAtWechat(approval: { appId: string; persona: string; outcome: SandboxOutcome }) {
      const response = await fetch(`${url}/sandbox/wechat/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(url).origin },
        body: JSON.stringify(approval),
      });
      assert.equal(response.status, 200);
      const { code } = (await response.json()) as { code: string };
      return code;
    },
  };
};
