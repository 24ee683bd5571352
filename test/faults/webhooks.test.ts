import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { manage, managerWith, requestToken } from '../support/management.ts';
import { freePort, startProgram } from '../support/programs.ts';
import { startServer } from '../support/server.ts';

describe('a server that is killed while it delivers a webhook', () => {
  it('leaves the delivery to another node on the same database', async (test) => {
    // The receiver lets the first request hang and answers the others.
    const bodies: string[] = [];
    let arrived = Promise.withResolvers<void>();
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      bodies.push(body);
      if (bodies.length > 1) response.end();
      arrived.resolve();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    test.after(() => {
      receiver.closeAllConnections();
      receiver.close();
    });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

    let ahead = 0;
    const environment = { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' };
    const node = await startServer({ environment, world: { clock: { now: () => Date.now() + ahead } } });
    test.after(() => node.close());
    const api = await manage(node);
    await api.post('/api/hooks', { events: ['User.Created'], config: { url } });
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
    const created = await managerWith(`http://localhost:${port}`, body.access_token).post('/api/users', {
      name: 'Ada',
    });
    assert.equal(created.status, 200, JSON.stringify(created.body));
    await arrived.promise;
    await victim.stop('SIGKILL');

    arrived = Promise.withResolvers();
    ahead = 120_000;
    await arrived.promise;
    assert.deepEqual([bodies.length, bodies[1]], [2, bodies[0]]);
    assert.equal(JSON.parse(bodies[1] ?? '').data.name, 'Ada');
  });
});
