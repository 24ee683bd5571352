import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readTaggedTests, ruleIds, withTests } from '../scripts/generate-security-model.mjs';
import { findRoot } from '../server/src/root.ts';
import { startServer, type TestServer } from './support/server.ts';

// Promises of docs/security-model.md that belong to no single feature.

const read = (path: string) => readFileSync(join(findRoot(process.env), path), 'utf8');

/** The sources of the server and its connectors, without tests and what only they use. */
async function productFiles(): Promise<string[]> {
  const { isTest, listFiles } = (await import('../scripts/files.mjs')) as {
    isTest: (path: string) => boolean;
    listFiles: (folder: string) => string[];
  };
  const files = ['server/src', 'connectors'].flatMap((folder) => listFiles(folder));
  return files.filter((path) => /\.tsx?$/.test(path) && !isTest(path) && !path.includes('/sandbox/phone/'));
}

describe('Security model', () => {
  it('has at least one tagged test for every rule, and a rule for every tag', async () => {
    const page = read('docs/security-model.md');
    const tests = readTaggedTests();
    const rules = page.match(/^\*\*Rule\*\*:/gm) ?? [];
    assert.ok(rules.length > 50);
    assert.equal(ruleIds(page).length, rules.length);
    assert.deepEqual(new Set(tests.flatMap((test) => test.rules)), new Set(ruleIds(page)));
    assert.deepEqual(withTests(page, tests), { text: page, problems: [] });
  });
});

describe('Links', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  /** `fetch` sets the Host header itself, so the request is made by hand. */
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; location: string; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const outgoing = request({ hostname, port, path, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode, location: answer.headers.location ?? '', text }));
      });
      outgoing.on('error', reject).end();
    });

  const lies = {
    host: 'evil.test',
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'gopher',
    'x-forwarded-for': '203.0.113.9',
    forwarded: 'host=evil.test;proto=gopher',
  };

  // security: forged-host
  it('builds links from the configured endpoint, whatever the headers of a request contain', async () => {
    const discovery = await ask('/oidc/.well-known/openid-configuration', lies);
    assert.equal(JSON.parse(discovery.text).issuer, `${server.url}/oidc`);
    const query = new URLSearchParams({
      client_id: 'demo-app',
      redirect_uri: `${server.url}/demo-app`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const authorization = await ask(`/oidc/auth?${query}`, lies);
    assert.equal(authorization.status, 303);
    const page = await ask('/demo-app', lies);
    for (const { text, location } of [discovery, authorization, page]) {
      assert.doesNotMatch(text + location, /evil\.test|gopher|203\.0\.113\.9/);
    }
  });
});

describe('User passwords', () => {
  // security: wrong-passwords
  it('checks user passwords only behind the limit on attempts, and in the API of operators who may set them', async () => {
    assert.deepEqual(
      (await productFiles()).filter((path) => /passwords\.verify\(/.test(read(path))),
      ['server/src/features/people/users/service.ts', 'server/src/sign-in/factors/password/index.ts'],
    );
    const callers = (await productFiles()).filter((path) => /\bverifyPassword\(/.test(read(path)));
    assert.deepEqual(callers, ['server/src/features/people/users/routes.ts']);
  });
});

/**
 * The values that a source imports from Node's network modules; `*` for a module as a whole. Types open no connection.
 */
function networkImports(source: string): string[] {
  const modules =
    'node:(?:http2?|https|net|tls|dgram|dns(?:/promises)?)|http2?|https|net|tls|dgram|dns(?:/promises)?|undici|nodemailer';
  const statements = source.matchAll(
    new RegExp(`(import|export)\\s+(type\\s)?([^;'"]*?)\\s*from\\s*['"](?:${modules})['"]`, 'g'),
  );
  const named = [...statements].flatMap(([, keyword, isType, clause = '']) => {
    if (isType) return [];
    const list = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
    if (keyword === 'export' || list === undefined) return ['*'];
    const names = list.split(',').map((name) => name.trim().replace(/ as .*/, ''));
    return names.filter((name) => name !== '' && !name.startsWith('type '));
  });
  const whole = new RegExp(
    `(?:import|require|getBuiltinModule)\\(\\s*['"](?:${modules})['"]|import\\s+['"](?:${modules})['"]`,
  );
  return [...named, ...(whole.test(source) ? ['*'] : [])].sort();
}

describe('Outgoing connections', () => {
  // security: outgoing-requests
  it('opens outgoing connections only in the one client for HTTP and the one for TCP', async () => {
    // The global itself, called or handed on; not a type, nor a client that was handed over under the same name.
    const globals =
      /(?<!typeof )globalThis\.fetch|(?:await|return|=>|[=(?|&:])\s*fetch\(|(?:\?\?|\|\||[=:])\s*fetch\b\s*[,;)}]|new (?:XMLHttpRequest|WebSocket|EventSource)\b/;
    const product = await productFiles();
    assert.ok(product.length > 300);
    const found = product.flatMap((path) => {
      const source = read(path);
      const names = [...networkImports(source), ...(globals.test(source) ? ['fetch'] : [])];
      return names.length === 0 ? [] : [[path, names.join(' ')]];
    });
    assert.deepEqual(Object.fromEntries(found), {
      'server/src/http/connections.ts': 'STATUS_CODES',
      'server/src/kernel/addresses.ts': 'BlockList isIP isIPv4',
      // The clients.
      'server/src/kernel/outbound.ts': 'Agent Agent isIP lookup request request',
      'server/src/kernel/outbound-socket.ts': 'connect',
      // Asks the name servers of the system, for the proof of a domain.
      'server/src/kernel/dns.ts': 'Resolver',
      // Speaks SMTP over the connection that the client opens.
      'connectors/kit/smtp.ts': '* isIP',
      // Speaks TLS over the connection that the client opens.
      'server/src/services/ldap/socket.ts': 'connect',
      // Listens for a moment, to see whether the port is free.
      'server/src/main.ts': 'createServer',
    });
  });

  // security: outgoing-requests
  it('detects an import of a connection module in every form', () => {
    const sources = {
      "import { isIP, connect } from 'node:net';": ['connect', 'isIP'],
      "import {\n  type Agent,\n  request as ask,\n} from 'node:https';": ['request'],
      "import type { Socket } from 'node:net';": [],
      "import net from 'net';": ['*'],
      "import * as dns from 'node:dns/promises';": ['*'],
      "const { request } = await import('undici');": ['*'],
      "export { connect } from 'node:tls';": ['*'],
      "const tls = require('node:tls');": ['*'],
    };
    for (const [source, names] of Object.entries(sources)) assert.deepEqual(networkImports(source), names, source);
  });
});

describe('Log', () => {
  // security: leaked-secrets
  it('masks secrets and tokens, and forges no line from a line break in a value', () => {
    const module = pathToFileURL(join(findRoot(process.env), 'server/src/kernel/log.ts')).href;
    const fields = {
      password: 'tulips',
      request: { authorization: 'Bearer tulips', query: { code: 'tulips', state: 'kept' } },
      connector: { config: { appSecret: 'tulips' } },
      username: 'ana"}\n{"level":50,"msg":"forged"}',
    };
    const program = `import { createLog } from ${JSON.stringify(module)}; createLog('info').info(${JSON.stringify(fields)}, 'a sign-in');`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 1);
    assert.doesNotMatch(stdout, /tulips/);
    const line = JSON.parse(lines[0] ?? '');
    assert.equal(line.request.query.state, 'kept');
    assert.equal(line.username, fields.username);
  });
});
