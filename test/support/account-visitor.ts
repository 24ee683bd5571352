import assert from 'node:assert/strict';
import { type Agent, createAgent, experienceClient } from './agent.ts';

/** Fields of the account center that users may change. */
export const editableFields = Object.fromEntries(
  'name avatar profile email phone password username social customData mfa passkey session'
    .split(' ')
    .map((name) => [name, 'Edit']),
);

/** A signed-in user on the account page, without a screen and with scripts off. */
export interface AccountVisitor {
  agent: Agent;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Posts a form as the page does; `headers` add to or replace the browser's own. */
  post: (path: string, fields?: Record<string, string>, headers?: Record<string, string>) => Promise<Response>;
  /** Gives the password, so that the next changes are allowed. */
  prove: (password: string) => Promise<void>;
}

/** Signs a user in to a browser of its own; the paths of the visitor are below `/account`. */
export async function visitAccount(
  endpoint: string,
  who: string | { type: string; value: string },
  password: string,
): Promise<AccountVisitor> {
  const agent = createAgent();
  await experienceClient(endpoint).signIn(who, password, agent);
  return accountVisitorOf(endpoint, agent);
}

export function accountVisitorOf(endpoint: string, agent: Agent): AccountVisitor {
  const visitor: AccountVisitor = {
    agent,
    get: (path, headers = {}) =>
      agent.fetch(`${endpoint}/account${path}`, { headers: { accept: 'text/html', ...headers } }),
    post: (path, fields = {}, headers = {}) =>
      agent.fetch(`${endpoint}/account${path}`, {
        method: 'POST',
        headers: { accept: 'text/html', origin: new URL(endpoint).origin, ...headers },
        body: new URLSearchParams(fields),
      }),
    async prove(password) {
      const answer = await visitor.post('/proof', { method: 'password', password, next: 'profile' });
      assert.equal(answer.status, 303, await answer.text());
    },
  };
  return visitor;
}

/** The value of a hidden field of a page. */
export const hiddenField = (html: string, name: string): string =>
  new RegExp(`type="hidden" name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? assert.fail(`no ${name} in ${html}`);
