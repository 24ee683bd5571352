import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generate } from 'lean-qr';
import { toPngDataURL } from 'lean-qr/extras/node_export';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('Second factors set by operators', () => {
  let server: TestServer;
  let api: Manager;
  let count = 0;
  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
  });
  after(() => server.close());

  const addPerson = async () => {
    count += 1;
    const username = `ana_${count}`;
    const { id } = (await api.post('/api/users', { username })).body;
    return { id, username, path: `/api/users/${id}/mfa-verifications` };
  };
  const typesOf = async (path: string) => (await api.get(path)).body.map(({ type }: { type: string }) => type);
  /** As the sign-in registers one. */
  const addPasskey = (userId: string) =>
    server.tenant.db.raw(
      `insert into mfa_verifications (tenant_id, id, user_id, type, name, agent, rp_id, credential_id, public_key, counter,
         transports, created_at, last_used_at)
       values ($1, $2, $3, 'WebAuthn', 'My phone', $6, 'localhost', $2, 'key', 3, '{internal}', $4, $5)`,
      [server.tenant.id, `passkey-${userId}`, userId, new Date(1e12), new Date(2e12), firefox],
    );
  const rowsOf = async (userId: string) =>
    JSON.stringify(
      await server.tenant.db.raw('select f::text as whole from mfa_verifications f where user_id = $1', [userId]),
    );

  // security: database-theft
  it('adds an authenticator app, shows its secret once and stores it encrypted', async () => {
    const { id, username, path } = await addPerson();
    const { status, body } = await api.post(path, { type: 'Totp' });
    assert.equal(status, 200);
    assert.deepEqual([Object.keys(body).sort(), body.type], [['secret', 'secretQrCode', 'type'], 'Totp']);
    assert.match(body.secret, /^[A-Z2-7]{32}$/);
    const { host } = new URL(server.url);
    const issuer = encodeURIComponent(host);
    const uri = `otpauth://totp/${issuer}:${username}?secret=${body.secret}&issuer=${issuer}`;
    const picture = toPngDataURL(generate(uri), { on: [0, 0, 0], off: [255, 255, 255], pad: 4, scale: 4 });
    assert.equal(body.secretQrCode, picture);

    const listed = await api.get(path);
    const [factor] = listed.body;
    assert.deepEqual(listed.body, [{ id: factor.id, type: 'Totp', createdAt: factor.createdAt }]);
    assert.ok(Math.abs(Date.parse(factor.createdAt) - Date.now()) < 60_000);
    const kept = await rowsOf(id);
    assert.ok(kept.includes(factor.id) && !kept.includes(body.secret));
    assert.notEqual((await api.post((await addPerson()).path, { type: 'Totp' })).body.secret, body.secret);
  });

  // security: single-use, second-factor-required
  it('adds only one authenticator app per user, also in concurrent requests', async () => {
    const { path } = await addPerson();
    const posts = Array.from({ length: 3 }, () => () => api.post(path, { type: 'Totp' }));
    const replies = await race(server.app.database, 'users', posts);
    const refused = replies.filter(({ status }) => status !== 200);
    assert.equal(refused.length, 2);
    for (const reply of [...refused, await api.post(path, { type: 'Totp' })])
      assertRefused(reply, 422, 'user.totp_already_in_use');
    assert.deepEqual(await typesOf(path), ['Totp']);
  });

  it('accepts a base32 secret from another product', async () => {
    const { path } = await addPerson();
    for (const secret of [
      '',
      'JBSWY3DP',
      'not base32, certainly',
      'JBSWY3DPEHPK3PX1',
      'JBSWY3DPEHPK3PXPA',
      'A'.repeat(136),
    ])
      assertRefused(await api.post(path, { type: 'Totp', secret }), 422, 'user.totp_secret_invalid');
    const { body } = await api.post(path, { type: 'Totp', secret: 'jbswy3dpehpk3pxpjbswy3dpeh======' });
    assert.equal(body.secret, 'JBSWY3DPEHPK3PXPJBSWY3DPEH');
    assertRefused(await api.post(path, { type: 'WebAuthn' }), 400, 'guard.invalid_input');
  });

  // security: database-theft
  it('adds ten backup codes beside another factor, never alone, and not twice', async () => {
    const { id, path } = await addPerson();
    assertRefused(await api.post(path, { type: 'BackupCode' }), 422, 'session.mfa.backup_code_can_not_be_alone');
    await api.post(path, { type: 'Totp' });
    const { body } = await api.post(path, { type: 'BackupCode' });
    assert.equal(body.type, 'BackupCode');
    assert.equal(new Set(body.codes).size, 10);
    for (const code of body.codes) assert.match(code, /^[0-9a-f]{10}$/);
    assert.equal((await api.get(path)).body[1].remainCodes, 10);
    const kept = await rowsOf(id);
    for (const code of body.codes) assert.ok(!kept.includes(code));
    assertRefused(await api.post(path, { type: 'BackupCode' }), 422, 'user.backup_code_already_in_use');
  });

  it('adds new backup codes once all are used', async () => {
    const { id, path } = await addPerson();
    await api.post(path, { type: 'Totp' });
    const codes = Array.from({ length: 10 }, (_, index) => `0123456ab${index}`.toUpperCase());
    for (const wrong of [codes.slice(1), [...codes.slice(1), codes[1]], [...codes.slice(1), 'too short']])
      assertRefused(await api.post(path, { type: 'BackupCode', codes: wrong }), 422, 'user.wrong_backup_code_format');
    const { body } = await api.post(path, { type: 'BackupCode', codes });
    assert.deepEqual(
      body.codes,
      codes.map((code) => code.toLowerCase()),
    );
    const use = (places: string) =>
      server.tenant.db.raw(
        `update mfa_verifications set codes_used_at${places} where user_id = $1 and type = 'BackupCode'`,
        [id],
      );
    await use('[3] = now()');
    assert.equal((await api.get(path)).body[1].remainCodes, 9);
    await use(' = array_fill(now(), array[10])');
    assert.equal((await api.get(path)).body[1].remainCodes, 0);
    assert.equal((await api.post(path, { type: 'BackupCode' })).status, 200);
    assert.deepEqual(await typesOf(path), ['Totp', 'BackupCode']);
  });

  it('lists passkeys with their names and browsers', async () => {
    const { id, path } = await addPerson();
    await addPasskey(id);
    const [{ agentParsed, ...passkey } = {}, ...others] = (await api.get(path)).body;
    assert.deepEqual(others, []);
    assert.deepEqual(passkey, {
      id: `passkey-${id}`,
      type: 'WebAuthn',
      name: 'My phone',
      agent: firefox,
      createdAt: new Date(1e12).toISOString(),
      lastUsedAt: new Date(2e12).toISOString(),
    });
    assert.deepEqual([agentParsed?.browser?.name, agentParsed?.os?.name], ['Firefox', 'Linux']);
    assert.equal((await api.post(path, { type: 'BackupCode' })).status, 200);
  });

  // security: second-factor-required
  it('removes factors one by one, and removes backup codes with the last other factor', async () => {
    const { id, path } = await addPerson();
    await addPasskey(id);
    for (const type of ['Totp', 'BackupCode']) await api.post(path, { type });
    const [passkey, totp] = (await api.get(path)).body;
    assert.equal((await api.delete(`${path}/${passkey.id}`)).status, 204);
    assert.deepEqual(await typesOf(path), ['Totp', 'BackupCode']);
    assertRefused(await api.delete(`${path}/${passkey.id}`), 404, 'entity.not_found');
    const other = await addPerson();
    assertRefused(await api.delete(`${other.path}/${totp.id}`), 404, 'entity.not_found');
    assert.equal((await api.delete(`${path}/${totp.id}`)).status, 204);
    assert.deepEqual(await typesOf(path), []);
  });

  // security: second-factor-required
  it('never leaves backup codes alone, whatever requests are concurrent', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { path } = await addPerson();
      await api.post(path, { type: 'Totp' });
      const [totp] = (await api.get(path)).body;
      await Promise.all([api.post(path, { type: 'BackupCode' }), api.delete(`${path}/${totp.id}`)]);
      assert.deepEqual(await typesOf(path), []);
    }
  });

  it('rejects second factors for unknown users, and deletes them with the user', async () => {
    const nobody = '/api/users/nobody/mfa-verifications';
    for (const reply of [
      await api.get(nobody),
      await api.post(nobody, { type: 'Totp' }),
      await api.post(nobody, { type: 'BackupCode' }),
      await api.delete(`${nobody}/none`),
    ])
      assertRefused(reply, 404, 'entity.not_found');
    const { id, path } = await addPerson();
    await api.post(path, { type: 'Totp' });
    await api.delete(`/api/users/${id}`);
    assert.equal(await rowsOf(id), '[]');
  });

  it('reports a changed second factor to webhooks as a change of the user, without a secret', async () => {
    const receiver = await startReceiver();
    try {
      const { id, path } = await addPerson();
      await api.post('/api/hooks', { name: 'Mine', events: ['User.Data.Updated'], config: { url: receiver.url } });
      const { body } = await api.post(path, { type: 'Totp' });
      const request = await receiver.next();
      const payload = JSON.parse(request.body);
      assert.deepEqual([payload.event, payload.data.id], ['User.Data.Updated', id]);
      assert.ok(!request.body.includes(body.secret));
    } finally {
      await receiver.close();
    }
  });
});
