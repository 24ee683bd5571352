import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createLog } from '../../server/src/kernel/log.ts';
import { createOutbound } from '../../server/src/kernel/outbound.ts';
import { experienceClient, UnexpectedAnswer } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const breached = 'tulips in the harbour';
const hash = createHash('sha1').update(breached).digest('hex').toUpperCase();
const [prefix, suffix] = [hash.slice(0, 5), hash.slice(5)];
const checkPath = '/api/sign-in-exp/default/check-password';
const rejected = { result: false, issues: [{ code: 'password_rejected.pwned' }] };

/** A range service on this machine. */
async function startRangeService() {
  const asked: { url: string; padding: unknown }[] = [];
  const state = { answer: '', status: 200, hangs: false };
  const service = createServer((request, response) => {
    asked.push({ url: request.url ?? '', padding: request.headers['add-padding'] });
    if (!state.hangs) response.writeHead(state.status, { 'content-type': 'text/plain' }).end(state.answer);
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  return {
    url: `http://127.0.0.1:${(service.address() as AddressInfo).port}/range`,
    asked,
    state,
    async close() {
      service.closeAllConnections();
      service.close();
      await once(service, 'close');
    },
  };
}

// security: common-passwords
describe('Breached passwords by a range service', () => {
  let service: Awaited<ReturnType<typeof startRangeService>>;
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  const logged: string[] = [];
  before(async () => {
    service = await startRangeService();
    const write = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
    server = await startServer({
      // Without a limit of its own: the check of passwords has one.
      world: {
        clock,
        outbound: createOutbound({ allowed: ['127.0.0.1'], timeLimit: 600_000 }),
        log: { ...createLog('silent'), debug: write, info: write, warn: write, error: write },
      },
      environment: { BREACHED_PASSWORDS_URL: service.url },
    });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await service?.close().catch(() => undefined);
  });
  beforeEach(() => {
    // Past the pause after a failure.
    clock.ahead += 61_000;
    service.asked.length = 0;
    Object.assign(service.state, { answer: `${suffix}:2`, status: 200, hangs: false });
  });
  const check = async (password = breached) => (await api.post(checkPath, { password })).body;

  it('are rejected, and the service learns five digits of the hash', async () => {
    service.state.answer = `${'0'.repeat(35)}:12\r\n${suffix}:2\r\n${'F'.repeat(35)}:1`;
    assert.deepEqual(await check(), rejected);
    assert.deepEqual(service.asked, [{ url: `/range/${prefix}`, padding: 'true' }]);
  });

  it('are those of the response with a count: other hashes and padding are not', async () => {
    service.state.answer = `${'0'.repeat(35)}:12\r\n${'F'.repeat(35)}:1`;
    assert.deepEqual(await check(), { result: true });
    service.state.answer = `${suffix}:0\r\n${'F'.repeat(35)}:1`;
    assert.deepEqual(await check(), { result: true });
  });

  it('cannot be chosen at sign-up through the Experience API or the pages, which say so', async () => {
    const client = experienceClient(server.url);
    await assert.rejects(
      client.register('mia', breached),
      (error) =>
        error instanceof UnexpectedAnswer && error.status === 422 && /password_rejected\.pwned/.test(error.body),
    );
    const sentences = { en: /data breach/, es: /filtración de datos/, 'zh-CN': /数据泄露/ };
    for (const [language, sentence] of Object.entries(sentences)) {
      const { post } = await visit(server, { first_screen: 'register', ui_locales: language });
      const answer = await post('/register', { username: 'mia', password: breached });
      assert.match(await answer.text(), sentence, language);
    }
  });

  it('can be set by an operator, and are allowed where the policy does not reject them: the service is not asked', async () => {
    assert.equal((await api.post('/api/users', { username: 'ana', password: breached })).status, 200);
    await api.patch('/api/sign-in-exp', { passwordPolicy: { rejects: { pwned: false } } });
    assert.deepEqual(await check(), { result: true });
    await api.patch('/api/sign-in-exp', { passwordPolicy: {} });
    assert.equal((await check('password1')).result, false);
    assert.equal((await check('x1')).result, false);
    assert.deepEqual(service.asked, []);
  });

  const failures: [string, () => unknown][] = [
    ['an error', () => Object.assign(service.state, { status: 503, answer: `${suffix}:2` })],
    ['a page instead of hashes', () => Object.assign(service.state, { answer: `<html>\n${suffix}:2` })],
    ['nothing', () => Object.assign(service.state, { answer: '' })],
    ['nothing in time', () => Object.assign(service.state, { hangs: true })],
    ['nothing, because it is down', () => service.close()],
  ];
  for (const [what, fail] of failures)
    it(`are accepted while the service answers with ${what}, which is logged without the hash and not tried again for a minute`, {
      timeout: 60_000,
    }, async () => {
      await fail();
      logged.length = 0;
      assert.deepEqual(await check(), { result: true });
      const lines = logged.filter((line) => line.includes('Breached passwords could not be checked'));
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /127\.0\.0\.1/);
      for (const part of [prefix, suffix, breached]) assert.ok(!logged.join('\n').includes(part), part);
      const { length } = service.asked;
      assert.deepEqual(await check(), { result: true });
      assert.equal(service.asked.length, length);
      assert.equal(logged.filter((line) => line.includes('Breached passwords')).length, 1);
    });
});

// security: common-passwords
describe('Breached passwords of an imported list', () => {
  let dataFolder: string;
  let list: string;
  let server: TestServer;
  let api: Manager;
  let aldaba: CommandLine;
  const logged: string[] = [];
  before(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-list-'));
    list = join(dataFolder, 'list.txt');
    const write = (fields: object, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
    const log = { ...createLog('silent'), debug: write, info: write, warn: write, error: write };
    server = await startServer({ world: { dataFolder, log } });
    api = await manage(server);
    aldaba = commandLine(server, { dataFolder });
  });
  after(async () => {
    await server?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  const check = async () => (await api.post(checkPath, { password: breached })).body;

  it('are rejected by a running server as soon as the command has imported the list', async () => {
    assert.deepEqual(await check(), { result: true });
    assert.match((await aldaba('passwords', 'status')).out, /No list of breached passwords was imported/);
    await writeFile(list, `${'0'.repeat(40)}:7\n${hash}:2\n${'F'.repeat(40)}:1\n`);
    const { code, out, err } = await aldaba('passwords', 'import', list);
    assert.equal(code, 0, err);
    assert.match(out, /^3 breached passwords are refused from now on/);
    assert.match(err, /100 % of the list read/);
    assert.deepEqual(await check(), rejected);
    assert.match((await aldaba('passwords', 'status')).out, /^3 breached passwords are refused. The file is complete/);
  });

  it('stay when the next list cannot be imported, and the command names the line', async () => {
    await writeFile(list, `${hash}:2\n${'0'.repeat(40)}:7\n`);
    const { code, err } = await aldaba('passwords', 'import', list);
    assert.equal(code, 1);
    assert.match(err, /Line 2 of .* not in the order of the hashes/);
    assert.ok(!err.includes(hash));
    assert.equal((await aldaba('passwords', 'import', join(dataFolder, 'none.txt'))).code, 1);
    assert.deepEqual(await check(), rejected);
  });

  it('are accepted when the file is damaged, which is logged and reported by the command', async () => {
    const file = join(dataFolder, 'breached-passwords');
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    assert.deepEqual(await check(), { result: true });
    assert.match(logged.join('\n'), /could not be read; import it again/);
    const { code, err } = await aldaba('passwords', 'status');
    assert.equal(code, 1);
    assert.match(err, /The size is wrong\. Import the list again\./);
  });
});
