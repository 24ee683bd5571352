import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { builtInConnectors } from '@aldaba/connectors';
import { type Connector, ConnectorError, connectorErrorCodes, noSession, type World } from '@aldaba/connectors/kit';
import { errorCatalog } from '@aldaba/contract';
import { type Mailbox, openMailbox } from '../../../../../test/support/mailbox.ts';
import { loadConnectorPackages } from './packages.ts';

const require = createRequire(import.meta.url);
const published = ['@logto/connector-wechat-native', '@logto/connector-github', '@logto/connector-smtp'];
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A world whose fetch must not be used: packages use their own HTTP client. */
const world: World = { fetch: async () => assert.fail('a package cannot use this'), now: () => 0, log: silent };

const packageRoot = async (name: string): Promise<string> => {
  const entry = await realpath(require.resolve(name));
  return entry.slice(0, entry.lastIndexOf(`${sep}lib${sep}`));
};

const load = async (folder: string, takenIds: string[] = []) => {
  const lines: string[] = [];
  const log = { ...silent, warn: (_: object, message: string) => lines.push(message) };
  return { connectors: await loadConnectorPackages({ folder, takenIds, log }), lines };
};

const find = (connectors: Connector[], id: string): Connector =>
  connectors.find(({ metadata }) => metadata.id === id) ?? assert.fail(`${id} was not loaded`);

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aldaba-connectors-'));
  // Files next to the packages that path traversal could load or show.
  await writeFile(join(folder, 'outside.js'), packageSource(''));
  await writeFile(join(folder, 'outside.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'outside.md'), 'The words of a file outside');
});
after(() => rm(folder, { recursive: true }));

/** Creates a small package in its own folder and returns the parent folder. */
const writePackage = async (name: string, code: string, manifest: object = {}): Promise<string> => {
  const holder = await mkdtemp(join(folder, 'written-'));
  const root = join(holder, name);
  await mkdir(root);
  const dependencies = { '@logto/connector-kit': '^5.1.0' };
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: './index.js', dependencies, ...manifest }),
  );
  await writeFile(join(root, 'index.js'), code);
  await writeFile(join(root, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(root, 'guide.md'), '# Guide');
  return holder;
};

/** The source of a package; `body` contains the methods of its connector. */
const packageSource = (body: string, metadata: object = {}): string => {
  const full = {
    id: 'sample',
    target: 'sample',
    platform: 'Web',
    name: { en: 'Sample' },
    description: { en: 'A sample.' },
    logo: './logo.svg',
    logoDark: null,
    readme: './guide.md',
    formItems: [],
    ...metadata,
  };
  return `
    class ConnectorError extends Error {
      constructor(code, data) { super('ConnectorError: ' + code); this.code = code; this.data = data; }
    }
    export default async ({ getConfig }) => ({
      type: 'Social',
      metadata: ${JSON.stringify(full)},
      configGuard: { safeParse: (value) => value?.clientSecret
        ? { success: true, data: value }
        : { success: false, error: { issues: [{ path: ['clientSecret'], message: 'Required', received: value }] } } },
      ${body}
    });`;
};

describe('Published connector packages', () => {
  let connectors: Connector[];
  before(async () => {
    const installed = join(folder, 'installed');
    await mkdir(join(installed, 'node_modules', '@logto'), { recursive: true });
    for (const name of published) {
      await symlink(await packageRoot(name), join(installed, 'node_modules', name));
    }
    connectors = (await load(installed)).connectors;
  });

  it('loads packages as npm installs them, with logo and guide read from their files', () => {
    assert.deepEqual(connectors.map(({ metadata }) => [metadata.id, metadata.type, metadata.platform]).sort(), [
      ['github-universal', 'Social', 'Universal'],
      ['simple-mail-transfer-protocol', 'Email', null],
      ['wechat-native', 'Social', 'Native'],
    ]);
    for (const { metadata } of connectors) {
      assert.match(metadata.logo, /^data:image\/svg\+xml;base64,/);
      assert.ok('text' in metadata.guide && metadata.guide.text.en.includes('\n#'), 'the README is the guide');
    }
    assert.match(find(connectors, 'github-universal').metadata.logoDark ?? '', /^data:image/);
  });

  it('loads packages that are each unpacked into their own folder', async () => {
    const unpacked = join(folder, 'unpacked');
    await mkdir(unpacked);
    await symlink(await packageRoot('@logto/connector-github'), join(unpacked, 'logto-connector-github'));
    const result = await load(unpacked);
    assert.deepEqual(
      result.connectors.map(({ metadata }) => metadata.id),
      ['github-universal'],
    );
  });

  it('loads only the installed packages that the folder’s package.json names, not their dependencies', async () => {
    const chosen = join(folder, 'chosen');
    await mkdir(join(chosen, 'node_modules', '@logto'), { recursive: true });
    for (const name of published) await symlink(await packageRoot(name), join(chosen, 'node_modules', name));
    const dependencies = { '@logto/connector-github': '1.7.5' };
    await writeFile(join(chosen, 'package.json'), JSON.stringify({ name: 'aldaba-connectors', dependencies }));
    const result = await load(chosen);
    assert.deepEqual(
      result.connectors.map(({ metadata }) => metadata.id),
      ['github-universal'],
    );
    assert.deepEqual(result.lines, []);
  });

  it('rejects an incomplete package configuration and names the missing field', () => {
    const github = find(connectors, 'github-universal');
    const check = github.checkConfig({ clientId: 'id' });
    assert.ok(!check.success);
    assert.deepEqual(
      check.problems.map(({ path }) => path),
      ['clientSecret'],
    );
    assert.throws(() => github.create({ clientId: 'id' }, world), { code: 'invalid_config' });
  });

  it('returns the package’s authorization URL', async () => {
    const github = find(connectors, 'github-universal').create(
      { clientId: 'the-client', clientSecret: 'hush-hush' },
      world,
    );
    const request = { state: 's', redirectUri: 'https://id.example.com/callback/a', connectorId: 'a', jti: 'j' };
    const address = new URL(await github.getAuthorizationUri(request, { session: noSession }));
    assert.equal(address.origin + address.pathname, 'https://github.com/login/oauth/authorize');
    assert.equal(address.searchParams.get('client_id'), 'the-client');
    assert.equal(address.searchParams.get('state'), 's');
    assert.equal(address.searchParams.get('redirect_uri'), request.redirectUri);
  });

  it('maps package errors to the codes of our kit, although their class differs', async () => {
    const github = find(connectors, 'github-universal').create({ clientId: 'id', clientSecret: 'hush-hush' }, world);
    await assert.rejects(
      github.getUserInfo(
        { error: 'access_denied', error_description: 'no', error_uri: 'https://x.example' },
        { session: noSession },
      ),
      (error) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.code, 'authorization_failed');
        return true;
      },
    );
    assert.equal(github.offers('sendMessage'), false);
    await assert.rejects(github.sendMessage({ to: 'a', type: 'Generic', payload: {} }, {}), {
      code: 'not_implemented',
    });
  });

  it('sends mail over SMTP through a package', async () => {
    const mailbox = await openMailbox();
    try {
      const smtp = find(connectors, 'simple-mail-transfer-protocol').create(smtpConfig(mailbox), world);
      await smtp.sendMessage({ to: 'ana@example.com', type: 'SignIn', payload: { code: '314159' } }, {});
      assert.match(mailbox.received(), /RCPT TO:<ana@example\.com>/);
      assert.match(mailbox.received(), /Your code is 314159/);
    } finally {
      await mailbox.close();
    }
  });

  it('reports an unreachable mail server without the password', async () => {
    const mailbox = await openMailbox();
    await mailbox.close();
    const smtp = find(connectors, 'simple-mail-transfer-protocol').create(smtpConfig(mailbox), world);
    await assert.rejects(
      smtp.sendMessage({ to: 'ana@example.com', type: 'SignIn', payload: { code: '1' } }, {}),
      (error) => {
        assert.ok(error instanceof ConnectorError);
        assert.equal(error.code, 'general');
        assert.ok(!JSON.stringify([error.message, error.data]).includes('hush-hush'));
        return true;
      },
    );
  });

  it('gives the published WeChat (Native) package the same id, target, platform, form and URL as ours', async () => {
    const theirs = find(connectors, 'wechat-native');
    const ours = find([...builtInConnectors], 'wechat-native');
    for (const key of ['id', 'target', 'type', 'platform'] as const)
      assert.equal(ours.metadata[key], theirs.metadata[key]);
    const form = ({ metadata }: Connector) =>
      metadata.formItems.map(({ key, type, required }) => ({ key, type, required }));
    assert.deepEqual(form(ours), form(theirs));

    const request = { redirectUri: 'https://id.example.com/callback/a', connectorId: 'a', jti: 'j' };
    const app = { appId: 'wx 1&é', appSecret: 'hush-hush' };
    for (const extra of [{}, { universalLinks: '' }, { universalLinks: 'https://example.com/a b/?c=d&e' }]) {
      for (const state of ['plain', 's p+a&c=e/?#%', '微信']) {
        const [one, two] = await Promise.all(
          [ours, theirs].map((connector) =>
            connector
              .create({ ...app, ...extra }, world)
              .getAuthorizationUri({ ...request, state }, { session: noSession }),
          ),
        );
        assert.equal(one, two);
      }
    }
    for (const config of [{}, { appId: 'wx1' }, { ...app, universalLinks: null }, { ...app, appSecret: 1 }, null]) {
      assert.equal(ours.checkConfig(config).success, theirs.checkConfig(config).success);
    }
    for (const data of [{}, { a: 1 }, { code: 7 }]) {
      const [one, two] = await Promise.all(
        [ours, theirs].map((connector) =>
          connector
            .create(app, world)
            .getUserInfo(data, { session: noSession })
            .catch((error: unknown) => error),
        ),
      );
      assert.ok(one instanceof ConnectorError && two instanceof ConnectorError);
      assert.deepEqual([one.code, one.data], [two.code, two.data]);
    }
  });
});

describe('Unusable connector packages', () => {
  const refused: { name: string; code: string; manifest?: object; reason: RegExp; takenIds?: string[] }[] = [
    {
      name: 'throws-at-import',
      code: `throw new Error('missing native module');`,
      reason: /threw while loading.*missing native module/,
    },
    {
      name: 'throws-in-factory',
      code: `export default async () => { throw new TypeError('no such thing'); };`,
      reason: /TypeError: no such thing/,
    },
    { name: 'throws-a-string', code: `throw 'text';`, reason: /threw while loading/ },
    { name: 'does-not-parse', code: 'export default {', reason: /SyntaxError/ },
    { name: 'has-no-factory', code: 'export default 7;', reason: /invalid_metadata/ },
    {
      name: 'has-no-guard',
      code: `export default async () => ({ type: 'Social', metadata: {} });`,
      reason: /invalid_config_guard/,
    },
    { name: 'has-bad-metadata', code: packageSource('', { target: '' }), reason: /invalid_metadata.*target/ },
    {
      name: 'has-an-unknown-type',
      code: packageSource(`type: 'Pigeon',`).replace(`type: 'Social',`, ''),
      reason: /invalid_metadata.*type/,
    },
    {
      name: 'needs-an-old-kit',
      code: packageSource(''),
      manifest: { dependencies: { '@logto/connector-kit': '^4.0.0' } },
      reason: /needs @logto\/connector-kit \^4\.0\.0/,
    },
    {
      name: 'needs-no-kit',
      code: packageSource(''),
      manifest: { dependencies: {} },
      reason: /does not depend on @logto\/connector-kit/,
    },
    { name: 'has-no-entry', code: '', manifest: { exports: './lib/index.js' }, reason: /entry file does not exist/ },
    {
      name: 'has-an-entry-elsewhere',
      code: '',
      manifest: { exports: '../../outside.js' },
      reason: /entry file does not exist/,
    },
    { name: 'has-a-logo-elsewhere', code: packageSource('', { logo: '../../outside.svg' }), reason: /logo/ },
    { name: 'has-a-broken-manifest', code: '', manifest: { name: 7 }, reason: /package\.json/ },
    { name: 'has-a-taken-id', code: packageSource(''), takenIds: ['sample'], reason: /id sample already/ },
  ];
  for (const { name, code, manifest, reason, takenIds } of refused) {
    // security: file-paths
    it(`skips an unusable package and logs a line: ${name}`, async () => {
      const { connectors, lines } = await load(await writePackage(name, code, manifest), takenIds);
      assert.deepEqual(connectors, []);
      assert.equal(lines.length, 1);
      assert.ok(lines[0]?.includes(name));
      assert.match(lines[0] ?? '', reason);
    });
  }

  // security: file-paths
  it('does not read package files outside the package folder, by path or by link', async () => {
    const byPath = await load(await writePackage('leaves-by-path', packageSource('', { readme: '../../outside.md' })));
    assert.deepEqual(find(byPath.connectors, 'sample').metadata.guide, { text: { en: '../../outside.md' } });
    const holder = await writePackage('leaves-by-link', packageSource('', { readme: './linked.md' }));
    await symlink(join(folder, 'outside.md'), join(holder, 'leaves-by-link', 'linked.md'));
    const byLink = await load(holder);
    assert.deepEqual(find(byLink.connectors, 'sample').metadata.guide, { text: { en: './linked.md' } });
  });

  it('loads other packages after a failure; of two with the same id, the first by name wins', async () => {
    const holder = await writePackage('b-works', packageSource(''));
    for (const [name, code] of [
      ['a-throws', 'throw new Error()'],
      ['c-same-id', packageSource('')],
    ] as const) {
      await cp(join(await writePackage(name, code), name), join(holder, name), { recursive: true });
    }
    await writeFile(join(holder, 'README.txt'), 'not a package');
    const { connectors, lines } = await load(holder);
    assert.deepEqual(
      connectors.map(({ metadata }) => metadata.id),
      ['sample'],
    );
    assert.deepEqual(
      lines.map((line) => /package (\S+):/.exec(line)?.[1]),
      ['a-throws', 'c-same-id'],
    );
  });

  it('loads no packages from a folder that does not exist', async () => {
    assert.deepEqual(await load(join(folder, 'nowhere')), { connectors: [], lines: [] });
  });
});

describe('Packages without a session', () => {
  const kit = `export class ConnectorError extends Error {
    constructor(code, data) { super('ConnectorError: ' + code); this.code = code; this.data = data; }
  }`;
  const methods = `getAuthorizationUri: async ({ state }, setSession) => {
    try { await setSession({ nonce: 'n' }); }
    catch (error) { if (!(error instanceof KitError && error.code === 'not_implemented')) throw error; }
    return 'https://provider.test/?state=' + state;
  },`;
  const request = { state: 's', redirectUri: 'https://app.test/', connectorId: 'c', jti: 'j' };
  const open = async (name: string, importKit: string) => {
    const holder = await writePackage(name, `${importKit}\n${packageSource(methods)}`);
    const root = join(holder, name, 'node_modules', '@logto', 'connector-kit');
    await mkdir(join(root, 'lib'), { recursive: true });
    const exports = { '.': { import: './lib/index.js' } };
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ name: '@logto/connector-kit', type: 'module', exports }),
    );
    await writeFile(join(root, 'lib', 'index.js'), kit);
    const instance = find((await load(holder)).connectors, 'sample').create({ clientSecret: 'hush' }, world);
    return instance.getAuthorizationUri(request, { session: noSession });
  };

  it('signals a missing session with the error class of the package’s own kit, and the package continues', async () => {
    const uri = await open('knows-its-kit', `import { ConnectorError as KitError } from '@logto/connector-kit';`);
    assert.equal(uri, 'https://provider.test/?state=s');
  });

  it('fails if the package does not recognize the missing session', async () => {
    await assert.rejects(open('knows-another-class', 'class KitError extends Error {}'), { code: 'not_implemented' });
  });
});

describe('Errors of packages', () => {
  const secret = 'hush&hush 41c0';
  const fail = async (body: string, session = noSession) => {
    const lines: unknown[] = [];
    const log = { ...silent, error: (fields: object, message: string) => lines.push([message, fields]) };
    const { connectors } = await load(
      await writePackage('fails', packageSource(`getUserInfo: async (data, getSession) => { ${body} },`)),
    );
    const instance = find(connectors, 'sample').create({ clientSecret: secret }, { ...world, log, timeLimit: 50 });
    const error: unknown = await instance.getUserInfo({}, { session }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error);
    const words = JSON.stringify([error.message, error.stack, error, lines]);
    assert.ok(
      !words.includes(secret) && !words.includes(encodeURIComponent(secret)),
      'the secret is in an error or a log line',
    );
    return { error, lines };
  };

  it('keeps the code and the data of a package error, without the secrets of the configuration', async () => {
    const { error } = await fail(
      `const c = await getConfig(); throw new ConnectorError('social_invalid_id_token', { was: ['x ' + c.clientSecret], n: 1 });`,
    );
    assert.deepEqual(
      [Reflect.get(error, 'code'), Reflect.get(error, 'data')],
      ['social_invalid_id_token', { was: ['x [removed]'], n: 1 }],
    );
  });

  for (const [name, body, code] of [
    ['a time-out of its HTTP client', `const e = new Error(); e.name = 'TimeoutError'; throw e;`, 'timeout'],
    ['no end at all', 'await new Promise(() => {});', 'timeout'],
    [
      'an HTTP status',
      `const c = await getConfig(); throw Object.assign(new Error('GET https://x.example/?secret=' + encodeURIComponent(c.clientSecret)), { response: { status: 503 } });`,
      'general',
    ],
    ['a refused connection', `throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });`, 'general'],
    ['an answer that does not parse', `const e = new Error('[]'); e.name = 'ZodError'; throw e;`, 'invalid_response'],
  ] as const) {
    it(`maps a package error to ${code} for ${name}`, async () => {
      assert.equal(Reflect.get((await fail(body)).error, 'code'), code);
    });
  }

  it('treats an unrecognized package error as an unknown fault and reports it to the operator', async () => {
    const { error, lines } = await fail(
      `const c = await getConfig(); throw new TypeError('x is not a function ' + c.clientSecret);`,
    );
    assert.ok(!(error instanceof ConnectorError));
    assert.equal(lines.length, 1);
  });

  // security: leaked-secrets
  it('reports neither the recipient of a message nor its code', async () => {
    const message = { to: 'ana@example.com', type: 'SignIn', payload: { code: '314159' } };
    const words = '"550 no such user " + to + ", not sent: " + payload.code';
    for (const thrown of [`new Error(${words})`, `new ConnectorError('general', { errorDescription: ${words} })`]) {
      const lines: unknown[] = [];
      const log = { ...silent, error: (fields: object, sentence: string) => lines.push([sentence, fields]) };
      const source = packageSource(`sendMessage: async ({ to, payload }) => { throw ${thrown}; },`);
      const { connectors } = await load(await writePackage('fails', source));
      const instance = find(connectors, 'sample').create({ clientSecret: secret }, { ...world, log });
      const error = await instance.sendMessage(message, {}).catch((failure: Error) => failure);
      assert.ok(error instanceof Error);
      const said = JSON.stringify([error.message, error, lines]);
      assert.equal(said.includes(message.to) || said.includes(message.payload.code), false, said);
    }
  });

  it('passes errors of the server’s own session through a package unchanged', async () => {
    const missing = new Error('no session was kept');
    const { error } = await fail('await getSession();', { ...noSession, get: () => Promise.reject(missing) });
    assert.equal(error, missing);
  });
});

it('maps every code of the kit to a status in the contract', () => {
  for (const code of connectorErrorCodes) assert.ok(Object.hasOwn(errorCatalog, `connector.${code}`), code);
});

const smtpConfig = ({ config }: Mailbox) => ({
  ...config,
  auth: { type: 'login', user: 'mailer', pass: 'hush-hush' },
  templates: ['SignIn', 'Register', 'ForgotPassword', 'Generic'].map((usageType) => ({
    usageType,
    contentType: 'text/plain',
    subject: 'Sign in',
    content: 'Your code is {{code}}',
  })),
});
