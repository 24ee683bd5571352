import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findRoot } from '../../server/src/root.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { manage } from '../support/management.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { startServer, type TestServer } from '../support/server.ts';

const wechat = ['--set', 'appId=wx-test', '--set', 'appSecret=test'];

describe('Sign-in settings on the command line', () => {
  let server: TestServer;
  let dataFolder: string;
  let registry: Registry;
  let aldaba: CommandLine;
  const settings = () => server.app.signInExperiences.get(server.tenant);

  before(async () => {
    server = await startServer();
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-cli-'));
    registry = await startRegistry(join(dataFolder, 'registry'));
    aldaba = commandLine(server, {
      dataFolder: join(dataFolder, 'data'),
      environment: { ...registry.environment, OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' },
    });
  });
  after(async () => {
    registry.close();
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('rejects sign-up through connectors only while no connector is on the sign-in page', async () => {
    const before = await settings();
    const refused = await aldaba('sign-up', 'none');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /No connector is enabled.*connector add/);
    await aldaba('connector', 'add', 'wechat-native', ...wechat);
    assert.equal(
      (await aldaba('sign-up', 'none')).code,
      1,
      'a connector that is configured and not shown is no way in',
    );
    assert.deepEqual((await settings()).signIn, before.signIn);
  });

  it('allows sign-up through connectors only with one connector, which then cannot be hidden or removed', async () => {
    assert.equal((await aldaba('connector', 'set', 'wechat-native', '--enable')).code, 0);
    assert.equal((await aldaba('sign-up', 'none')).code, 0);
    for (const args of [
      ['connector', 'set', 'wechat-native', '--disable'],
      ['connector', 'remove', 'wechat-native'],
    ]) {
      const refused = await aldaba(...args);
      assert.equal(refused.code, 1, args.join(' '));
      assert.match(refused.err, /only sign-in method/);
    }
    assert.equal((await aldaba('sign-up', 'username')).code, 0);
    assert.equal((await aldaba('connector', 'remove', 'wechat-native')).code, 0);
  });

  it('rejects fields that a connector does not have, and lists missing ones', async () => {
    const unknown = await aldaba('connector', 'add', 'wechat-native', ...wechat, '--set', 'foo=bar');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /wechat-native has no field foo\. Its fields: appId, appSecret, universalLinks/);
    const missing = await aldaba('connector', 'add', 'wechat-native');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /^appId is missing\.\nappSecret is missing\.$/m);
    assert.doesNotMatch(missing.err, /[{}]|Invalid input/);
    const help = await aldaba('connector', 'add', 'wechat-native', '--help');
    assert.match(help.out, /universalLinks +no +text +The Universal Link/);
  });

  it('sets a field below a member, beside what the member has', async () => {
    const kind = 'google-universal';
    const client = ['--set', 'clientId=a', '--set', 'clientSecret=b'];
    const added = await aldaba('connector', 'add', kind, ...client, '--set', 'oneTap.isEnabled=true');
    assert.equal(added.code, 0, added.err);
    assert.equal((await aldaba('connector', 'set', kind, '--set', 'oneTap.autoSelect=true')).code, 0);
    const { body: rows } = await (await manage(server)).get('/api/connectors');
    const row = rows.find(({ connectorId }: { connectorId: string }) => connectorId === kind);
    assert.deepEqual(row?.config.oneTap, { isEnabled: true, autoSelect: true });
    const unknown = await aldaba('connector', 'set', kind, '--set', 'oneTap.color=red');
    assert.equal(unknown.code, 2, unknown.out);
    assert.equal((await aldaba('connector', 'remove', kind)).code, 0);
  });

  it('rejects sign-up by email or phone without a connector or an inbox for the code', async () => {
    await aldaba('inbox', 'off');
    const email = await aldaba('sign-up', 'email');
    assert.equal(email.code, 1);
    assert.match(email.err, /No email connector is configured.*connector add simple-mail-transfer-protocol --help/);
    assert.match((await aldaba('sign-up', 'phone')).err, /No SMS connector is configured/);
    const unknown = await aldaba('sign-up', 'fax');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /must be one of username, email, phone, none/);
  });

  it('installs a published package into the connectors folder, without changing Aldaba’s own package.json', async () => {
    const root = findRoot(process.env);
    const before = await readFile(join(root, 'package.json'), 'utf8');
    const installed = await aldaba('connector', 'install', '@logto/connector-saml');
    assert.equal(installed.code, 0, installed.err);
    assert.match(installed.out, /Installed @logto\/connector-saml \d\S+: connector add saml --help/);
    assert.equal(await readFile(join(root, 'package.json'), 'utf8'), before);
    const folder = join(dataFolder, 'data/connectors');
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    assert.match(dependencies['@logto/connector-saml'], /^\d/, 'the version is not pinned');
    assert.ok((await readdir(join(folder, 'node_modules/@logto'))).includes('connector-saml'));
    for (const name of ['../evil', '--global', 'git+ssh://host/x', 'https://host/x.tgz'])
      assert.equal((await aldaba('connector', 'install', '--', name)).code, 2, name);
    const missing = await aldaba('connector', 'install', '@logto/connector-nothing');
    assert.equal(missing.code, 1);
    assert.match(missing.err, /The installation with npm failed/);
    const other = await aldaba('connector', 'install', 'left-alone');
    assert.equal(other.code, 1);
    assert.match(other.out, /left-alone cannot be loaded: only @logto\/connector-\* packages are loaded/);
  });

  it('shows the fields of a mail connector, and accepts values of every type from a JSON file', async () => {
    const kind = 'simple-mail-transfer-protocol';
    const help = await aldaba('connector', 'add', kind, '--help');
    assert.match(help.out, /^port +(yes|no)? +number/m);
    const config = {
      host: 'mail.example.com',
      port: 465,
      secure: true,
      auth: { type: 'login', user: 'me', pass: 'hunter2' },
      fromEmail: 'id@example.com',
      templates: ['SignIn', 'Register', 'ForgotPassword', 'Generic'].map((usageType) => ({
        usageType,
        contentType: 'text/plain',
        subject: 'Code',
        content: '{{code}}',
      })),
    };
    const file = join(dataFolder, 'smtp.json');
    await writeFile(file, JSON.stringify({ ...config, prot: 1 }));
    const typo = await aldaba('connector', 'add', kind, '--config', file);
    assert.equal(typo.code, 2);
    assert.match(typo.err, /has no field prot\./);
    await writeFile(file, JSON.stringify(config));
    const added = await aldaba('connector', 'add', kind, '--config', file);
    assert.equal(added.code, 0, added.err);
    assert.doesNotMatch(added.out + added.err, /hunter2/);
    const auth = { type: 'login', user: 'me', pass: 'a=b=c' };
    const set = ['--set', 'port=587', '--set', 'secure=false', '--set', `auth=${JSON.stringify(auth)}`];
    const changed = await aldaba('connector', 'set', kind, ...set, '--set', 'replyTo=Us = <us@example.com>');
    assert.equal(changed.code, 0, changed.err);
    const { body: rows } = await (await manage(server)).get('/api/connectors');
    const row = rows.find(({ connectorId }: { connectorId: string }) => connectorId === kind);
    const { port, secure, auth: stored, replyTo } = row?.config ?? {};
    assert.deepEqual([port, secure, stored, replyTo], [587, false, auth, 'Us = <us@example.com>']);
    for (const [pair, refusal] of [
      ['port=many', '--set port must be a number'],
      ['port=', '--set port must be a number'],
      ['secure=maybe', '--set secure must be true or false'],
      ['auth={user}', '--set auth must be JSON'],
      ['=587', '--set =587 must be name=value'],
    ]) {
      const refused = await aldaba('connector', 'set', kind, '--set', `${pair}`);
      assert.deepEqual([refused.code, refused.err.includes(`${refusal}`)], [2, true], refused.err);
    }
  });

  it('reports a failed test message with its own message and code, and logs the provider’s', async () => {
    const kind = 'simple-mail-transfer-protocol';
    const rude = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('554 5.7.1 rejected by mx7.internal.example, ticket 0xBEEF\r\n');
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = rude.address() as AddressInfo;
      const at = ['--set', 'host=127.0.0.1', '--set', `port=${port}`, '--set', 'secure=false'];
      assert.equal((await aldaba('connector', 'set', kind, ...at)).code, 0);
      const test = ['connector', 'test', kind, '--to', 'ana@example.com'];
      const refused = await aldaba(...test);
      assert.equal(refused.code, 1);
      assert.equal(refused.out, '');
      assert.equal(
        refused.err,
        'The provider did not accept the message. Use LOG_LEVEL=info to log its response. (connector.general)\n',
      );
      const forPrograms = await aldaba(...test, '--json');
      assert.deepEqual(JSON.parse(forPrograms.out), { code: 'connector.general', message: refused.err.trimEnd() });
      const logging = commandLine(server, {
        dataFolder: join(dataFolder, 'data'),
        environment: { ...registry.environment, OUTBOUND_ALLOWED_HOSTS: '127.0.0.1', LOG_LEVEL: 'info' },
      });
      const logged = await logging(...test);
      assert.equal(logged.out, '', 'the log does not mix with the answer');
      assert.match(logged.err, /554 5\.7\.1 rejected/);
    } finally {
      await new Promise((resolve) => rude.close(resolve));
    }
  });

  it('allows sign-up by email once an email connector exists, and then rejects removing the last one', async () => {
    assert.equal((await aldaba('sign-up', 'email', '--no-password')).code, 0);
    const { signUp, signIn } = await settings();
    assert.deepEqual(signUp.identifiers, ['email']);
    assert.deepEqual(signIn.methods, [
      { identifier: 'email', password: false, verificationCode: true, isPasswordPrimary: false },
    ]);
    const refused = await aldaba('connector', 'remove', 'simple-mail-transfer-protocol');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /only sign-in method/);
    assert.equal((await aldaba('sign-up', 'username')).code, 0);
  });

  it('chooses second factors, and shows them', async () => {
    assert.match((await aldaba('mfa')).out, /Second factors are off/);
    const chosen = await aldaba('mfa', 'required', '--factor', 'totp', '--factor', 'backup-code');
    assert.match(chosen.out, /Second factor +required\nFactors +totp, backup-code/);
    assert.deepEqual((await settings()).mfa.factors, ['Totp', 'BackupCode']);
    const alone = await aldaba('mfa', 'required', '--factor', 'backup-code');
    assert.equal(alone.code, 1);
    assert.match(alone.err, /backup codes?/i);
    assert.equal((await aldaba('mfa', 'off')).code, 0);
    assert.deepEqual((await settings()).mfa.factors, []);
  });

  it('changes the named branding options and keeps the rest, and names a rejected option', async () => {
    const args = ['--primary-color', '#0d9488', '--logo', 'https://example.com/logo.svg', '--dark-mode', 'on'];
    assert.match(
      (await aldaba('branding', ...args)).out,
      /Color +#0d9488[\s\S]*Dark mode +on[\s\S]*Logo +https:\/\/example\.com/,
    );
    assert.equal((await aldaba('branding', '--terms', 'https://example.com/terms')).code, 0);
    const { color, branding, termsOfUseUrl } = await settings();
    assert.deepEqual(
      [color.primaryColor, branding.logoUrl, termsOfUseUrl],
      ['#0d9488', 'https://example.com/logo.svg', 'https://example.com/terms'],
    );
    const refused = await aldaba('branding', '--primary-color', 'teal', '--logo', 'logo.svg');
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^--primary-color/m);
    assert.match(refused.err, /^--logo/m);
  });
});

describe('Doctor command', () => {
  let server: TestServer;
  let dataFolder: string;
  before(async () => {
    server = await startServer();
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-doctor-'));
  });
  after(async () => {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('finds no problem in a running server', async () => {
    const { code, out, err } = await commandLine(server, { dataFolder })('doctor');
    assert.equal(code, 0, out + err);
    for (const about of ['Proxy', 'Database', 'Clock', 'Schema', 'Secret', 'Endpoint'])
      assert.match(out, new RegExp(`^✔ ${about} `, 'm'));
    assert.match(out, /^! Email .*connector add simple-mail-transfer-protocol --help/m);
  });

  it('reports problems of the address, the proxy, the secret and the connections', async () => {
    const broken = commandLine(server, {
      dataFolder,
      environment: {
        ENDPOINT: 'https://127.0.0.1:9',
        ALDABA_SECRET: 'another secret that is long enough',
        DATABASE_POOL_SIZE: '200',
      },
    });
    const { code, out, err } = await broken('doctor');
    assert.equal(code, 1);
    assert.equal(err, '');
    assert.match(out, /^! Proxy .*TRUSTED_PROXIES is empty/m);
    assert.match(out, /^✖ Database .*max_connections is \d+ and DATABASE_POOL_SIZE 200/m);
    assert.match(out, /^✖ Secret .*ALDABA_SECRET/m);
    assert.match(out, /^✖ Endpoint .*does not answer \(ECONNREFUSED\)/m);
  });

  it('detects an address that leads to another database', async () => {
    // A database that starts empty, so that its keys are its own.
    const other = await startServer({ prepare: async () => undefined });
    try {
      const { code, out } = await commandLine(server, { dataFolder, environment: { ENDPOINT: other.url } })('doctor');
      assert.equal(code, 1);
      assert.match(out, /^✖ Endpoint .*served from another database/m);
    } finally {
      await other.close();
    }
  });

  it('reports that the database does not respond, and still checks the rest', async () => {
    const environment = { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:9/x' };
    const { code, out } = await commandLine(server, { dataFolder, environment })('doctor');
    assert.equal(code, 1);
    assert.match(out, /^✖ Database .*does not answer at 127\.0\.0\.1:9/m);
    assert.match(out, /^✔ Endpoint /m);
    assert.doesNotMatch(out, /hunter2/);
  });
});
