import assert from 'node:assert/strict';
import { scimUrn } from '@aldaba/contract/scim';
import type { Json } from './declared-bodies.ts';
import type { Manager } from './management.ts';
import type { TestServer } from './server.ts';

export interface ScimReply {
  status: number;
  headers: Headers;
  body: Json;
}

/** A directory that calls the SCIM server and shows every answer, also refusals. */
export interface ScimClient {
  send: (method: string, path: string, options?: ScimRequest) => Promise<ScimReply>;
  get: (path: string) => Promise<ScimReply>;
  post: (path: string, body: unknown) => Promise<ScimReply>;
  put: (path: string, body: unknown) => Promise<ScimReply>;
  patch: (path: string, ...operations: object[]) => Promise<ScimReply>;
  delete: (path: string) => Promise<ScimReply>;
  /** The users that a filter finds, by userName. */
  find: (filter: string) => Promise<string[]>;
}

interface ScimRequest {
  body?: unknown;
  /** Sent as it is instead of `body`. */
  raw?: string;
  headers?: Record<string, string>;
}

export function scimClient(baseUrl: string, token: string): ScimClient {
  const send: ScimClient['send'] = async (method, path, { body, raw, headers } = {}) => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${baseUrl}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(payload === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    if (text !== '') assert.match(response.headers.get('content-type') ?? '', /^application\/scim\+json/);
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, { body }),
    put: (path, body) => send('PUT', path, { body }),
    patch: (path, ...operations) => send('PATCH', path, { body: { schemas: [scimUrn.patch], Operations: operations } }),
    delete: (path) => send('DELETE', path),
    find: async (filter) => {
      const { status, body } = await send('GET', `/Users?count=200&filter=${encodeURIComponent(filter)}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body.Resources.map((user: { userName: string }) => user.userName).sort();
    },
  };
}

/** A token of the tenant's directory, or of an organization's. */
export async function directoryOf(api: Manager, baseUrl: string, organizationId?: string): Promise<ScimClient> {
  const path = organizationId === undefined ? '/api/scim/tokens' : `/api/organizations/${organizationId}/scim/tokens`;
  const { status, body } = await api.send('POST', path, { body: { name: `Directory ${Math.random()}` } });
  assert.equal(status, 201, JSON.stringify(body));
  return scimClient(baseUrl, body.value);
}

/** An organization with a verified domain. */
export async function organizationWith({ tenant }: TestServer, api: Manager, name: string, domain?: string) {
  const { body } = await api.post('/api/organizations', { name });
  if (domain === undefined) return body.id;
  const added = await api.post(`/api/organizations/${body.id}/domains`, { domain });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  const verify =
    "update organization_domains set verified_at = now(), verified_by = 'dns' where tenant_id = $1 and domain = $2";
  await tenant.db.raw(verify, [tenant.id, domain]);
  return body.id;
}

/** A user as a directory sends it. */
export const person = (userName: string, more: object = {}): object => ({
  schemas: [scimUrn.user],
  userName,
  ...more,
});

export function assertScimError(reply: ScimReply, status: number, scimType?: string): void {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual(reply.body.schemas, [scimUrn.error]);
  assert.equal(reply.body.status, String(status));
  assert.equal(reply.body.scimType, scimType, JSON.stringify(reply.body));
  assert.ok(reply.body.detail.length > 0);
}
