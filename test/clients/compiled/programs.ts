import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openBrowser } from '../../support/browser.ts';
import { shownUser, startClient } from '../../support/foreign-clients.ts';
import { type Operator, operate } from '../../support/operator.ts';
import { goodPassword, signIn } from '../../support/pages.ts';
import { freePort } from '../../support/programs.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const foreign = join(import.meta.dirname, '../foreign');
const cache = join(import.meta.dirname, '../../../.cache/clients');
const person = { username: 'ana_compiled', password: goodPassword };
const email = 'ana@example.com';

/** Runs a compiler. @throws AssertionError with what it printed. */
const compile = (program: string, args: string[], folder: string, environment: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`);
};

/** Resolves when the address answers: oauth2-proxy prints nothing once it listens. */
const answers = async (address: string): Promise<void> => {
  for (;;) {
    const status = await fetch(address).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await setTimeout(50);
  }
};

describe('client programs of other vendors that have to be compiled, with their default settings', () => {
  let server: TestServer;
  let operator: Operator;
  let userId: string;

  before(async () => {
    mkdirSync(cache, { recursive: true });
    server = await startServer();
    operator = await operate(server);
    const user = await operator.call<{ id: string }>('POST', '/api/users', { ...person, primaryEmail: email });
    userId = user.id;
  });
  after(() => server?.close());

  const register = async (callback: string) => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri: `${url}${callback}` });
    return { port, issuer: `${server.url}/oidc`, clientId: id, clientSecret: secret };
  };

  it('signs in with coreos/go-oidc, which checks the access token hash and takes no algorithm but RS256', async () => {
    compile('go', ['build', '-o', join(cache, 'go-client'), '.'], join(foreign, 'go'));
    const client = await startClient(join(cache, 'go-client'), [], await register('/callback'));
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${client.url}/sign-in`);
      await signIn(visitor.page, person);
      const user = await shownUser(visitor.page, client);
      assert.equal(user['sub'], userId);
      assert.deepEqual(user['userinfo'], { sub: userId, email, email_verified: true });
    } finally {
      await visitor.close();
      await client.stop();
    }
  });

  it('signs in with the program oauth2-proxy', async () => {
    compile('go', ['install', 'github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6'], cache, { GOBIN: cache });
    const registered = await register('/oauth2/callback');
    const { port, issuer, clientId, clientSecret } = registered;
    const args = [
      '--provider=oidc',
      `--oidc-issuer-url=${issuer}`,
      `--client-id=${clientId}`,
      `--client-secret=${clientSecret}`,
      `--http-address=localhost:${port}`,
      `--redirect-url=http://localhost:${port}/oauth2/callback`,
      '--cookie-secret=0123456789abcdef0123456789abcdef',
      '--cookie-secure=false',
      '--email-domain=*',
      '--upstream=static://200',
      '--set-xauthrequest=true',
    ];
    const client = await startClient(join(cache, 'oauth2-proxy'), args, registered, /Cookie settings/);
    await answers(`${client.url}/ping`);
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${client.url}/oauth2/start?rd=/oauth2/userinfo`);
      await signIn(visitor.page, person);
      await visitor.page.waitForURL(`${client.url}/oauth2/userinfo`);
      const { email: known } = JSON.parse(await visitor.page.locator('body').innerText());
      assert.equal(known, email);
    } finally {
      await visitor.close();
      await client.stop();
    }
  });

  it('signs in with Spring Boot, which reads updated_at as seconds', async () => {
    compile('mvn', ['-q', '-B', 'package', '-DskipTests'], join(foreign, 'spring'));
    const jar = join(foreign, 'spring/target/client.jar');
    const client = await startClient('java', ['-jar', jar], await register('/login/oauth2/code/aldaba'));
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${client.url}/sign-in`);
      await signIn(visitor.page, person);
      const user = await shownUser(visitor.page, client);
      assert.equal(user['sub'], userId);
      assert.equal(user['email'], email);
      assert.equal(user['updatedInYear'], new Date().getUTCFullYear());
    } finally {
      await visitor.close();
      await client.stop();
    }
  });
});
