import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createLog } from '../../server/src/kernel/log.ts';
import { type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';

/** How a provider of the tenant behaves. */
type Mood = 'slow' | 'down' | 'failing' | 'garbled' | 'endless';
const moods: Mood[] = ['slow', 'down', 'failing', 'garbled', 'endless'];

/** A provider of social accounts, email, text messages and lists of passwords that has a bad day. */
async function startBadProvider() {
  const state = { mood: 'failing' as Mood, asked: 0, left: 0 };
  const waiting = new Set<ServerResponse>();
  const server: Server = createServer((request, response) => {
    request.resume();
    state.asked += 1;
    response.on('close', () => {
      waiting.delete(response);
      state.left += 1;
    });
    if (state.mood === 'down') request.socket.destroy();
    else if (state.mood === 'failing') response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
    else if (state.mood === 'garbled') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u0000{"');
    else if (state.mood === 'endless') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('error', () => undefined);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    } else waiting.add(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    /** Ends what is waiting, as a provider does that gives up. */
    giveUp() {
      for (const response of waiting) response.destroy();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('A provider that is slow, down or answers garbage costs only its own way to sign in', () => {
  let provider: Awaited<ReturnType<typeof startBadProvider>>;
  let server: TestServer;
  let api: Manager;
  let social = '';
  before(async () => {
    provider = await startBadProvider();
    server = await startServer({
      world: { log: createLog('silent') },
      environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1', BREACHED_PASSWORDS_URL: `${provider.url}/range` },
    });
    api = await manage(server);
    await api.patch('/api/configs/inbox', { enabled: false });
    const { url } = provider;
    const addresses = { authorizationEndpoint: `${url}/authorize`, tokenEndpoint: `${url}/token` };
    const drafts = [
      {
        ...{ connectorId: 'oauth2', metadata: { target: 'acme', name: { en: 'Acme' } } },
        config: { clientId: 'c', clientSecret: 'client-secret', ...addresses, userInfoEndpoint: `${url}/me` },
      },
      { connectorId: 'http-email', config: { endpoint: url, authorization: 'Bearer mail-secret' } },
      { connectorId: 'http-sms', config: { endpoint: url, authorization: 'Bearer text-secret' } },
    ];
    for (const draft of drafts) {
      const { status, body } = await api.post('/api/connectors', draft);
      assert.equal(status, 200, JSON.stringify(body));
      if (draft.connectorId === 'oauth2') social = body.id;
    }
    const ways = { password: true, verificationCode: true, isPasswordPrimary: true };
    const settings = await api.patch('/api/sign-in-exp', {
      socialSignInConnectorTargets: ['acme'],
      signIn: {
        methods: ['username', 'email', 'phone'].map((identifier) => ({
          ...{ identifier, ...ways },
          verificationCode: identifier !== 'username',
        })),
      },
    });
    assert.equal(settings.status, 200, JSON.stringify(settings.body));
    const addressed = { primaryEmail: 'ada@example.com', primaryPhone: '34600000001' };
    await api.post('/api/users', { username: 'ada', password, ...addressed });
  });
  beforeEach(() => Object.assign(provider.state, { asked: 0, left: 0 }));
  after(async () => {
    await server?.close();
    await provider?.close();
  });

  const signsIn = async (person: Visit) => {
    const answer = await person.post('/sign-in', { username: 'ada', password });
    assert.ok((await person.arrive(answer)).searchParams.get('code'));
  };
  /** While the way hangs, another user signs in; then the provider gives up. */
  const costsOnlyItself = async (way: Promise<Response>): Promise<Response> => {
    let isDone = false;
    const done = way.finally(() => {
      isDone = true;
    });
    while (provider.state.asked === 0 && !isDone) await setImmediate();
    if (!isDone && provider.state.mood === 'slow') {
      await signsIn(await visit(server));
      provider.giveUp();
    }
    return done;
  };

  for (const mood of moods) {
    it(`signs in with the password after a social sign-in failed, says which provider it was: ${mood}`, async () => {
      provider.state.mood = mood;
      const person = await visit(server);
      const begun = await person.post(`/sign-in/social/${social}`, {});
      const page = new URL(begun.headers.get('location') ?? '');
      const state = page.searchParams.get('state') ?? '';
      const back = `/callback/${social}?${new URLSearchParams({ code: 'a code', state })}`;
      let answer = await costsOnlyItself(person.get(back));
      for (
        let next = answer.headers.get('location');
        next?.includes('/callback');
        next = answer.headers.get('location')
      )
        answer = await costsOnlyItself(person.get(next.replace(server.url, '')));
      assert.match(await answer.clone().text(), /<input[^>]* name="username"/, 'the form with the other methods');
      const shown = await shownError(answer);
      assert.match(shown.code ?? '', /^connector\./);
      assert.match(shown.message, /Acme/);
      assert.ok(!shown.message.includes('client-secret'));
      await signsIn(person);
    });

    for (const [kind, address] of [
      ['email', 'ada@example.com'],
      ['text message', '34600000001'],
    ] as const)
      it(`signs in with the password after a code could not be sent by ${kind}: ${mood}`, async () => {
        provider.state.mood = mood;
        const person = await visit(server);
        const sent = await person.post('/sign-in/code', { username: address });
        assert.ok(sent.status < 500, `${sent.status}`);
        while (provider.state.asked === 0) await setImmediate();
        const html = await sent.text();
        for (const secret of ['mail-secret', 'text-secret']) assert.ok(!html.includes(secret));
        await signsIn(person);
        provider.giveUp();
      });
  }
});
