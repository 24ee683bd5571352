import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { managedServer } from '../support/managed-server.ts';
import { assertRefused } from '../support/management.ts';

describe('Imported password digests', () => {
  const suite = managedServer();

  // Of bcrypt 5.0.0 for Python.
  const password = 's3cret Ünïcödé';
  const bcrypt = '$2b$06$J2HNKp3RG7PV5mMUQVBWcOx8emFTzwbaIy6kNLA/.m3ScB.V602Ku';
  const digestOf = async (id: string) => {
    const { body } = await suite.api.get(`/api/users/${id}?includePasswordHash=true`);
    return [body.passwordAlgorithm, body.passwordDigest];
  };

  it('signs a user in with the old password, and replaces the digest with Argon2id', async () => {
    const { body, status } = await suite.api.post('/api/users', {
      username: 'moved',
      passwordDigest: bcrypt,
      passwordAlgorithm: 'Bcrypt',
    });
    assert.equal(status, 200);
    assert.deepEqual(await digestOf(body.id), ['Bcrypt', bcrypt]);
    await assert.rejects(suite.app.signIn('moved', 's3cret Unicode'), /session\.invalid_credentials/);
    await suite.app.signIn('moved', password);
    const [algorithm, digest] = await digestOf(body.id);
    assert.equal(algorithm, 'Argon2id');
    assert.match(digest ?? '', /^\$argon2id\$/);
    await suite.app.signIn('moved', password);
  });

  it('accepts a password typed on a keyboard that writes the same letters as other code points', async () => {
    await suite.api.post('/api/users', { username: 'mac', password: password.normalize('NFC') });
    await suite.app.signIn('mac', password.normalize('NFD'));
    const { id } = (await suite.api.post('/api/users', { username: 'mac2', password: password.normalize('NFD') })).body;
    await suite.app.signIn('mac2', password.normalize('NFC'));
    assert.equal((await suite.api.post(`/api/users/${id}/password/verify`, { password })).status, 204);
  });

  it('rejects a digest that could not be verified, or only at an unbounded cost', async () => {
    for (const passwordDigest of ['$2b$10$short', bcrypt.replace('$06$', '$31$')]) {
      const answer = await suite.api.post('/api/users', { passwordDigest, passwordAlgorithm: 'Bcrypt' });
      assertRefused(answer, 422, 'password.invalid_legacy_password_format');
    }
    assertRefused(
      await suite.api.post('/api/users', { passwordDigest: bcrypt, passwordAlgorithm: 'Crypt' }),
      400,
      'guard.invalid_input',
    );
  });
});
