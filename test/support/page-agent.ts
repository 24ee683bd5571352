import assert from 'node:assert/strict';
import { type Agent, createAgent } from './agent.ts';
import { authorization } from './authorization.ts';
import type { TestServer } from './server.ts';

/** A user on the hosted pages of a server, without a screen and with scripts off: forms are posted as browsers do. */
export interface Visit {
  agent: Agent;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Posts a form of the demo app's sign-in; `headers` add to or replace the browser's own. */
  post: (path: string, fields: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
  /** Follows redirects from an answer to the app; returns the address there, or where it ended. */
  arrive: (answer: Response) => Promise<URL>;
}

/** Begins an authorization of the demo app; the browser is on its way to the first page. */
export async function visit(server: TestServer, extra: Record<string, string> = {}): Promise<Visit> {
  const agent = createAgent();
  const begun = await agent.fetch(authorization({ endpoint: server.url, extra }).url);
  assert.equal(begun.status, 303, await begun.text());
  return visitOf(server, agent);
}

export const visitOf = (server: TestServer, agent: Agent): Visit => ({
  agent,
  get: (path, headers = {}) => agent.fetch(`${server.url}${path}`, { headers: { accept: 'text/html', ...headers } }),
  post: (path, fields, headers = {}) =>
    agent.fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { accept: 'text/html', origin: new URL(server.url).origin, ...headers },
      body: new URLSearchParams({ app_id: 'demo-app', ...fields }),
    }),
  async arrive(answer) {
    assert.equal(answer.status, 303, await answer.clone().text());
    let url = new URL(answer.headers.get('location') ?? '', server.url);
    for (let hops = 0; hops < 6 && url.pathname !== '/demo-app'; hops += 1) {
      const next = await agent.fetch(url.href);
      const location = next.headers.get('location');
      if (location === null) return url;
      url = new URL(location, url);
    }
    return url;
  },
});

/** The code of the error that a page shows, at a field or above the form. */
export const shownError = async (
  answer: Response,
): Promise<{ field: string | undefined; code: string | undefined; message: string }> => {
  const html = await answer.text();
  const match = /id="(page-alert|[\w-]+-error)"[^>]*data-code="([^"]+)"[^>]*>(?:<svg.*?<\/svg>)?(?:<p>)?([^<]*)/s.exec(
    html,
  );
  const field = match?.[1]?.replace(/-error$/, '');
  return { field: field === 'page-alert' ? undefined : field, code: match?.[2], message: match?.[3] ?? '' };
};
