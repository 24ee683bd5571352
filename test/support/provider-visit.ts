import assert from 'node:assert/strict';
import type { Visit } from './page-agent.ts';
import type { TestServer } from './server.ts';

/** The way of a user from a social button through the sandbox's page of the provider and back. */
export interface ProviderVisit {
  /** From the button to the page that plays the provider. */
  press: (person: Visit, connectorId: string) => Promise<URL>;
  decide: (person: Visit, page: URL, fields: Record<string, string>) => Promise<Response>;
  /** Follows redirects from the provider's page to the answer of `/callback/social/<id>`. */
  comeBack: (person: Visit, answer: Response) => Promise<Response>;
  /** All of it: the user consents. */
  consent: (person: Visit, connectorId: string, persona?: string) => Promise<Response>;
}

/** @param current the server, once it has started */
export function providerVisit(current: () => Pick<TestServer, 'url'>): ProviderVisit {
  const pathOf = (answer: Response): string => {
    const { pathname, search } = new URL(answer.headers.get('location') ?? '', current().url);
    return pathname + search;
  };
  /** The fields of the form that a page sends on by itself. */
  const fieldsOf = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll('&quot;', '"'),
      ]),
    );
  const visit: ProviderVisit = {
    async press(person, connectorId) {
      const answer = await person.post(`/sign-in/social/${connectorId}`, {});
      assert.equal(answer.status, 303, await answer.clone().text());
      return new URL(answer.headers.get('location') ?? '');
    },
    decide: (person, page, fields) => person.post(page.pathname + page.search, fields),
    async comeBack(person, answer) {
      const html = answer.status === 200 ? await answer.text() : '';
      const action = /action="([^"]+)"/.exec(html)?.[1];
      const callback = action
        ? await person.post(new URL(action).pathname, fieldsOf(html))
        : await person.get(pathOf(answer));
      assert.equal(callback.status, 303, 'the callback leads on');
      const isThere = callback.headers.get('location')?.includes('/callback/social/');
      return person.get(pathOf(isThere ? callback : await person.get(pathOf(callback))));
    },
    async consent(person, connectorId, persona = 'mei') {
      const page = await visit.press(person, connectorId);
      const fields = { decision: 'agree', persona, outcome: 'success' };
      return visit.comeBack(person, await visit.decide(person, page, fields));
    },
  };
  return visit;
}
