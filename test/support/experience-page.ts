import assert from 'node:assert/strict';
import { type Agent, createAgent } from './agent.ts';
import { authorization } from './authorization.ts';
import type { TestServer } from './server.ts';

/** A sign-in page of the operator's own: calls the Experience API one step at a time. */
export interface ExperiencePage {
  call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: Record<string, never> & { code?: string } }>;
  /** The same, and the answer has to have this status. */
  expect: <Answer extends object = Record<string, string>>(
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<Answer>;
  /** The same for an answer that has to be this error. */
  refuse: (
    expected: [status: number, code: string],
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ data: Record<string, unknown> }>;
  /** Follows redirects from an address to the demo app's, and returns that. */
  follow: (url: string) => Promise<URL>;
}

/** Begins an authorization of the demo app, and a sign-in of it with `interactionEvent`. */
export async function openExperience(server: TestServer, interactionEvent?: string): Promise<ExperiencePage> {
  const agent = createAgent();
  await agent.fetch(authorization({ endpoint: server.url }).url);
  const page = experienceOf(server, agent);
  if (interactionEvent) await page.expect(204, 'PUT', '', { interactionEvent });
  return page;
}

export function experienceOf(server: Pick<TestServer, 'url'>, agent: Agent = createAgent()): ExperiencePage {
  const page: ExperiencePage = {
    async call(method, path, body) {
      const answer = await agent.fetch(`${server.url}/api/experience${path}`, {
        method,
        headers: {
          origin: new URL(server.url).origin,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
    },
    async expect<Answer extends object>(status: number, method: string, path: string, body?: unknown) {
      const answer = await page.call(method, path, body);
      assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body as object as Answer;
    },
    async refuse(expected, method, path, body) {
      const answer = await page.call(method, path, body);
      assert.deepEqual([answer.status, answer.body.code], expected, `${method} ${path}`);
      return answer.body as object as { data: Record<string, unknown> };
    },
    async follow(url) {
      let at = new URL(url);
      for (let hops = 0; hops < 5 && at.pathname !== '/demo-app'; hops += 1) {
        at = new URL((await agent.fetch(at.href)).headers.get('location') ?? '', at);
      }
      return at;
    },
  };
  return page;
}
