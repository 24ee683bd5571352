import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('One-time tokens', () => {
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
  });
  after(() => server.close());
  const path = '/api/one-time-tokens';
  const make = async (email: string, more: object = {}) => {
    const { status, body } = await api.post(path, { email, ...more });
    assert.equal(status, 201);
    return body;
  };
  const verify = (token: string, email: string) => api.post(`${path}/verify`, { token, email });

  // security: database-theft
  it('creates one-time tokens for an email address, returns them again, and stores them unusable for a database thief', async () => {
    const context = { jitOrganizationIds: ['org1'], interactionEvent: 'Register' };
    const made = await make('ana@example.com', { context });
    assert.match(made.token, /^[0-9A-Za-z]{32}$/);
    assert.deepEqual([made.status, made.context, made.expiresAt - made.createdAt], ['active', context, 600_000]);
    assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
    const rows = await server.tenant.db.raw('select * from one_time_tokens where tenant_id = $1', ['default']);
    assert.equal(JSON.stringify(rows).includes(made.token), false);
  });

  // security: single-use
  it('accepts a one-time token once, for its email address only', async () => {
    const { token, id } = await make('bob@example.com');
    assertRefused(await verify(token, 'eve@example.com'), 400, 'one_time_token.email_mismatch');
    assertRefused(await verify('x'.repeat(32), 'bob@example.com'), 404, 'one_time_token.token_not_found');
    const uses = Array.from({ length: 4 }, () => () => verify(token, 'Bob@example.com'));
    const answers = await race(server.app.database, 'one_time_tokens', uses);
    const used = answers.filter(({ status }) => status === 200);
    assert.deepEqual([used.length, used[0]?.body.id, used[0]?.body.status], [1, id, 'consumed']);
    assertRefused(await verify(token, 'bob@example.com'), 400, 'one_time_token.token_consumed');
  });

  it('expires, revokes and deletes one-time tokens, and never reactivates them', async () => {
    const late = await make('late@example.com', { expiresIn: 60 });
    clock.ahead += 61_000;
    assertRefused(await verify(late.token, late.email), 400, 'one_time_token.token_expired');
    assert.equal((await api.get(`${path}/${late.id}`)).body.status, 'expired');
    const { id, token, email } = await make('revoked@example.com');
    const revoked = await api.put(`${path}/${id}/status`, { status: 'revoked' });
    assert.deepEqual([revoked.status, revoked.body.status], [200, 'revoked']);
    assertRefused(await verify(token, email), 400, 'one_time_token.token_revoked');
    const revived = await api.put(`${path}/${id}/status`, { status: 'active' });
    assertRefused(revived, 400, 'one_time_token.cannot_reactivate_token');
    const early = await make('early@example.com');
    assert.equal((await api.put(`${path}/${early.id}/status`, { status: 'expired' })).body.status, 'expired');
    assert.equal((await api.delete(`${path}/${id}`)).status, 204);
    assertRefused(await api.delete(`${path}/${id}`), 404, 'entity.not_exists_with_id');
    assertRefused(await api.get(`${path}/${id}`), 404, 'entity.not_exists_with_id');
    assertRefused(await api.put(`${path}/${id}/status`, { status: 'revoked' }), 404, 'entity.not_exists_with_id');
  });

  it('lists one-time tokens newest first, by email address and status', async () => {
    const first = await make('list@example.com');
    clock.ahead += 1000;
    const second = await make('list@example.com');
    await api.put(`${path}/${first.id}/status`, { status: 'consumed' });
    const ids = async (query: string) => {
      const { body, headers } = await api.get(`${path}?email=list@example.com${query}`);
      return [headers.get('total-number'), ...body.map(({ id }: { id: string }) => id)];
    };
    assert.deepEqual(await ids(''), ['2', second.id, first.id]);
    assert.deepEqual(await ids('&page_size=1&page=2'), ['2', first.id]);
    assert.deepEqual(await ids('&status=active'), ['1', second.id]);
    assert.deepEqual(await ids('&status=consumed'), ['1', first.id]);
    clock.ahead += 601_000;
    assert.deepEqual(await ids('&status=active'), ['0']);
    assert.deepEqual(await ids('&status=expired'), ['1', second.id]);
  });
});
