import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Database, openDatabase } from '../../server/src/store/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Transactions', () => {
  let server: TestServer;
  let database: Database;
  before(async () => {
    server = await startServer();
    database = openDatabase({ url: server.databaseUrl, poolSize: 1, log: { warn: () => undefined } });
    await database.system.raw('create table notes (text text primary key)');
  });
  after(async () => {
    await database.close();
    await server.close();
  });
  const texts = async () =>
    (await database.system.raw<{ text: string }>('select text from notes order by text')).map(({ text }) => text);
  const insert = 'insert into notes values ($1)';

  it('undoes all statements of a transaction, also the first, when it fails', async () => {
    // The first transaction of a connection begins differently from those after it.
    for (const round of ['first', 'second', 'third']) {
      const failing = database.system.transaction(async (tx) => {
        await tx.raw(insert, [round]);
        await tx.raw(insert, [`${round} again`]);
        throw new Error(`the ${round} one failed`);
      });
      await assert.rejects(failing, { message: `the ${round} one failed` });
    }
    assert.deepEqual(await texts(), []);
  });

  it('keeps all statements of a successful transaction, and none if the first one fails', async () => {
    await database.system.transaction(async (tx) => {
      await Promise.all([tx.raw(insert, ['a']), tx.raw(insert, ['b'])]);
    });
    for (const broken of ['insert into notes values (1 / ($1)::int)', 'insert into nowhere values ($1)'])
      await assert.rejects(
        database.system.transaction(async (tx) => {
          await tx.raw(broken, ['0']);
        }),
      );
    await assert.rejects(
      database.system.transaction(async (tx) => {
        await tx.raw(insert, ['a']).catch(() => undefined);
        await tx.raw(insert, ['c']).catch(() => undefined);
      }),
      /was rolled back/,
    );
    // A transaction without statements leaves the connection unchanged.
    await database.system.transaction(async () => undefined);
    assert.deepEqual(await texts(), ['a', 'b']);
  });
});
