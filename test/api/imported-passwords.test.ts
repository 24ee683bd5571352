import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { experienceClient } from '../support/agent.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('A user who comes with a password digest of another system', () => {
  let server: TestServer;
  let api: Manager;
  let app: ReturnType<typeof experienceClient>;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    app = experienceClient(server.url);
  });
  after(() => server.close());

  // Of bcrypt 5.0.0 for Python.
  const password = 's3cret Ünïcödé';
  const bcrypt = '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku';
  const digestOf = async (id: string) => {
    const { body } = await api.get(`/api/users/${id}?includePasswordHash=true`);
    return [body.passwordAlgorithm, body.passwordDigest];
  };

  it('signs in with the old password, whose digest is replaced by Argon2id', async () => {
    const { body, status } = await api.post('/api/users', {
      username: 'moved',
      passwordDigest: bcrypt,
      passwordAlgorithm: 'Bcrypt',
    });
    assert.equal(status, 200);
    assert.deepEqual(await digestOf(body.id), ['Bcrypt', bcrypt]);
    await assert.rejects(app.signIn('moved', 's3cret Unicode'), /session\.invalid_credentials/);
    await app.signIn('moved', password);
    const [algorithm, digest] = await digestOf(body.id);
    assert.equal(algorithm, 'Argon2id');
    assert.match(digest, /^\$argon2id\$/);
    await app.signIn('moved', password);
  });

  it('signs in from a keyboard that writes the same letters as other code points', async () => {
    await api.post('/api/users', { username: 'mac', password: password.normalize('NFC') });
    await app.signIn('mac', password.normalize('NFD'));
    const { id } = (await api.post('/api/users', { username: 'mac2', password: password.normalize('NFD') })).body;
    await app.signIn('mac2', password.normalize('NFC'));
    assert.equal((await api.post(`/api/users/${id}/password/verify`, { password })).status, 204);
  });

  it('is refused when the digest could not be verified, or not at a bounded cost', async () => {
    for (const passwordDigest of ['$2b$10$short', bcrypt.replace('$06$', '$31$')]) {
      const answer = await api.post('/api/users', { passwordDigest, passwordAlgorithm: 'Bcrypt' });
      assertRefused(answer, 422, 'password.invalid_legacy_password_format');
    }
    assertRefused(
      await api.post('/api/users', { passwordDigest: bcrypt, passwordAlgorithm: 'Crypt' }),
      400,
      'guard.invalid_input',
    );
  });
});
