import assert from 'node:assert/strict';
import type { Log } from '../../server/src/kernel/log.ts';
import { createAgent, experienceClient, type Tokens } from './agent.ts';
import { type Authorization, authorization } from './authorization.ts';
import { type ExperiencePage, experienceOf } from './experience-page.ts';
import { type Operator, operate } from './operator.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { startServer, type TestServer } from './server.ts';
import { totpCode } from './totp-app.ts';

export const password = 'tulips under stone';

/** A sign-in on a page of the operator's own, with the client that began it. */
export interface Visit extends ExperiencePage {
  /** Says who the person is by their password. */
  identify: (person: { username: string }) => Promise<void>;
  /** Completes the sign-in, and takes the tokens. */
  finish: () => Promise<Tokens>;
  /** Sets an authenticator app up, and hands it to the account. Returns the secret. */
  addTotp: () => Promise<string>;
}

export interface Person {
  id: string;
  username: string;
  email: string;
}

/** A server whose people have second factors, and whose messages arrive. */
export interface FactorWorld {
  server: TestServer;
  operator: Operator;
  post: PostOffice;
  clock: { time: number; now: () => number };
  configure: (settings: object) => Promise<unknown>;
  addPerson: (wish?: { email?: boolean }) => Promise<Person>;
  /** Gives an authenticator app; returns its secret. */
  giveTotp: (person: Person) => Promise<string>;
  /** What the app shows by now; each call is some time later, so that no code is one that was used. */
  nextCode: (secret: string) => string;
  /** @param request default: the usual one of the demo app */
  begin: (intent?: 'SignIn' | 'Register' | 'ForgotPassword', request?: Authorization) => Promise<Visit>;
  /** A sign-in of a user who has entered the password. */
  arrive: (person: { username: string }) => Promise<Visit>;
  /** A registration that created the account. */
  register: (username: string) => Promise<Visit>;
  close: () => Promise<void>;
}

/** @param log of the server; default: none */
export async function openFactorWorld({ log }: { log?: Log } = {}): Promise<FactorWorld> {
  const post = await openPostOffice();
  const clock = { time: Date.now(), now: () => clock.time };
  const server = await startServer({
    world: { clock, ...(log ? { log } : {}) },
    environment: post.environment,
  });
  const operator = await operate(server);
  await post.addEmail(operator);
  await post.addPhone(operator);
  const client = experienceClient(server.url);
  const nextCode = (secret: string) => {
    clock.time += 60_000;
    return totpCode(secret, clock.time);
  };
  let count = 0;

  const begin: FactorWorld['begin'] = async (intent = 'SignIn', request = authorization({ endpoint: server.url })) => {
    const agent = createAgent();
    await agent.fetch(request.url);
    const page = experienceOf(server, agent);
    await page.expect(204, 'PUT', '', { interactionEvent: intent });
    return {
      ...page,
      async identify({ username: value }) {
        const identifier = { type: 'username', value };
        const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password });
        await page.expect(204, 'POST', '/identification', proof);
      },
      async finish() {
        const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
        const code = (await page.follow(redirectTo)).searchParams.get('code');
        assert.ok(code);
        return client.redeem({ code, request });
      },
      async addTotp() {
        const made = await page.expect(200, 'POST', '/verification/totp/secret');
        const { secret = '', verificationId } = made;
        const proof = await page.expect(200, 'POST', '/verification/totp/verify', {
          code: totpCode(secret, clock.time),
          verificationId,
        });
        await page.expect(204, 'POST', '/profile/mfa', { type: 'Totp', ...proof });
        return secret;
      },
    };
  };

  return {
    server,
    operator,
    post,
    clock,
    configure: operator.configure,
    nextCode,
    begin,
    async addPerson({ email = false } = {}) {
      count += 1;
      const person = { username: `ana_${count}`, email: `ana_${count}@example.com` };
      const { id } = await operator.call<{ id: string }>('POST', '/api/users', {
        username: person.username,
        password,
        ...(email ? { primaryEmail: person.email } : {}),
      });
      return { id, ...person };
    },
    async giveTotp({ id }) {
      const path = `/api/users/${id}/mfa-verifications`;
      return (await operator.call<{ secret: string }>('POST', path, { type: 'Totp' })).secret;
    },
    async arrive(person) {
      const visit = await begin();
      await visit.identify(person);
      return visit;
    },
    async register(username) {
      const visit = await begin('Register');
      const given = { identifier: { type: 'username', value: username }, password };
      const proof = await visit.expect(200, 'POST', '/verification/new-password-identity', given);
      await visit.expect(201, 'POST', '/identification', proof);
      return visit;
    },
    async close() {
      await server.close();
      await post.close();
    },
  };
}
