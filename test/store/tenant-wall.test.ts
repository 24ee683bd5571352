import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from '../../server/src/store/sql.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Tenant isolation', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    const { database } = server.app;
    for (const tenantId of ['default', 'admin']) {
      await database
        .tenant(tenantId)
        .run(sql.insertInto('users').values({ tenant_id: tenantId, id: `user-${tenantId}`, username: 'ana' }));
    }
  });
  after(() => server.close());

  // security: tenant-isolation
  it('returns no row of another tenant to a query without a tenant predicate', async () => {
    const rows = await server.app.database.tenant('default').all(sql.selectFrom('users').select(['id', 'tenant_id']));
    assert.deepEqual(rows, [{ id: 'user-default', tenant_id: 'default' }]);
  });

  it('changes and deletes no row of another tenant by a query without a tenant predicate', async () => {
    const { database } = server.app;
    assert.equal(await database.tenant('default').run(sql.updateTable('users').set({ name: 'x' })), 1);
    assert.equal(await database.tenant('default').run(sql.deleteFrom('users').where('id', '=', 'user-admin')), 0);
    const other = await database.tenant('admin').first(sql.selectFrom('users').select(['id', 'name']));
    assert.deepEqual(other, { id: 'user-admin', name: null });
  });

  it('rejects a row written into another tenant', async () => {
    await assert.rejects(
      server.app.database.tenant('default').run(sql.insertInto('users').values({ tenant_id: 'admin', id: 'intruder' })),
      /row-level security/,
    );
  });

  // security: tenant-isolation
  it('isolates every table of the schema', async () => {
    const open = await server.app.database.system.raw(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'aldaba' and c.relkind in ('r', 'p') and c.relname not in ('schema_migrations', 'installation')
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
    );
    assert.deepEqual(open, []);
  });

  // security: tenant-isolation
  it('keeps tenants apart while requests of several tenants share few connections', async () => {
    const { database } = server.app;
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const tenantId = index % 2 ? 'admin' : 'default';
        const rows = await database.tenant(tenantId).all(sql.selectFrom('users').select('tenant_id').distinct());
        return rows.every((row) => row.tenant_id === tenantId);
      }),
    );
    assert.ok(seen.every(Boolean));
  });
});
