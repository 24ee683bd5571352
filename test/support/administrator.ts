/**
 * Administrators without a screen: they create their accounts through one-time links, and get the tokens that the
 * Console gets.
 */
import assert from 'node:assert/strict';
import { type Agent, createAgent } from './agent.ts';
import { authorization } from './authorization.ts';
import { type Manager, managerWith, type Reply } from './management.ts';
import { visitOf } from './page-agent.ts';
import type { TestServer } from './server.ts';

export const administratorPassword = 'tulips under stone';

/** Posts the form of a one-time link. */
export function useLink(server: TestServer, agent: Agent, link: string, name: string): Promise<Response> {
  const fields = { username: name, password: administratorPassword, confirmPassword: administratorPassword };
  const token = new URL(link).searchParams.get('token') ?? '';
  return visitOf({ ...server, url: `${server.url}/t/admin` }, agent).post('/setup', { token, ...fields });
}

export interface ConsoleTokens {
  access_token: string;
  refresh_token: string;
  scope: string;
}

const client = 'admin-console';
const indicatorOf = (tenant: string) => `https://${tenant}.logto.app/api`;
const redeem = (server: TestServer, fields: Record<string, string>) =>
  fetch(`${server.url}/t/admin/oidc/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: client, ...fields }),
  });

/** The tokens of the Console for a tenant, or for another resource, for the user who is signed in in the browser. */
export async function consoleTokens(
  server: TestServer,
  agent: Agent,
  tenant = 'default',
  resource = indicatorOf(tenant),
): Promise<ConsoleTokens> {
  const page = await (await fetch(`${server.url}/console`)).text();
  const settings = /name="aldaba-console" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '{}';
  const { permissions } = JSON.parse(settings) as { permissions: string[] };
  const { url, redirectUri, verifier } = authorization({
    endpoint: `${server.url}/t/admin`,
    clientId: client,
    redirectUri: `${server.url}/console/callback`,
    extra: { prompt: 'none', scope: ['openid', ...permissions].join(' '), resource },
  });
  const answer = new URL((await agent.fetch(url)).headers.get('location') ?? '');
  const code = answer.searchParams.get('code');
  assert.ok(code, answer.href);
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    resource,
  };
  const tokens = await redeem(server, grant);
  assert.equal(tokens.status, 200, await tokens.clone().text());
  return (await tokens.json()) as ConsoleTokens;
}

/** Renews the tokens as the Console does. */
export const renewTokens = (server: TestServer, { refresh_token: token }: ConsoleTokens): Promise<Response> =>
  redeem(server, { grant_type: 'refresh_token', refresh_token: token, resource: indicatorOf('default') });

/** The Management API as the signed-in user of the browser. */
export async function managerOf(server: TestServer, agent: Agent, tenant = 'default'): Promise<Manager> {
  const base = tenant === 'default' ? server.url : `${server.url}/t/${tenant}`;
  return managerWith(base, (await consoleTokens(server, agent, tenant)).access_token);
}

/** Creates an administrator of the default tenant, signed in in a new browser. */
export async function createAdministrator(server: TestServer, name: string): Promise<Agent> {
  const agent = createAgent();
  assert.equal((await useLink(server, agent, await server.app.createAdminLink(), name)).status, 303);
  return agent;
}

/** Invites a colleague. */
export async function invite(
  api: Manager,
  draft: { role: 'full' | 'read-only'; email?: string },
): Promise<Reply['body']> {
  const { status, body } = await api.post('/api/team/invitations', draft);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}
