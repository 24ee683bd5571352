import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { manage } from '../../../../../test/support/management.ts';
import { startServer, type TestServer } from '../../../../../test/support/server.ts';
import type { Queries } from '../../../store/database.ts';
import { countMissing, findMissing } from './people-store.ts';

const people = 3000;

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

describe('People whom a directory did not list', () => {
  let server: TestServer;
  let connectorId: string;
  before(async () => {
    server = await startServer();
    const api = await manage(server);
    connectorId = (await api.post('/api/sso-connectors', { providerName: 'LDAP', connectorName: 'Acme' })).body.id;
    const { db, id } = server.tenant;
    const inserts = [
      `insert into users (tenant_id, id) select $1, 'u' || n from generate_series(1, ${people}) n where $2 <> ''`,
      `insert into user_sso_identities (tenant_id, id, user_id, sso_connector_id, issuer, identity_id, created_at, updated_at)
       select $1, 'i' || n, 'u' || n, $2, 'urn:acme', 'p' || n, now() - interval '1 hour', now()
       from generate_series(1, ${people}) n`,
      `insert into ldap_people (tenant_id, connector_id, identity_id, user_id, seen_run, digest)
       select $1, $2, 'p' || n, 'u' || n, case when n <= 10 then 'before' else 'now' end, ''
       from generate_series(1, ${people}) n`,
    ];
    // One transaction: PostgreSQL counts nothing of it for its plans before its end.
    await db.transaction(async (tx) => {
      for (const sql of inserts) await tx.raw(sql, [id, connectorId]);
    });
  });
  after(() => server.close());

  const turn = () => ({ connectorId, runId: 'now', startedAt: new Date() });
  /** The blocks that PostgreSQL looks at for a statement. */
  const blocksOf = async (work: (q: Queries) => Promise<unknown>): Promise<number> => {
    let blocks = 0;
    const explaining: Queries = {
      ...server.tenant.db,
      async raw(sql: string, values?: readonly unknown[]) {
        const [row] = await server.tenant.db.raw<{ 'QUERY PLAN': { Plan: Plan }[] }>(
          `explain (analyze, buffers, format json) ${sql}`,
          values as unknown[],
        );
        const { Plan: plan } = row?.['QUERY PLAN'][0] ?? assert.fail('no plan');
        blocks += plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
        return [];
      },
    };
    await work(explaining);
    return blocks;
  };

  it('are counted and found', async () => {
    assert.deepEqual(await countMissing(server.tenant.db, turn()), { known: people, missing: 10 });
    assert.equal((await findMissing(server.tenant.db, turn(), '')).length, 10);
    assert.deepEqual(await findMissing(server.tenant.db, turn(), 'p9'), []);
  });

  it('cost a few blocks for each person, before PostgreSQL has statistics of the tables, too', async () => {
    for (const work of [(q: Queries) => countMissing(q, turn()), (q: Queries) => findMissing(q, turn(), '')])
      assert.ok((await blocksOf(work)) < 20 * people, String(await blocksOf(work)));
  });
});
