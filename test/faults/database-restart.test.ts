import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { experienceClient, type Tokens, UnexpectedAnswer } from '../support/agent.ts';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.ts';
import { goodPassword } from '../support/pages.ts';
import { freePort, type Program, startProgram } from '../support/programs.ts';

const builtRoot = process.env.ALDABA_ROOT;
const serverProgram = builtRoot
  ? join(builtRoot, 'dist/server/main.js')
  : join(import.meta.dirname, '../../server/src/main.ts');

const clients = 12;
const modes = ['fast', 'immediate', 'fast', 'immediate', 'kill', 'fast'] as const;

describe('PostgreSQL restart under load', () => {
  let cluster: OwnCluster;
  let dataFolder: string;
  let server: Program;
  let base: string;
  before(async () => {
    cluster = await startOwnCluster();
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-restart-'));
    const port = await freePort();
    base = `http://localhost:${port}`;
    server = startProgram(process.execPath, [serverProgram], {
      environment: {
        ...(builtRoot ? { ALDABA_ROOT: builtRoot } : {}),
        PORT: String(port),
        HOST: '127.0.0.1',
        ALDABA_DATA: dataFolder,
        DATABASE_URL: cluster.url,
        LOG_LEVEL: 'warn',
      },
    });
    await server.says(/is ready at/);
  });
  after(async () => {
    await server.stop('SIGTERM');
    await cluster.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('continues in the same process, returns 503 until the database is back, and loses no refresh token', async () => {
    const client = experienceClient(base);
    let stopped = false;
    const refused: unknown[] = [];
    let waited = 0;
    const successes = Array<number>(clients).fill(0);
    const live = async (index: number) => {
      let { refresh_token: token } = await client.redeem(await client.register(`person_${index}`, goodPassword));
      while (!stopped) {
        try {
          token = (await client.refresh(token)).refresh_token;
          successes[index] = (successes[index] ?? 0) + 1;
        } catch (error) {
          const isAway = error instanceof UnexpectedAnswer && error.status === 503;
          if (!isAway) refused.push(error);
          if (!isAway) return;
          waited += 1;
        }
      }
    };
    const lives = Promise.all(Array.from({ length: clients }, (_, index) => live(index)));
    const everyClientAgain = async () => {
      const before = [...successes];
      while (successes.some((count, index) => count <= (before[index] ?? 0) + 2)) {
        if (server.child.exitCode !== null) throw new Error(`The server ended:\n${server.output()}`);
        if (refused.length > 0) throw refused[0];
        await new Promise(setImmediate);
      }
    };
    try {
      await everyClientAgain();
      for (const mode of modes) {
        await cluster.stop(mode);
        await cluster.start();
        await everyClientAgain();
      }
    } finally {
      stopped = true;
      await lives;
    }
    assert.equal(server.child.exitCode, null);
    assert.deepEqual(refused, []);
    assert.ok(waited > 0, 'no request met a restart');
  });

  describe('Unavailable database', () => {
    let held: Tokens;
    before(async () => {
      const client = experienceClient(base);
      held = await client.redeem(await client.register('earlier', goodPassword));
      await cluster.stop('fast');
    });
    const refresh = () =>
      fetch(`${base}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: 'demo-app',
          grant_type: 'refresh_token',
          refresh_token: held.refresh_token,
        }),
      });
    // No data of this tenant was read before.
    const unread = '/t/another-tenant';

    it('keeps running, and returns 503, a Retry-After header and JSON to programs', async () => {
      assert.equal((await fetch(`${base}/api/status`)).status, 204);
      const token = await refresh();
      assert.deepEqual([token.status, token.headers.get('retry-after')], [503, '2']);
      assert.equal(((await token.json()) as { error: string }).error, 'temporarily_unavailable');
      const api = await fetch(`${base}${unread}/api/.well-known/sign-in-exp`, { headers: { accept: '*/*' } });
      assert.deepEqual([api.status, api.headers.get('retry-after')], [503, '2']);
      assert.equal(((await api.json()) as { code: string }).code, 'request.unavailable');
      // A program at the address of a page, and an address of the API that is opened in a browser.
      for (const [path, accept] of [
        ['/sign-in?app_id=demo-app', '*/*'],
        ['/api/.well-known/sign-in-exp', 'text/html,*/*;q=0.8'],
      ]) {
        const answer = await fetch(`${base}${unread}${path}`, { headers: { accept: `${accept}` } });
        assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2'], path);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, path);
      }
    });

    it('shows users a page in their language, with 503 and a Retry-After header', async () => {
      const page = await fetch(`${base}${unread}/sign-in?app_id=demo-app`, {
        headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': 'es' },
      });
      assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '2']);
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
      assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; .*frame-ancestors 'none'$/);
      assert.equal(page.headers.get('cache-control'), 'no-store');
      const html = await page.text();
      assert.match(html, /<html[^>]* lang="es"/);
      assert.match(html, /El servicio no está disponible en este momento\. Inténtalo de nuevo en unos segundos\./);
      assert.match(html, /request\.unavailable/);
      const style = /href="([^"]+\.css)"/.exec(html)?.[1] ?? '';
      assert.equal((await fetch(`${base}${style}`)).status, 200);
    });

    it('serves again in the same process as soon as the database is back', async () => {
      await cluster.start();
      const client = experienceClient(base);
      await client.refresh(held.refresh_token);
      await client.redeem(await client.register('later', goodPassword));
      assert.equal(server.child.exitCode, null);
    });
  });

  it('waits at its start for a database that is not up yet, and logs it', async () => {
    await server.stop('SIGTERM');
    await cluster.stop('fast');
    const port = await freePort();
    server = startProgram(process.execPath, [serverProgram], {
      environment: {
        ...(builtRoot ? { ALDABA_ROOT: builtRoot } : {}),
        PORT: String(port),
        HOST: '127.0.0.1',
        ALDABA_DATA: dataFolder,
        DATABASE_URL: cluster.url,
      },
    });
    await server.says(/The database does not respond .*waiting for up to 30 s/);
    await cluster.start();
    await server.says(/is ready at/);
  });
});
