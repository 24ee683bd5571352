import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { AldabaError } from '../../server/src/kernel/errors.ts';
import { type Database, openDatabase } from '../../server/src/store/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A relay to PostgreSQL that can swallow every answer, as a machine does that lost power or its network. */
async function startRelay(databaseUrl: string) {
  const [, path = '', query = ''] = /^\w+:\/\/[^/]*(\/[^?]*)\?(.*)$/.exec(databaseUrl) ?? [];
  const place = new URLSearchParams(query);
  const socketPath = `${place.get('host')}/.s.PGSQL.${place.get('port')}`;
  const sockets = new Set<Socket>();
  let isSilent = false;
  const relay = createServer((near) => {
    const far = connect(socketPath);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.pipe(far);
    far.on('data', (answer) => {
      if (!isSilent) near.write(answer);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  return {
    url: `postgresql://aldaba@127.0.0.1:${port}${path}`,
    swallow: (silent: boolean) => {
      isSilent = silent;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}

describe('Unresponsive database server', () => {
  let server: TestServer;
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let database: Database;
  before(async () => {
    server = await startServer();
    relay = await startRelay(server.databaseUrl);
    const log = { warn: () => undefined };
    database = openDatabase({ url: relay.url, poolSize: 1, statementLimit: 100, log });
  });
  after(async () => {
    relay.close();
    await database.close();
    await server.close();
  });

  it('returns 503 for the statement and for its transaction, and replaces the connection', async () => {
    const db = database.tenant('default');
    const one = () => db.raw('select 1 as one');
    assert.deepEqual(await one(), [{ one: 1 }]);
    relay.swallow(true);
    const outcome = await Promise.race([
      db.transaction((tx) => tx.raw('select 2 as two')).catch((error: unknown) => error),
      // The limit of the statement, 5 s for the server to keep it, 1 s between two looks, and time for a busy machine.
      once(AbortSignal.timeout(30_000), 'abort').then(() => 'no outcome after 30 s'),
    ]);
    assert.ok(outcome instanceof AldabaError, String(outcome));
    assert.deepEqual([outcome.code, outcome.status], ['request.unavailable', 503]);
    relay.swallow(false);
    assert.deepEqual(await one(), [{ one: 1 }]);
  });
});
