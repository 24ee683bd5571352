import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('Trusted devices', () => {
  let server: TestServer;
  let api: Manager;
  let userId: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    userId = (await api.post('/api/users', { username: 'ana' })).body.id;
  });
  after(() => server.close());

  /** As a sign-in would keep it. */
  const trust = (id: string, { used, ends }: { used: number; ends: number }) =>
    server.tenant.db.raw(
      `insert into trusted_devices (tenant_id, id, user_id, secret_hash, user_agent, ip, city, created_at, last_used_at, expires_at)
       values ($1, $2, $3, 'a hash', $7, '203.0.113.9', 'Vigo', $4, $5, $6)`,
      [server.tenant.id, id, userId, new Date(1e12), new Date(used), new Date(ends), firefox],
    );
  const path = () => `/api/users/${userId}/trusted-devices`;

  it('lists active trusted devices by page, last used first, without their secrets', async () => {
    const [used, ends] = [Date.now() - day, Date.now() + day];
    await trust('older', { used: used - day, ends });
    await trust('newer', { used, ends });
    await trust('over', { used, ends: used });
    const { body, headers } = await api.get(`${path()}?page_size=1`);
    assert.equal(headers.get('total-number'), '2');
    const [{ userAgentParsed, ...device } = {}, ...others] = body;
    assert.deepEqual(others, []);
    const place = { userAgent: firefox, ip: '203.0.113.9', country: null, city: 'Vigo' };
    assert.deepEqual(device, { id: 'newer', ...place, createdAt: 1e12, lastUsedAt: used, expiresAt: ends });
    assert.deepEqual([userAgentParsed?.browser?.name, userAgentParsed?.os?.name], ['Firefox', 'Linux']);
    assert.equal((await api.get(`${path()}?page=2&page_size=1`)).body[0].id, 'older');
    assertRefused(await api.get('/api/users/nobody/trusted-devices'), 404, 'entity.not_found');
  });

  it('removes trusted devices one by one from their own user only, and deletes them with the user', async () => {
    await trust('mine', { used: Date.now(), ends: Date.now() + day });
    const { id: other } = (await api.post('/api/users', { username: 'eve' })).body;
    assertRefused(await api.delete(`/api/users/${other}/trusted-devices/mine`), 404, 'entity.not_found');
    assert.equal((await api.delete(`${path()}/mine`)).status, 204);
    assertRefused(await api.delete(`${path()}/mine`), 404, 'entity.not_found');
    await trust('last', { used: Date.now(), ends: Date.now() + day });
    assert.equal((await api.delete(`/api/users/${userId}`)).status, 204);
    assert.deepEqual(await server.tenant.db.raw('select id from trusted_devices', []), []);
  });
});
