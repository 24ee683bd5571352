import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { experienceOf } from '../support/experience-page.ts';
import { operate } from '../support/operator.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Codes requested by anonymous callers', () => {
  let post: PostOffice;
  let server: TestServer;
  before(async () => {
    post = await openPostOffice();
    const limits = { email: { client: 6 }, sms: { client: 3 } };
    server = await startServer({
      environment: { ...post.environment, TRUSTED_PROXIES: '127.0.0.1', MESSAGE_LIMITS_JSON: JSON.stringify(limits) },
    });
    const operator = await operate(server);
    await post.addEmail(operator);
    await post.addPhone(operator);
    const method = (identifier: string) => ({
      identifier,
      password: false,
      verificationCode: true,
      isPasswordPrimary: false,
    });
    await operator.call('PATCH', '/api/sign-in-exp', {
      signInMode: 'SignInAndRegister',
      signIn: { methods: [method('email'), method('phone')] },
      signUp: { identifiers: ['email', 'phone'], password: false, verify: true, secondaryIdentifiers: [] },
    });
  });
  after(async () => {
    await server?.close();
    await post?.close();
  });

  // security: message-costs
  it('limits codes by the client’s address on all nodes together, and returns the time to wait', async () => {
    const node = await server.addNode();
    const send = async (index: number, type: 'email' | 'phone', client: string) => {
      const { url } = index % 2 ? server : node;
      const agent = createAgent();
      let last: Response | undefined;
      const forwarded: Agent = {
        ...agent,
        fetch: async (address, init = {}) => {
          const headers = { ...(init.headers as object), origin: server.url, 'x-forwarded-for': client };
          last = await agent.fetch(String(address).replace(server.url, url), { ...init, headers });
          return last;
        },
      };
      await forwarded.fetch(authorization({ endpoint: server.url }).url);
      const page = experienceOf(server, forwarded);
      await page.expect(204, 'PUT', '', { interactionEvent: 'Register' });
      const value = type === 'email' ? `stranger${index}@example.com` : `1555010${1000 + index}`;
      const body = { identifier: { type, value }, interactionEvent: 'Register' };
      const answer = await page.call('POST', '/verification/verification-code', body);
      return { ...answer, wait: Number(last?.headers.get('retry-after')) };
    };
    for (const [type, maximum] of [
      ['email', 6],
      ['phone', 3],
    ] as const) {
      for (let index = 0; index < maximum; index += 1)
        assert.equal((await send(index, type, `203.0.113.7:${4000 + index}`)).status, 200);
      const answer = await send(maximum, type, '203.0.113.7');
      assert.equal(answer.status, 429);
      assert.equal(answer.body.code, 'request.message_rate_limited');
      assert.ok(answer.wait > 3500 && answer.wait <= 3600, `${answer.wait}`);
      assert.equal((await send(maximum + 1, type, '203.0.113.8')).status, 200);
    }
    await node.close();
  });
});
