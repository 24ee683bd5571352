import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createCaches } from '../../server/src/store/cache.ts';
import { type Database, openDatabase } from '../../server/src/store/database.ts';
import { cluster } from '../support/cluster.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Caches of several nodes on one database', () => {
  let server: TestServer;
  const nodes: {
    database: Database;
    value: () => Promise<string | undefined>;
    change: (to: string) => Promise<void>;
  }[] = [];
  let stored = 'first';
  let loads = 0;
  let now = 0;

  before(async () => {
    server = await startServer();
    for (let node = 0; node < 2; node += 1) {
      const database = openDatabase({ url: server.databaseUrl, poolSize: 2, log: { warn: () => undefined } });
      const caches = await createCaches(database, () => now);
      const cache = caches.create<string>({
        name: 'test',
        maximum: 2,
        maximumAge: 60_000,
        load: async () => {
          loads += 1;
          return stored;
        },
      });
      nodes.push({
        database,
        value: () => cache.get('default', 'key'),
        change: (to) =>
          database.tenant('default').transaction(async (tx) => {
            await cache.changed(tx, 'key');
            // Before the commit, so that the value is stored when the other node receives the change.
            stored = to;
          }),
      });
    }
  });
  after(async () => {
    for (const { database } of nodes) await database.close();
    await server.close();
  });

  it('loads a value once until it expires', async () => {
    const [node] = nodes;
    loads = 0;
    assert.equal(await node?.value(), 'first');
    assert.equal(await node?.value(), 'first');
    assert.equal(loads, 1);
    now += 60_001;
    await node?.value();
    assert.equal(loads, 2);
  });

  it('drops a value on every node when one of them changes it', async () => {
    const [one, two] = nodes;
    assert.equal(await two?.value(), stored);
    const heard = new Promise<void>((resolve) => {
      void two?.database.listen('aldaba_cache', () => resolve());
    });
    await one?.database.tenant('default').raw('select 1');
    await one?.change('second');
    await heard;
    assert.equal(await two?.value(), 'second');
    assert.equal(await one?.value(), 'second');
  });

  it('keeps what a node read after its own change, also when the notification of that change arrives', async () => {
    const [one] = nodes;
    const heard = new Promise<void>((resolve) => {
      void one?.database.listen('aldaba_cache', () => resolve());
    });
    await one?.database.tenant('default').raw('select 1');
    await one?.change('third');
    loads = 0;
    assert.equal(await one?.value(), 'third');
    await heard;
    assert.equal(await one?.value(), 'third');
    assert.equal(loads, 1);
  });

  const cutListeners = async () => {
    await nodes[0]?.database.system.raw(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aldaba listener' and datname = current_database()",
    );
  };
  const until = async (condition: () => Promise<boolean> | boolean) => {
    for (const end = Date.now() + 10_000; !(await condition()); await new Promise(setImmediate))
      assert.ok(Date.now() < end, 'it did not happen within 10 s');
  };

  /** Runs `work` while no node hears notifications: their connections are cut, and new ones are refused. */
  const whileCutOff = async (work: () => Promise<void>) => {
    const name = /\/\/[^/]*\/([^?]*)/.exec(server.databaseUrl)?.[1];
    const { admin } = await cluster();
    await admin(`alter database ${name} allow_connections false`);
    try {
      await cutListeners();
      await until(() => nodes.every(({ database }) => !database.hears()));
      await work();
    } finally {
      await admin(`alter database ${name} allow_connections true`);
    }
  };
  /**
   * Changes the value on the first node, and waits until the second node has received this and every earlier change.
   */
  const changeHeard = async (to: string) => {
    const [one, two] = nodes;
    await one?.change(to);
    // Notifications arrive in the order of the commits.
    const last = randomUUID();
    const heard = new Promise<void>((resolve) => {
      void two?.database.listen('aldaba_cache', (payload) => payload === last && resolve());
    });
    await one?.database.system.raw("select pg_notify('aldaba_cache', $1)", [last]);
    await heard;
    assert.equal(await two?.value(), to);
  };

  // security: stale-permissions
  it('drops all values when notifications resume after an interruption', async () => {
    const [one, two] = nodes;
    await changeHeard('before the cut');
    await whileCutOff(async () => {
      await one?.change('during the cut');
      assert.equal(await two?.value(), 'before the cut');
    });
    await until(() => nodes.every(({ database }) => database.hears()));
    assert.equal(await two?.value(), 'during the cut');
  });

  // security: stale-permissions
  it('keeps values for at most 2 seconds while no notifications arrive', async () => {
    const [one, two] = nodes;
    await changeHeard('heard');
    await whileCutOff(async () => {
      await one?.change('unheard');
      assert.equal(await two?.value(), 'heard', 'the value is kept');
      now += 2001;
      assert.equal(await two?.value(), 'unheard');
    });
  });
});
