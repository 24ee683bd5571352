import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { manage, managerWith, requestToken } from '../support/management.ts';
import { freePort, startProgram } from '../support/programs.ts';
import { type Received, startReceiver } from '../support/receiver.ts';
import { startServer } from '../support/server.ts';

describe('Server killed during a webhook delivery', () => {
  it('leaves undelivered webhooks to another node on the same database', async (test) => {
    const receiver = await startReceiver();
    test.after(() => receiver.close());
    receiver.hang();

    let ahead = 0;
    const environment = { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' };
    const node = await startServer({ environment, world: { clock: { now: () => Date.now() + ahead } } });
    test.after(() => node.close());
    const api = await manage(node);
    await api.post('/api/hooks', { events: ['User.Created'], config: { url: receiver.url } });
    const { id, secret } = (await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' })).body;
    await api.patch(`/api/applications/${id}`, { isAdmin: true });

    const dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-hooks-'));
    test.after(() => rm(dataFolder, { recursive: true, force: true }));
    const port = await freePort();
    const victim = startProgram(process.execPath, [join(import.meta.dirname, '../../server/src/main.ts')], {
      environment: {
        ...environment,
        PORT: String(port),
        HOST: '127.0.0.1',
        ALDABA_DATA: dataFolder,
        ALDABA_SECRET: 'a secret for tests that is long enough',
        DATABASE_URL: node.databaseUrl,
        LOG_LEVEL: 'fatal',
      },
    });
    await victim.says(/is ready at/);
    const { body } = await requestToken(`http://localhost:${port}`, { id, secret });
    const manager = managerWith(`http://localhost:${port}`, body.access_token);
    // More than it has places for: some are on their way, some wait in its memory, some in the table.
    const made = await Promise.all(Array.from({ length: 30 }, () => manager.post('/api/users', { name: 'Ada' })));
    assert.ok(made.every(({ status }) => status === 200));
    await receiver.next();
    await victim.stop('SIGKILL');

    const before = receiver.requests.slice();
    receiver.answerWith(200);
    ahead = 120_000;
    const idOf = (request: Received) => JSON.parse(request.body).data.id;
    while (receiver.requests.length < before.length + made.length) await receiver.next();
    const after = receiver.requests.slice(before.length);
    assert.deepEqual(new Set(after.map(idOf)), new Set(made.map(({ body: user }) => user.id)));
    for (const request of before)
      assert.equal(after.find((again) => idOf(again) === idOf(request))?.body, request.body);
  });
});
