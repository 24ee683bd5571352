import assert from 'node:assert/strict';
import { type Client, createClient } from '@aldaba/contract/client';
import type { BodyAt, Json } from './declared-bodies.ts';
import type { TestServer } from './server.ts';

/** What came back from a request, its JSON body read. */
export interface Reply<Body = Json> {
  status: number;
  headers: Headers;
  /** As the contract declares it for the path, together with what errors have; any JSON for other paths. */
  body: Body;
}

interface RequestOptions {
  body?: unknown;
  /** Sent as it is instead of `body`. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Sends requests to the Management API of a tenant and shows every answer, also refusals. */
export interface Manager extends Omit<Client, 'send'> {
  token: string;
  send: (method: string, path: string, options?: RequestOptions) => Promise<Reply>;
  get: <Path extends string>(path: Path) => Promise<Reply<BodyAt<'GET', Path>>>;
  post: <Path extends string>(path: Path, body?: unknown) => Promise<Reply<BodyAt<'POST', Path>>>;
  patch: <Path extends string>(path: Path, body?: unknown) => Promise<Reply<BodyAt<'PATCH', Path>>>;
  put: <Path extends string>(path: Path, body?: unknown) => Promise<Reply<BodyAt<'PUT', Path>>>;
  delete: <Path extends string>(path: Path) => Promise<Reply<BodyAt<'DELETE', Path>>>;
}

export const managementApi = 'https://default.logto.app/api';

/** A token by client credentials. */
export async function requestToken(
  url: string,
  client: { id: string; secret: string },
  resource = managementApi,
  scope = 'all',
): Promise<Reply> {
  return createClient({ baseUrl: url }).send('POST', '/oidc/token', {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
      resource,
      scope,
    }),
  });
}

/**
 * Creates a machine-to-machine application with every permission in a tenant (`default` unless given), and gets its
 * token.
 */
export async function manage({ app, tenant: ownTenant }: TestServer, tenant = ownTenant): Promise<Manager> {
  const url = tenant.baseUrl;
  const machine = await tenant.db.transaction(async (tx) => {
    const created = await app.applications.create(tx, { name: 'Manager', type: 'MachineToMachine' });
    await app.applications.update(tx, created.id, { isAdmin: true });
    return { id: created.id, secret: created.secret ?? '' };
  });
  const { body } = await requestToken(url, machine, tenant.managementIndicator);
  assert.equal(typeof body.access_token, 'string', JSON.stringify(body));
  return managerWith(url, body.access_token);
}

/** @param always headers of every request */
export function managerWith(url: string, token: string, always: Record<string, string> = {}): Manager {
  const client = createClient({ baseUrl: url, token });
  const send = async (method: string, path: string, { body, raw, headers }: RequestOptions = {}): Promise<Reply> => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return client.send(method, path, {
      headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...always, ...headers },
      ...(payload === undefined ? {} : { body: payload }),
    });
  };
  return {
    ...client,
    token,
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, { body }),
    patch: (path, body) => send('PATCH', path, { body }),
    put: (path, body) => send('PUT', path, { body }),
    delete: (path) => send('DELETE', path),
  };
}

/** Asserts a refusal: its status, its code, and that it has a message. */
export function assertRefused(reply: Reply, status: number, code: string): void {
  assert.equal(`${reply.status} ${reply.body.code}`, `${status} ${code}`, JSON.stringify(reply.body));
  assert.ok(reply.body.message.length > 0);
}
