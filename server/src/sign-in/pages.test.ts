import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent } from '../../../test/support/agent.ts';
import { authorization } from '../../../test/support/authorization.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';

const password = 'tulips under stone';

/** A browser that has begun a sign-in at the demo app. */
async function begin(server: TestServer, extra: Record<string, string> = {}): Promise<Agent> {
  const agent = createAgent();
  const { url } = authorization({ endpoint: server.url, extra });
  const answer = await agent.fetch(url);
  assert.equal(answer.status, 303, await answer.text());
  return agent;
}

const post = (
  server: TestServer,
  agent: Agent,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  agent.fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { origin: new URL(server.url).origin, ...headers },
    body: new URLSearchParams({ app_id: 'demo-app', ...fields }),
  });

/** Goes on from a finished sign-in to the app; returns the address with the code. */
async function follow(server: TestServer, agent: Agent, answer: Response): Promise<URL> {
  assert.equal(answer.status, 303, await answer.clone().text());
  let url = new URL(answer.headers.get('location') ?? '', server.url);
  for (let hops = 0; hops < 5 && url.pathname !== '/demo-app'; hops += 1) {
    const next = await agent.fetch(url.href);
    url = new URL(next.headers.get('location') ?? '', url);
  }
  return url;
}

describe('the pages of sign-in', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  it('register with a username and a password, and sign in with them', async () => {
    const first = await begin(server, { first_screen: 'register' });
    const home = await follow(server, first, await post(server, first, '/register', { username: 'ada', password }));
    assert.ok(home.searchParams.get('code'));
    const second = await begin(server);
    const again = await follow(server, second, await post(server, second, '/sign-in', { username: 'ada', password }));
    assert.ok(again.searchParams.get('code'));
  });
});
