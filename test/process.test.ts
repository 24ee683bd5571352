import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@aldaba/contract/client';
import { createAgent } from './support/agent.ts';
import { authorization } from './support/authorization.ts';
import { experienceOf } from './support/experience-page.ts';
import { freePort, type Program, startProgram } from './support/programs.ts';

const source = (name: string) => join(import.meta.dirname, '../server/src', name);

describe('Server process', () => {
  let dataFolder: string;
  let port: number;
  let server: Program;
  const environment = () => ({ PORT: String(port), HOST: '127.0.0.1', ALDABA_DATA: dataFolder, LOG_LEVEL: 'debug' });
  const start = () => startProgram(process.execPath, [source('main.ts')], { environment: environment() });
  const command = async (...args: string[]) => {
    const program = startProgram(process.execPath, [source('cli.ts'), ...args], { environment: environment() });
    const code = await program.ended;
    return { code, output: program.output() };
  };
  const base = () => `http://localhost:${port}`;

  before(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-process-'));
    port = await freePort();
    server = start();
    await server.says(/Stop with Ctrl-C/);
  });
  after(async () => {
    await server.stop('SIGTERM');
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('prints its address, the demo app and a one-time link for the first administrator', async () => {
    assert.match(server.output(), new RegExp(`ready at ${base()}\n`));
    assert.match(server.output(), new RegExp(`${base()}/demo-app`));
    const link = /http:\S+\/setup\?token=\S+/.exec(server.output())?.[0];
    assert.ok(link, 'no link was printed');
    assert.equal((await fetch(link)).status, 200);
  });

  it('stores the secret that it generated where only its owner can read it', async () => {
    assert.equal((await stat(join(dataFolder, 'secret'))).mode & 0o777, 0o600);
  });

  it('reports that a port is in use, and how to choose another', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port: taken } = blocker.address() as { port: number };
    const other = await mkdtemp(join(tmpdir(), 'aldaba-taken-'));
    try {
      const second = startProgram(process.execPath, [source('main.ts')], {
        environment: { ...environment(), PORT: String(taken), ALDABA_DATA: other },
      });
      assert.equal(await second.ended, 1);
      assert.match(second.output(), new RegExp(`Port ${taken} is in use .* PORT=${taken + 1} npm start`));
    } finally {
      blocker.close();
      await rm(other, { recursive: true, force: true });
    }
  });

  it('rejects a second server on its data folder, and says what to do', async () => {
    const second = startProgram(process.execPath, [source('main.ts')], {
      environment: { ...environment(), PORT: String(await freePort()) },
    });
    assert.equal(await second.ended, 1);
    assert.match(second.output(), /Another Aldaba server \(process \d+\) uses the data folder .*ALDABA_DATA=/);
  });

  it('runs beside the command line, and applies its changes at once', async () => {
    const created = await command(
      ...[
        'app',
        'create',
        '--type',
        'Traditional',
        '--name',
        'Shop',
        '--redirect-uri',
        'https://shop.example/callback',
      ],
    );
    assert.equal(created.code, 0, created.output);
    const id = /App ID\s+(\S+)/.exec(created.output)?.[1] ?? '';
    const secret = /App secret\s+(\S+)/.exec(created.output)?.[1] ?? '';
    const answer = await fetch(`${base()}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: id,
        client_secret: secret,
        code: 'none',
        redirect_uri: 'https://shop.example/callback',
      }),
    });
    // The client is known and authenticated: what is wrong is the code.
    assert.equal(((await answer.json()) as { error: string }).error, 'invalid_grant');
  });

  it('signs with a new key after a rotation on the command line, and still publishes the old one', async () => {
    const kids = async () =>
      ((await (await fetch(`${base()}/oidc/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    const earlier = await kids();
    assert.equal((await command('keys', 'rotate', '--now')).code, 0);
    const later = await kids();
    assert.ok(
      later.some((kid) => !earlier.includes(kid)),
      'no new key is published',
    );
    assert.ok(later.includes(earlier[0] as string), 'the key of tokens in use is gone');
  });

  // security: message-codes, leaked-secrets
  it('prints no code, token, seed or password at the level debug, and the administrator’s link once', async () => {
    const machine = await command(
      ...['app', 'create', '--type', 'MachineToMachine', '--name', 'Operator', '--management-api', '--json'],
    );
    const { id, secret, resource } = JSON.parse(/^\{.*\}$/ms.exec(machine.output)?.[0] ?? '');
    const credentials = { client_id: id, client_secret: secret, resource, scope: 'all' };
    const granted = await fetch(`${base()}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...credentials }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const api = createClient({ baseUrl: base(), token: () => token });
    const manage = async (method: string, path: string, body?: object) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await api.send(method, path, body ? { body: JSON.stringify(body), headers } : {});
      assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body as { [name: string]: string };
    };
    const password = 'tulips under stone';
    const [primaryEmail, primaryPhone] = ['quiet@example.com', '34600000001'];
    const method = { password: true, verificationCode: true, isPasswordPrimary: true };
    await manage('PATCH', '/api/sign-in-exp', {
      signIn: { methods: ['email', 'phone'].map((identifier) => ({ identifier, ...method })) },
      mfa: { factors: ['Totp', 'BackupCode'], policy: 'Mandatory' },
    });
    const { id: userId } = await manage('POST', '/api/users', { primaryEmail, primaryPhone, password });
    const secrets = [secret, token, password, 'a wrong password'];
    const begin = async () => {
      const agent = createAgent();
      const request = authorization({ endpoint: base() });
      await agent.fetch(request.url);
      const page = experienceOf({ url: base() }, agent);
      await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
      return { page, agent, request };
    };
    /** The response does not wait for the message. */
    const codeTo = async (address: string) => {
      for (;;) {
        const messages = (await manage('GET', '/api/inbox/messages')) as unknown as { to: string; code: string }[];
        const found = messages.find(({ to }) => to === address);
        if (found) return found.code;
      }
    };
    const codePath = '/verification/verification-code';
    for (const identifier of [
      { type: 'email', value: primaryEmail },
      { type: 'phone', value: primaryPhone },
    ]) {
      const { page } = await begin();
      await page.call('POST', '/verification/password', { identifier, password: 'a wrong password' });
      const { verificationId } = await page.expect(200, 'POST', codePath, { identifier, interactionEvent: 'SignIn' });
      const code = await codeTo(identifier.value);
      await page.call('POST', `${codePath}/verify`, { identifier, verificationId, code: `${code}0` });
      await page.expect(200, 'POST', `${codePath}/verify`, { identifier, verificationId, code });
      await page.expect(204, 'POST', '/identification', { verificationId });
      const totp = await page.expect(200, 'POST', '/verification/totp/secret');
      secrets.push(code, `${code}0`, totp.secret ?? '', verificationId ?? '');
    }
    const { token: oneTime } = await manage('POST', '/api/one-time-tokens', { email: primaryEmail });
    const link = new URLSearchParams({ one_time_token: oneTime ?? '', login_hint: primaryEmail, app_id: 'demo-app' });
    await fetch(`${base()}/one-time-token?${link}`);
    const { page } = await begin();
    const identifier = { type: 'email', value: primaryEmail };
    await page.call('POST', '/verification/one-time-token/verify', { identifier, token: `${oneTime}x` });
    await page.expect(200, 'POST', '/verification/one-time-token/verify', { identifier, token: oneTime });
    const { secret: seed } = await manage('POST', `/api/users/${userId}/mfa-verifications`, { type: 'Totp' });
    const { value } = await manage('POST', `/api/users/${userId}/personal-access-tokens`, { name: 'mine' });
    const { subjectToken } = await manage('POST', '/api/subject-tokens', { userId });
    secrets.push(oneTime ?? '', seed ?? '', value ?? '', subjectToken ?? '');
    const printed = server.output();
    assert.equal(printed.split('/setup?token=').length - 1, 1, 'the link of the first administrator');
    for (const hidden of secrets) {
      assert.ok(hidden.length > 3, `${secrets.indexOf(hidden)} is a secret`);
      assert.ok(!new RegExp(`(?<![\\w-])${hidden}(?![\\w-])`).test(printed), `${secrets.indexOf(hidden)} was printed`);
    }
  });

  it('explains a wrong command, a missing option and a rejected value', async () => {
    const unknown = await command('app', 'destroy');
    assert.equal(unknown.code, 2);
    assert.match(unknown.output, /Unknown command "app destroy"/);
    const missing = await command('app', 'create', '--type', 'SPA');
    assert.equal(missing.code, 2);
    assert.match(missing.output, /--name is missing/);
    const refused = await command(
      'app',
      'create',
      '--type',
      'SPA',
      '--name',
      'x',
      '--redirect-uri',
      'javascript:alert(1)',
    );
    assert.equal(refused.code, 1);
    assert.match(refused.output, /redirect/i);
  });

  it('finishes a request in flight on a stop signal, then stops its database', async () => {
    const body = 'grant_type=client_credentials';
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST /oidc/token HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    // The server has read the head of the request when it asks for its body.
    await new Promise((resolve) => socket.once('data', resolve));
    const stopped = server.stop('SIGTERM');
    await server.says(/finishing requests/);
    socket.write(body);
    await closed;
    await stopped;
    assert.match(answer, /HTTP\/1\.1 40[01] [\s\S]*"error":"invalid_request"/);
    const again = await command('migrate');
    assert.equal(again.code, 0, again.output);
    assert.doesNotMatch(again.output, /already running/);
    server = start();
    await server.says(/is ready at/);
  });
});
