import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type Mailbox, openMailbox } from '../../../test/support/mailbox.ts';
import { metadataConformance } from '../../kit/conformance.ts';
import { ConnectorError, type Message, type World } from '../../kit/index.ts';
import { smtp } from './index.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const password = 'hush&<hush>/+ 41c0';
const message: Message = { to: 'ana@example.com', type: 'SignIn', payload: { code: '314159' } };

const openSocket: NonNullable<World['connect']> = ({ host, port, signal }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    signal?.addEventListener('abort', () => socket.destroy());
    socket.once('error', reject).once('connect', () => resolve(socket));
  });

const world: World = {
  fetch: async () => assert.fail('no HTTP is needed'),
  connect: openSocket,
  now: Date.now,
  log: silent,
};

const templates = ['SignIn', 'Generic'].map((usageType) => ({
  usageType,
  contentType: 'text/plain',
  subject: `Use ${usageType}`,
  content: 'Code {{code}}',
}));

const complete = {
  host: 'smtp.example.com',
  port: 587,
  auth: { type: 'login', user: 'me', pass: password },
  fromEmail: 'Example <no-reply@example.com>',
  replyTo: 'support@example.com',
  templates,
  secure: false,
  requireTLS: true,
  ignoreTLS: false,
  tls: { minVersion: 'TLSv1.2' },
  servername: 'smtp.example.com',
  name: 'id.example.com',
  localAddress: '192.0.2.1',
  connectionTimeout: 1000,
  greetingTimeout: 1000,
  socketTimeout: 1000,
  dnsTimeout: 1000,
  customHeaders: { 'X-Campaign': 'codes' },
};

describe('the connector simple-mail-transfer-protocol conforms to the kit', () => {
  const { templates: _, ...withoutTemplates } = complete;
  metadataConformance({
    connector: smtp,
    validConfig: complete,
    invalidConfigs: [
      withoutTemplates,
      { ...complete, port: 70_000 },
      { ...complete, host: 'https://smtp.example.com' },
      { ...complete, fromEmail: 'nobody' },
      { ...complete, ignoreTLS: true },
      { ...complete, logger: true },
      { ...complete, tls: { checkServerIdentity: null } },
      { ...complete, customHeaders: { 'X-A': 'b\r\nBcc: eve@example.com' } },
      { ...complete, customHeaders: { 'X A': 'b' } },
      { ...complete, auth: { type: 'oauth2', user: 'me' } },
      { ...complete, templates: templates.slice(0, 1) },
    ],
    secrets: [password],
    provider: () => ({ fetch: world.fetch, use: async () => undefined }),
    failures: [],
    readDocument: (path) => readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8'),
  });
});

/** Rejects with a ConnectorError of the code that holds neither the secrets nor the message. */
const assertFails = async (sending: Promise<unknown>, code: string, words?: RegExp): Promise<void> => {
  const error: unknown = await sending.then(
    () => assert.fail('the message was sent'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConnectorError, inspect(error));
  const shown = inspect(error, { depth: null });
  assert.equal(error.code, code, shown);
  for (const secret of [password, message.to, '314159']) assert.ok(!shown.includes(secret), shown);
  if (words) assert.match(shown, words);
};

describe('Email over SMTP', () => {
  let mailbox: Mailbox;
  before(async () => {
    mailbox = await openMailbox();
  });
  after(() => mailbox.close());

  const send = (config: object = {}, given: Partial<Message> = {}, own: Partial<World> = {}) =>
    smtp
      .create({ ...mailbox.config, templates, ...config }, { ...world, ...own })
      .sendMessage({ ...message, ...given }, {});
  const last = () => mailbox.received().split('RCPT TO:').at(-1) ?? '';

  it('sends each use with its template, or Generic, from and to the right mailboxes', async () => {
    const { fromEmail, replyTo, customHeaders } = complete;
    await send({ fromEmail, replyTo, customHeaders });
    assert.match(last(), /^<ana@example\.com>/);
    for (const line of ['From: Example <no-reply@example.com>', 'To: ana@example.com', 'Subject: Use SignIn'])
      assert.ok(last().includes(`${line}\r\n`), last());
    for (const words of [/Reply-To: support@example\.com/, /X-Campaign: codes/, /text\/plain/, /Code 314159/])
      assert.match(last(), words);
    await send({}, { type: 'BindMfa' });
    assert.match(last(), /Subject: Use Generic/);
    const link = { type: 'OrganizationInvitation', payload: { link: 'https://app.example' } };
    await assert.rejects(send({}, link), { code: 'template_not_found' });
  });

  // security: message-injection
  it('prefers the tenant’s template for the language, in HTML, with names that stay text', async () => {
    const asked: unknown[] = [];
    const findEmailTemplate: World['findEmailTemplate'] = async (...question) => {
      asked.push(question);
      return {
        subject: '{{user.name}}',
        content: '<i>{{user.name}} {{code}}</i>',
        sendFrom: '{{user.name}}',
        replyTo: 'other@example.com',
      };
    };
    const user = { name: 'Ana\r\nBcc: <eve@example.com>' };
    await send({}, { payload: { code: '314159', locale: 'es', user } }, { findEmailTemplate });
    assert.deepEqual(asked, [['SignIn', 'es']]);
    const [head = '', body = ''] = last().split('\r\n\r\n');
    assert.doesNotMatch(head, /^Bcc:/im);
    assert.match(head, /^Subject: Ana Bcc: <eve@example\.com>\r$/m);
    assert.match(head, /^From: "Ana Bcc: <eve@example\.com>" <noreply@example\.com>\r$/m);
    assert.match(head, /^Reply-To: other@example\.com\r$/m);
    assert.match(body, /Bcc: &lt;eve@example\.com&gt; 314159<\/i>/);
  });

  // security: message-injection
  it('refuses recipients that are not one address', async () => {
    for (const to of ['', 'ana', 'a@b.example\r\nRCPT TO:<c@d.example>', 'a@b.example, c@d.example', '<a@b.example>'])
      await assert.rejects(send({}, { to }), { code: 'invalid_request_parameters' }, to);
  });

  // security: message-injection
  it('repeats why the server refuses a message, without the recipient and the code', async () => {
    const strict = await openMailbox({
      onRcptTo: ({ address }, _session, done) =>
        done(Object.assign(new Error(`no user ${address} for 314159`), { responseCode: 550 })),
    });
    try {
      await assertFails(send({ port: strict.config['port'] }), 'general', /550 no user \[removed\] for \[removed\]/);
    } finally {
      await strict.close();
    }
  });
});

describe('Authentication to a mail server', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  let mailbox: Mailbox;
  before(async () => {
    mailbox = await openMailbox({
      authOptional: false,
      authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
      onAuth: ({ username, password: given, accessToken }, _session, done) =>
        username === 'me@example.com' && (given === password || accessToken === 'fresh')
          ? done(null, { user: username })
          : done(new Error(`535 wrong: ${given}`)),
    });
  });
  after(() => mailbox.close());

  const send = (auth: object, fetch = world.fetch) =>
    smtp.create({ ...mailbox.config, auth }, { ...world, fetch }).sendMessage(message, {});

  it('accepts a password, and reports a wrong one as a fault of the configuration', async () => {
    await send({ type: 'login', user: 'me@example.com', pass: password });
    await send({ user: 'me@example.com', pass: password });
    await assertFails(send({ user: 'else@example.com', pass: password }), 'invalid_config', /auth/);
  });

  it('exchanges a refresh token, or the assertion of a service account, for an access token', async () => {
    const bodies: URLSearchParams[] = [];
    const fetch: World['fetch'] = async (_, init) => {
      bodies.push(init?.body as URLSearchParams);
      return Response.json({ access_token: 'fresh' });
    };
    const client = { clientId: 'c', clientSecret: password, refreshToken: 'r', accessUrl: 'https://id.example/token' };
    await send({ type: 'OAuth2', user: 'me@example.com', ...client }, fetch);
    await send({ type: 'oauth2', user: 'me@example.com', serviceClient: 'robot', privateKey: pem }, fetch);
    await send({ type: 'oauth2', user: 'me@example.com', accessToken: 'fresh' });
    const [refresh, service] = bodies;
    assert.equal(refresh?.get('refresh_token'), 'r');
    const [header = '', payload = '', signature = ''] = (service?.get('assertion') ?? '').split('.');
    const signed = Buffer.from(`${header}.${payload}`);
    assert.ok(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url')));
    const { iss, sub, aud } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    assert.deepEqual([iss, sub, aud], ['robot', 'me@example.com', 'https://oauth2.googleapis.com/token']);
  });

  it('reports what the token endpoint answers', async () => {
    const auth = { type: 'oauth2', user: 'me@example.com', clientSecret: password, refreshToken: 'r' };
    for (const [answer, code] of [
      [() => Response.json({ error: 'invalid_grant' }, { status: 400 }), 'invalid_config'],
      [() => new Response('<html>'), 'invalid_response'],
      [() => Response.json({}), 'invalid_response'],
      [() => new Response('', { status: 503 }), 'general'],
    ] as const)
      await assertFails(
        send(auth, async () => answer()),
        code,
      );
    const key = { type: 'oauth2', user: 'me@example.com', serviceClient: 'robot', privateKey: 'no key' };
    await assertFails(send(key), 'invalid_config', /privateKey/);
  });
});

describe('Encryption to a mail server', () => {
  const own = { rejectUnauthorized: false };
  const send = (mailbox: Mailbox, config: object) =>
    smtp.create({ ...mailbox.config, ...config }, world).sendMessage(message, {});

  it('uses STARTTLS where it is offered, and refuses to go without where that is required', async () => {
    const secured: boolean[] = [];
    const onData = (stream: NodeJS.ReadableStream, session: { secure: boolean }, done: () => void) => {
      secured.push(session.secure);
      stream.resume().on('end', done);
    };
    const mailbox = await openMailbox({ disabledCommands: [], onData });
    const plain = await openMailbox();
    try {
      await send(mailbox, { tls: own });
      await send(mailbox, { tls: own, ignoreTLS: true });
      assert.deepEqual(secured, [true, false]);
      await assertFails(send(mailbox, {}), 'general');
      await assertFails(send(plain, { requireTLS: true, tls: own }), 'general');
    } finally {
      await Promise.all([mailbox.close(), plain.close()]);
    }
  });

  it('speaks TLS from the first byte where that is set, to a server whose certificate is trusted', async () => {
    const mailbox = await openMailbox({ secure: true });
    try {
      await send(mailbox, { secure: true, tls: own });
      assert.match(mailbox.received(), /RCPT TO:<ana@example\.com>/);
      await assertFails(send(mailbox, { secure: true }), 'general');
    } finally {
      await mailbox.close();
    }
  });
});

describe('A mail server that does not behave', () => {
  const sockets = new Set<Socket>();
  const serve = async (answer: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      sockets.add(
        socket
          .on('error', () => undefined)
          .on('close', () => sockets.delete(socket))
          .resume(),
      );
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  };
  const config = { ...complete, host: '127.0.0.1', requireTLS: false, localAddress: undefined, servername: undefined };

  for (const [name, answer, code] of [
    ['never greets', () => undefined, 'timeout'],
    ['greets and falls silent', (socket: Socket) => socket.write('220 hello\r\n'), 'timeout'],
    ['speaks another protocol', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'general'],
    ['hangs up', (socket: Socket) => socket.end(), 'general'],
    ['has no service', (socket: Socket) => socket.write('554 5.7.1 go away\r\n'), 'general'],
  ] as const) {
    it(`costs no more than its time, and no connection: ${name}`, async () => {
      const { server, port } = await serve(answer);
      const own = { ...config, port, greetingTimeout: 50, socketTimeout: 50 };
      await assertFails(smtp.create(own, world).sendMessage(message, {}), code);
      for (const socket of sockets) await new Promise((resolve) => socket.once('close', resolve));
      await new Promise((resolve) => server.close(resolve));
    });
  }

  it('is left when the time for a message is up, when the caller leaves, and when it cannot be reached', async () => {
    const { server, port } = await serve(() => undefined);
    const own = { ...config, port };
    await assertFails(smtp.create(own, { ...world, timeLimit: 30 }).sendMessage(message, {}), 'timeout');
    const caller = new AbortController();
    const sending = smtp.create(own, world).sendMessage(message, { signal: caller.signal });
    caller.abort(new Error('the caller left'));
    await assert.rejects(sending, caller.signal.reason);
    await new Promise((resolve) => server.close(resolve));
    await assertFails(smtp.create(own, world).sendMessage(message, {}), 'general', /could not be reached/);
  });
});
