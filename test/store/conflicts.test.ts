import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Queries } from '../../server/src/store/database.ts';
import { sql } from '../../server/src/store/sql.ts';
import { experienceClient } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { goodPassword } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Conflicting transactions', () => {
  let server: TestServer;
  let db: Queries;
  let api: Manager;
  before(async () => {
    server = await startServer();
    db = server.app.database.tenant('default');
    api = await manage(server);
  });
  after(() => server.close());

  it('repeats deadlocked transactions, so that both succeed, and reports each commit once', async () => {
    for (const id of ['left', 'right']) await db.run(sql.insertInto('users').values({ tenant_id: 'default', id }));
    const rename = (tx: Queries, id: string, name: string) =>
      tx.run(sql.updateTable('users').set({ name }).where('id', '=', id));
    const gate = Promise.withResolvers<void>();
    let holding = 0;
    let runs = 0;
    const committed: string[] = [];
    const work = (name: string, first: string, second: string) =>
      db.transaction(async (tx) => {
        runs += 1;
        tx.afterCommit(() => committed.push(name));
        await rename(tx, first, name);
        holding += 1;
        if (holding === 2) gate.resolve();
        await gate.promise;
        await rename(tx, second, name);
        return name;
      });
    const both = await Promise.all([work('one', 'left', 'right'), work('two', 'right', 'left')]);
    assert.deepEqual(both, ['one', 'two']);
    assert.equal(runs, 3);
    assert.deepEqual(committed.toSorted(), ['one', 'two']);
    const names = await db.all(sql.selectFrom('users').select('name').where('id', 'in', ['left', 'right']));
    assert.equal(new Set(names.map(({ name }) => name)).size, 1);
  });

  it('repeats a sign-in transaction from the stored state, also when the commit fails', async () => {
    const base = server.app.database.system;
    await base.raw('create sequence commits');
    await base.raw(`create function refuse_every_other() returns trigger language plpgsql as $$ begin
      if nextval('aldaba.commits') % 2 = 1 then raise exception 'conflict' using errcode = '40001'; end if;
      return null; end $$`);
    await base.raw(`create constraint trigger refuse_every_other after insert on users deferrable initially deferred
      for each row execute function refuse_every_other()`);
    try {
      const client = experienceClient(server.url);
      const tokens = await client.redeem(await client.register('repeated', goodPassword));
      assert.equal((await client.userinfo(tokens.access_token)).username, 'repeated');
      assert.equal((await base.raw<{ value: number }>('select last_value as value from commits'))[0]?.value, 2);
    } finally {
      await base.raw('drop trigger refuse_every_other on users');
      await base.raw('drop function refuse_every_other');
      await base.raw('drop sequence commits');
    }
  });

  it('never reports a commit if a statement failed', async () => {
    const told: string[] = [];
    const work = db.transaction(async (tx) => {
      tx.afterCommit(() => told.push('committed'));
      await tx.run(sql.insertInto('users').values({ tenant_id: 'default', id: 'lost' }));
      await tx.raw('select 1/0').catch(() => undefined);
    });
    await assert.rejects(work, /The transaction was rolled back/);
    assert.deepEqual(told, []);
    assert.deepEqual(await db.all(sql.selectFrom('users').select('id').where('id', '=', 'lost')), []);
  });

  it('returns 503 if a transaction cannot get a lock in time', async () => {
    await db.run(sql.insertInto('users').values({ tenant_id: 'default', id: 'locked' }));
    await db.transaction(async (tx) => {
      await tx.raw("select from users where id = 'locked' for update");
      await assert.rejects(
        db.transaction(async (other) => {
          await other.raw("set local lock_timeout = '50ms'");
          await other.raw("select from users where id = 'locked' for update");
        }),
        { code: 'request.unavailable', status: 503 },
      );
    });
  });

  it('completes concurrent deletions of organizations, their roles and their members', async () => {
    for (let round = 0; round < 3; round += 1) {
      const make = async (path: string, draft: object, count: number): Promise<string[]> =>
        Promise.all(
          Array.from(
            { length: count },
            async (_, index) => (await api.post(path, name(draft, `${round}-${index}`))).body.id,
          ),
        );
      const users = await make('/api/users', {}, 12);
      const organizations = await make('/api/organizations', { name: 'o' }, 6);
      const roles = await make('/api/organization-roles', { name: 'r' }, 6);
      for (const id of organizations) {
        await api.post(`/api/organizations/${id}/users`, { userIds: users });
        await api.post(`/api/organizations/${id}/users/roles`, { userIds: users, organizationRoleIds: roles });
      }
      const answers = await Promise.all([
        ...users.map((id) => api.delete(`/api/users/${id}`)),
        ...organizations.map((id) => api.delete(`/api/organizations/${id}`)),
        ...roles.map((id) => api.delete(`/api/organization-roles/${id}`)),
      ]);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [204]);
    }
  });
});

const name = (draft: object, suffix: string): object =>
  'name' in draft ? { ...draft, name: `${(draft as { name: string }).name}-${suffix}` } : draft;
