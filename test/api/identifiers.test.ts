import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { managedServer } from '../support/managed-server.ts';
import { assertRefused } from '../support/management.ts';

describe('User identifiers', () => {
  const suite = managedServer();

  const password = 'correct horse battery 1';
  const setCase = async (caseSensitive: boolean) =>
    suite.api.patch('/api/sign-in-exp', { usernamePolicy: { caseSensitive } });
  const create = (user: object) => suite.api.post('/api/users', user);

  it('treats every spelling of a phone number as the same number, on every route', async () => {
    assertRefused(await create({ primaryPhone: '99999' }), 422, 'user.invalid_phone');
    const { body } = await create({ username: 'sydney', primaryPhone: '610412345678' });
    assert.equal(body.primaryPhone, '61412345678');
    assertRefused(await create({ primaryPhone: '61412345678' }), 422, 'user.phone_already_in_use');
    const other = (await create({ username: 'perth' })).body;
    const path = `/api/users/${other.id}`;
    assertRefused(await suite.api.patch(path, { primaryPhone: '610412345678' }), 422, 'user.phone_already_in_use');
    assertRefused(await suite.api.patch(path, { primaryPhone: '6141' }), 422, 'user.invalid_phone');
    const { app: wired, tenant } = suite.server;
    const found = await wired.users.findByIdentifier(tenant.db, { type: 'phone', value: '610412345678' });
    assert.equal(found?.id, body.id);
  });

  it('finds a user by a phone number that was stored before numbers were normalized', async () => {
    const { app: wired, tenant } = suite.server;
    const { body } = await create({ username: 'early' });
    await tenant.db.raw('update users set primary_phone = $3 where tenant_id = $1 and id = $2', [
      tenant.id,
      body.id,
      '6100412000111',
    ]);
    const found = await wired.users.findByIdentifier(tenant.db, { type: 'phone', value: '6100412000111' });
    assert.equal(found?.id, body.id);
  });

  it('accepts email addresses of any language, unique regardless of case and the form of the domain', async () => {
    for (const [typed, stored] of [
      ['a@b.c', 'a@b.c'],
      ['mu\u0308ller@Example.com', 'müller@example.com'],
      ['ünï@bücher.example', 'ünï@xn--bcher-kva.example'],
      ['Grace@EXAMPLE.org', 'Grace@example.org'],
    ]) {
      const { body, status } = await create({ primaryEmail: typed });
      assert.deepEqual([status, body.primaryEmail], [200, stored]);
    }
    for (const primaryEmail of ['MÜLLER@example.com', 'ÜNÏ@xn--bcher-kva.EXAMPLE', 'grace@example.ORG'])
      assertRefused(await create({ primaryEmail }), 422, 'user.email_already_in_use');
    assertRefused(await create({ primaryEmail: 'ada@1.2.3' }), 400, 'user.invalid_email');
    assertRefused(await create({ primaryEmail: 'ada@example' }), 400, 'guard.invalid_input');
    // The Kelvin sign is not the letter K: folding it would give another person's address.
    await create({ primaryEmail: 'kim@example.com' });
    assertRefused(await create({ primaryEmail: '\u212aim@example.com' }), 400, 'user.invalid_email');
  });

  it('accepts usernames that differ in case alone only if the policy is case-sensitive', async () => {
    assert.equal((await create({ username: 'bruno' })).status, 200);
    const twin = (await create({ username: 'BRUNO' })).body;
    assertRefused(await setCase(false), 409, 'sign_in_experiences.username_policy_case_conflicts_exist');
    await suite.api.patch(`/api/users/${twin.id}`, { username: 'bruno_2' });
    assert.equal((await setCase(false)).status, 200);

    assert.equal((await create({ username: 'anna', password })).status, 200);
    assertRefused(await create({ username: 'ANNA' }), 422, 'user.username_already_in_use');
    assertRefused(
      await suite.api.patch(`/api/users/${twin.id}`, { username: 'Anna' }),
      422,
      'user.username_already_in_use',
    );
    await suite.app.signIn('ANNA', password);
    // A user may change the case of their own username.
    const renamed = await suite.api.patch(`/api/users/${twin.id}`, { username: 'Bruno_2' });
    assert.deepEqual([renamed.status, renamed.body.username], [200, 'Bruno_2']);

    assert.equal((await setCase(true)).status, 200);
    assert.equal((await create({ username: 'ANNA' })).status, 200);
  });

  // security: similar-addresses
  it('never assigns one identifier to two users, in concurrent requests or while the policy changes', async () => {
    const { body } = await suite.api.get('/api/users?search.username=ANNA&mode.username=exact&isCaseSensitive=true');
    await suite.api.delete(`/api/users/${body[0].id}`);
    for (const round of [1, 2, 3, 4]) {
      await setCase(true);
      const [changed, ...created] = await Promise.all([
        setCase(false),
        ...['race', 'RACE', 'Race', 'rACE', 'raCE', 'racE'].map((name) => create({ username: `${name}_${round}` })),
      ]);
      const made = created.filter(({ status }) => status === 200).length;
      assert.ok(made >= 1);
      // Either the policy came first and one name was left, or names came first and the policy was refused.
      if (changed?.status === 200) assert.equal(made, 1);
      else assertRefused(changed as never, 409, 'sign_in_experiences.username_policy_case_conflicts_exist');
      for (const { body: user, status } of created) if (status === 200) await suite.api.delete(`/api/users/${user.id}`);
    }
  });

  it('stores names in one Unicode form', async () => {
    const { body } = await create({
      name: 'Zoe\u0308',
      profile: { givenName: 'Zoe\u0308', address: { locality: 'Ma\u0308rz' } },
    });
    assert.deepEqual([body.name, body.profile], ['Zoë', { givenName: 'Zoë', address: { locality: 'März' } }]);
    const { body: merged } = await suite.api.patch(`/api/users/${body.id}/profile`, {
      profile: { familyName: 'No\u0308' },
    });
    assert.equal(merged.familyName, 'Nö');
  });
});
