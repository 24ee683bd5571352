import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { assertRefused, type Manager, manage, requestToken } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('A tenant’s configs', () => {
  let server: TestServer;
  let api: Manager;
  let machine: { id: string; secret: string };
  let ahead = 0;
  before(async () => {
    server = await startServer({ world: { clock: { now: () => Date.now() + ahead } } });
    api = await manage(server);
    const { body } = await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' });
    machine = { id: body.id, secret: body.secret };
  });
  after(() => server.close());

  const keys = async () => (await api.get('/api/configs/oidc/private-keys')).body;
  const placed = async (status: string) => (await keys()).find((key: { status: string }) => key.status === status);
  const published = async (): Promise<string[]> => {
    const { keys } = (await (await fetch(`${server.url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const signer = async () => {
    const { body } = await requestToken(server.url, machine);
    return decodeProtectedHeader(body.access_token).kid;
  };

  it('lists the keys that sign, and never their private parts', async () => {
    const list = await keys();
    assert.deepEqual(
      list.map((key: { status: string }) => key.status),
      ['Next', 'Current'],
    );
    assert.deepEqual(Object.keys(list[1]).sort(), ['createdAt', 'id', 'signingKeyAlgorithm', 'status']);
    assert.equal((await placed('Current')).id, await signer());
  });

  it('rotates at once, keeps the previous key published, and lets it be deleted', async () => {
    const [next, current] = [await placed('Next'), await placed('Current')];
    const rotated = await api.post('/api/configs/oidc/private-keys/rotate', {});
    assert.equal(rotated.status, 200);
    assert.equal(await signer(), next.id);
    assert.ok((await published()).includes(current.id));
    assert.equal((await placed('Previous')).id, current.id);
    const path = '/api/configs/oidc/private-keys';
    assertRefused(await api.delete(`${path}/${next.id}`), 422, 'oidc.key_required');
    assertRefused(await api.delete(`${path}/nobody`), 404, 'entity.not_found');
    assert.equal((await api.delete(`${path}/${current.id}`)).status, 204);
    assert.equal((await published()).includes(current.id), false);
    // Tokens that it signed are worth nothing from now on.
    assertRefused(await api.get(path), 401, 'auth.unauthorized');
    api = await manage(server);
  });

  it('rotates to another algorithm after a grace period, by the clock and without a restart', async () => {
    const before = await signer();
    const { body } = await api.post('/api/configs/oidc/private-keys/rotate', {
      signingKeyAlgorithm: 'RSA',
      rotationGracePeriod: 600,
    });
    const waiting = body.find((key: { status: string }) => key.status === 'Next');
    assert.equal(waiting.signingKeyAlgorithm, 'RSA');
    assert.ok(Math.abs(waiting.effectiveAt - (Date.now() + 600_000)) < 60_000);
    assert.equal(await signer(), before);
    assert.ok((await published()).includes(waiting.id));
    ahead += 601_000;
    assert.equal(await signer(), waiting.id);
    assert.equal((await placed('Previous')).id, before);
    assert.ok((await published()).includes(before ?? ''));
    // Another key waits from then on, known before it signs, and comes into use at the next rotation.
    const next = await placed('Next');
    assert.deepEqual([next.signingKeyAlgorithm, next.effectiveAt], ['RSA', undefined]);
    assert.ok((await published()).includes(next.id));
    assert.equal((await api.post('/api/configs/oidc/private-keys/rotate', {})).status, 200);
    api = await manage(server);
    assert.equal((await placed('Current')).id, next.id);
    // The next rotation goes on from there.
    await api.post('/api/configs/oidc/private-keys/rotate', { signingKeyAlgorithm: 'EC' });
    // That ended the key that signed our own token.
    api = await manage(server);
    assert.equal((await placed('Current')).signingKeyAlgorithm, 'EC');
    assert.equal((await placed('Previous')).id, next.id);
  });

  it('changes over once, however many requests find out that the time has come', async () => {
    await api.post('/api/configs/oidc/private-keys/rotate', { rotationGracePeriod: 60 });
    const waiting = (await placed('Next')).id;
    ahead += 61_000;
    const signers = await Promise.all(Array.from({ length: 12 }, signer));
    assert.deepEqual([...new Set(signers)], [waiting]);
    assert.deepEqual(
      (await keys()).map((key: { status: string }) => key.status),
      ['Next', 'Current', 'Previous'],
    );
  });

  it('has no cookie keys and says so', async () => {
    assert.deepEqual((await api.get('/api/configs/oidc/cookie-keys')).body, []);
    const rotated = await api.post('/api/configs/oidc/cookie-keys/rotate', {});
    assertRefused(rotated, 422, 'request.feature_not_supported');
    assertRefused(await api.delete('/api/configs/oidc/cookie-keys/any'), 404, 'entity.not_found');
    assertRefused(await api.get('/api/configs/oidc/other-keys'), 400, 'guard.invalid_input');
  });

  it('keeps how long sessions live, within a year', async () => {
    assert.deepEqual((await api.get('/api/configs/oidc/session')).body, { ttl: 1_209_600 });
    assert.deepEqual((await api.patch('/api/configs/oidc/session', { ttl: 60 })).body, { ttl: 60 });
    assert.deepEqual((await api.patch('/api/configs/oidc/session', {})).body, { ttl: 60 });
    for (const ttl of [0, 31_536_001, 1.5])
      assertRefused(await api.patch('/api/configs/oidc/session', { ttl }), 400, 'guard.invalid_input');
  });

  it('keeps what ID tokens say', async () => {
    const initial = (await api.get('/api/configs/id-token')).body;
    assert.deepEqual(initial.enabledExtendedClaims, ['roles', 'organizations', 'organization_roles']);
    const changed = await api.put('/api/configs/id-token', { enabledExtendedClaims: ['custom_data'] });
    assert.deepEqual(changed.body, { enabledExtendedClaims: ['custom_data'] });
    assert.deepEqual((await api.get('/api/configs/id-token')).body, changed.body);
    const unknown = await api.put('/api/configs/id-token', { enabledExtendedClaims: ['password'] });
    assertRefused(unknown, 400, 'guard.invalid_input');
  });

  it('keeps what a console remembers', async () => {
    const initial = { signInExperienceCustomized: false, organizationCreated: false };
    assert.deepEqual((await api.get('/api/configs/admin-console')).body, initial);
    const { body } = await api.patch('/api/configs/admin-console', { organizationCreated: true });
    assert.deepEqual(body, { ...initial, organizationCreated: true });
    const noticed = await api.patch('/api/configs/admin-console', { checkedChargeNotification: { token: true } });
    assert.deepEqual(noticed.body, { ...body, checkedChargeNotification: { token: true } });
  });

  it('keeps both of two changes that come at once', async () => {
    const path = '/api/configs/admin-console';
    await api.patch(path, { signInExperienceCustomized: false, organizationCreated: false });
    const changes = ['signInExperienceCustomized', 'organizationCreated'].map(
      (name) => () => api.patch(path, { [name]: true }),
    );
    await race(server.app.database, 'tenant_settings', changes);
    const { body } = await api.get(path);
    assert.deepEqual([body.signInExperienceCustomized, body.organizationCreated], [true, true]);
  });
});
