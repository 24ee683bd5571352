import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { OidcKey } from '@aldaba/contract';
import { decodeProtectedHeader } from 'jose';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage, requestToken } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Tenant configs', () => {
  let server: TestServer;
  let api: Manager;
  let machine: { id: string; secret: string };
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    const { body } = await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' });
    machine = { id: body.id, secret: body.secret };
  });
  after(() => server.close());

  const path = '/api/configs/oidc/private-keys';
  const keys = async (): Promise<OidcKey[]> => (await api.get(path)).body;
  const placed = async (status: string, algorithm = 'ES256') => {
    const found = (await keys()).find((key) => key.status === status && key.algorithm === algorithm);
    assert.ok(found, `no ${status} ${algorithm} key`);
    return found;
  };
  const places = async () => (await keys()).map(({ status, algorithm }) => `${status} ${algorithm}`);
  const published = async (): Promise<string[]> => {
    const { keys } = (await (await fetch(`${server.url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const signer = async () => {
    const { body } = await requestToken(server.url, machine);
    return decodeProtectedHeader(body.access_token).kid;
  };
  const pass = async (seconds: number) => {
    clock.ahead += seconds * 1000;
    api = await manage(server);
  };

  it('lists the signing keys, those of access tokens first, and never their private parts', async () => {
    assert.deepEqual(await places(), ['Next ES256', 'Current ES256', 'Next RS256', 'Current RS256']);
    const [first] = await keys();
    assert.deepEqual(Object.keys(first ?? {}).sort(), [
      'algorithm',
      'createdAt',
      'id',
      'signingKeyAlgorithm',
      'status',
    ]);
    assert.equal((await placed('Current')).id, await signer());
  });

  it('rotates to keys that have been published for 10 minutes, and keeps the previous ones published', async () => {
    const [next, current] = [await placed('Next'), await placed('Current')];
    await pass(600);
    const rotated = await api.post(`${path}/rotate`, {});
    assert.equal(rotated.status, 200);
    assert.equal(await signer(), next.id);
    assert.ok((await published()).includes(current.id));
    assert.equal((await placed('Previous')).id, current.id);
    assert.deepEqual((await places()).sort(), [
      'Current ES256',
      'Current RS256',
      'Next ES256',
      'Next RS256',
      'Previous ES256',
      'Previous RS256',
    ]);
  });

  it('delays a second rotation until clients can know the key, and accepts the tokens of both keys', async () => {
    const { body } = await api.post('/api/applications', { name: 'Early', type: 'MachineToMachine' });
    const next = await placed('Next');
    assert.equal((await api.post(`${path}/rotate`, { signingKeyAlgorithm: 'EC' })).status, 200);
    const waiting = await placed('Next');
    assert.deepEqual([waiting.id, waiting.effectiveAt], [next.id, waiting.createdAt + 600_000]);
    assert.notEqual(await signer(), next.id);
    // The other kind was not asked for.
    assert.equal((await placed('Next', 'RS256')).effectiveAt, undefined);
    const early = api;
    clock.ahead += 600_000;
    assert.equal(await signer(), next.id);
    // The Management API accepts the token that the replaced key signed.
    assert.equal((await early.delete(`/api/applications/${body.id}`)).status, 204);
    assert.equal((await api.get(path)).status, 200);
  });

  // security: key-rotation
  it('signs with the next key at once in an emergency, and revokes what a deleted previous key signed', async () => {
    api = await manage(server);
    const [next, current] = [await placed('Next'), await placed('Current')];
    assert.equal((await api.post(`${path}/rotate`, { rotationGracePeriod: 0 })).status, 200);
    assert.equal(await signer(), next.id);
    for (const status of ['Next', 'Current'])
      assertRefused(
        await api.delete(`${path}/${(await placed(status)).id}`),
        422,
        'oidc.only_previous_key_can_be_deleted',
      );
    assertRefused(await api.delete(`${path}/nobody`), 404, 'entity.not_found');
    assert.equal((await api.delete(`${path}/${current.id}`)).status, 204);
    assert.equal((await published()).includes(current.id), false);
    // Tokens that it signed are rejected from now on.
    assertRefused(await api.get(path), 401, 'auth.unauthorized');
    api = await manage(server);
  });

  // security: key-rotation
  it('publishes the first key of an added algorithm before it signs, without a restart', async () => {
    const before = await signer();
    const algorithms = '/api/configs/oidc/signing-algorithms';
    assert.deepEqual((await api.get(algorithms)).body, { idToken: 'RS256', accessToken: 'ES256' });
    assertRefused(await api.patch(algorithms, { accessToken: 'PS256' }), 422, 'oidc.signing_key_missing');
    const mixed = { algorithm: 'PS256', signingKeyAlgorithm: 'EC' };
    assertRefused(await api.post(`${path}/rotate`, mixed), 400, 'guard.invalid_input');
    assert.equal((await api.post(`${path}/rotate`, { algorithm: 'PS256' })).status, 200);
    const waiting = await placed('Next', 'PS256');
    assert.deepEqual([waiting.signingKeyAlgorithm, waiting.effectiveAt], ['RSA', waiting.createdAt + 600_000]);
    assert.ok((await published()).includes(waiting.id));
    assertRefused(await api.patch(algorithms, { accessToken: 'PS256' }), 422, 'oidc.signing_key_missing');
    assert.equal(await signer(), before);
    await pass(600);
    const chosen = await api.patch(algorithms, { accessToken: 'PS256' });
    assert.deepEqual(chosen.body, { idToken: 'RS256', accessToken: 'PS256' });
    assert.equal(await signer(), waiting.id);
    assert.ok((await published()).includes(before ?? ''));
    // Another key waits from then on, known before it signs, and comes into use at the next rotation.
    const next = await placed('Next', 'PS256');
    assert.equal(next.effectiveAt, undefined);
    assert.ok((await published()).includes(next.id));
    assertRefused(await api.patch(algorithms, { idToken: 'none' }), 400, 'guard.invalid_input');
    assert.deepEqual((await api.patch(algorithms, { accessToken: 'ES256' })).body.accessToken, 'ES256');
  });

  it('lets an application choose among the algorithms that have a key', async () => {
    const draft = { name: 'Web', type: 'SPA', customClientMetadata: { idTokenSignedResponseAlg: 'ES384' } };
    assertRefused(await api.post('/api/applications', draft), 422, 'oidc.signing_key_missing');
    const unknown = { ...draft, customClientMetadata: { idTokenSignedResponseAlg: 'HS256' } };
    assertRefused(await api.post('/api/applications', unknown), 400, 'guard.invalid_input');
    const created = await api.post('/api/applications', {
      ...draft,
      customClientMetadata: { idTokenSignedResponseAlg: 'ES256' },
    });
    assert.equal(created.body.customClientMetadata.idTokenSignedResponseAlg, 'ES256');
    const one = `/api/applications/${created.body.id}`;
    const { customClientMetadata } = draft;
    assertRefused(await api.patch(one, { customClientMetadata }), 422, 'oidc.signing_key_missing');
    assert.equal((await api.get(one)).body.customClientMetadata.idTokenSignedResponseAlg, 'ES256');
  });

  it('rotates once, however many concurrent requests find a rotation due', async () => {
    await api.post(`${path}/rotate`, { rotationGracePeriod: 60 });
    const waiting = (await placed('Next')).id;
    const before = (await places()).filter((place) => place === 'Previous ES256').length;
    clock.ahead += 61_000;
    const signers = await Promise.all(Array.from({ length: 12 }, signer));
    assert.deepEqual([...new Set(signers)], [waiting]);
    const after = await places();
    assert.equal(after.filter((place) => place === 'Previous ES256').length, before + 1);
    assert.equal(after.filter((place) => place.startsWith('Current')).length, 3);
  });

  it('returns an empty list of cookie keys', async () => {
    assert.deepEqual((await api.get('/api/configs/oidc/cookie-keys')).body, []);
    const rotated = await api.post('/api/configs/oidc/cookie-keys/rotate', {});
    assertRefused(rotated, 422, 'request.feature_not_supported');
    assertRefused(await api.delete('/api/configs/oidc/cookie-keys/any'), 404, 'entity.not_found');
    assertRefused(await api.get('/api/configs/oidc/other-keys'), 400, 'guard.invalid_input');
  });

  it('stores a session lifetime of up to one year', async () => {
    const grace = { refreshTokenGracePeriod: 3 };
    assert.deepEqual((await api.get('/api/configs/oidc/session')).body, { ttl: 1_209_600, ...grace });
    assert.deepEqual((await api.patch('/api/configs/oidc/session', { ttl: 60 })).body, { ttl: 60, ...grace });
    assert.deepEqual((await api.patch('/api/configs/oidc/session', {})).body, { ttl: 60, ...grace });
    for (const refreshTokenGracePeriod of [-1, 61, 1.5, '3'])
      assertRefused(
        await api.patch('/api/configs/oidc/session', { refreshTokenGracePeriod }),
        400,
        'guard.invalid_input',
      );
    for (const ttl of [0, 31_536_001, 1.5])
      assertRefused(await api.patch('/api/configs/oidc/session', { ttl }), 400, 'guard.invalid_input');
  });

  it('stores the extended claims of ID tokens', async () => {
    const initial = (await api.get('/api/configs/id-token')).body;
    assert.deepEqual(initial.enabledExtendedClaims, ['roles', 'organizations', 'organization_roles']);
    const changed = await api.put('/api/configs/id-token', { enabledExtendedClaims: ['custom_data'] });
    assert.deepEqual(changed.body, { enabledExtendedClaims: ['custom_data'] });
    assert.deepEqual((await api.get('/api/configs/id-token')).body, changed.body);
    const unknown = await api.put('/api/configs/id-token', { enabledExtendedClaims: ['password'] });
    assertRefused(unknown, 400, 'guard.invalid_input');
  });

  it('stores the settings of a console', async () => {
    const initial = { signInExperienceCustomized: false, organizationCreated: false };
    assert.deepEqual((await api.get('/api/configs/admin-console')).body, initial);
    const { body } = await api.patch('/api/configs/admin-console', { organizationCreated: true });
    assert.deepEqual(body, { ...initial, organizationCreated: true });
    const noticed = await api.patch('/api/configs/admin-console', { checkedChargeNotification: { token: true } });
    assert.deepEqual(noticed.body, { ...body, checkedChargeNotification: { token: true } });
  });

  it('keeps both of two concurrent changes to a config', async () => {
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
