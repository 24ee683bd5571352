import assert from 'node:assert/strict';
import { type Agent, createAgent } from './agent.ts';
import type { Manager } from './management.ts';

/** A browser at the portal of an organization; paths are below `/portal`. */
export interface PortalVisitor {
  agent: Agent;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  post: (path: string, fields?: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
}

export interface NewPortalLink {
  id: string;
  url: string;
}

export function portalVisitor(serverUrl: string, agent: Agent = createAgent()): PortalVisitor {
  return {
    agent,
    get: (path, headers = {}) =>
      agent.fetch(`${serverUrl}/portal${path}`, { headers: { accept: 'text/html', ...headers } }),
    post: (path, fields = {}, headers = {}) =>
      agent.fetch(`${serverUrl}/portal${path}`, {
        method: 'POST',
        headers: { accept: 'text/html', origin: new URL(serverUrl).origin, ...headers },
        body: new URLSearchParams(fields),
      }),
  };
}

export async function newPortalLink(
  operator: Manager,
  organizationPath: string,
  draft: object = {},
): Promise<NewPortalLink> {
  const { status, body } = await operator.post(`${organizationPath}/portal-links`, draft);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

export const tokenOfLink = (url: string): string => new URL(url).searchParams.get('token') ?? '';

/** A browser in which a new link was started. */
export async function openPortal(
  serverUrl: string,
  operator: Manager,
  organizationPath: string,
  draft: object = {},
): Promise<PortalVisitor & { link: NewPortalLink }> {
  const link = await newPortalLink(operator, organizationPath, draft);
  const browser = portalVisitor(serverUrl);
  const started = await browser.post('/start', { token: tokenOfLink(link.url) });
  assert.equal(started.status, 303, await started.text());
  return { ...browser, link };
}
