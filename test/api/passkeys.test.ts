import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SecondFactors } from '../../server/src/features/people/mfa-verifications/index.ts';
import {
  type AuthenticationJson,
  type Authenticator,
  type Circumstances,
  createAuthenticator,
} from '../support/authenticator.ts';
import { type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

const rpId = 'localhost';
/** Changes that make a response invalid, whether a passkey is created or used. */
const dishonest: [name: string, circumstances: Circumstances][] = [
  ['from a page of another site', { origin: 'http://localhost.example.com' }],
  ['from another port', { origin: 'http://localhost:1' }],
  ['from another scheme', { origin: 'https://localhost' }],
  ['signed for another host', { rpId: 'example.com' }],
  ['to another challenge', { challenge: 'QW5vdGhlciBjaGFsbGVuZ2U' }],
  ['without PIN, finger or face', { userVerified: false }],
  ['without anybody there', { userPresent: false, userVerified: false }],
  ['from a frame in another site', { crossOrigin: true }],
];

describe('Passkeys', () => {
  const clock = { time: Date.now(), now: () => clock.time };
  let server: TestServer;
  let api: Manager;
  let factors: SecondFactors;
  let origin: string;
  let count = 0;
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    factors = server.app.secondFactors;
    origin = new URL(server.url).origin;
  });
  after(() => server.close());

  const addPerson = async () => {
    count += 1;
    const username = `ana_${count}`;
    const { id } = (await api.post('/api/users', { username })).body;
    return { id: id as string, name: username, displayName: 'Ana' };
  };
  type Person = Awaited<ReturnType<typeof addPerson>>;
  const ask = (person: Person) =>
    factors.registrationOptions(server.tenant, person, { rpId, residentKey: 'preferred' });
  const register = async (person: Person, device: Authenticator, circumstances: Circumstances = {}) => {
    const { options, challenge } = await ask(person);
    const payload = device.create(options, circumstances);
    return factors.verifyRegistration(payload, { challenge, rpId, origin, agent: 'Firefox' });
  };
  const bind = async (person: Person, passkey: Awaited<ReturnType<typeof register>>) => {
    assert.ok(passkey);
    await server.tenant.db.transaction((tx) => factors.bind(tx, person.id, [{ type: 'WebAuthn', passkey }]));
  };
  const addPasskey = async (device = createAuthenticator({ origin }), person?: Person) => {
    const holder = person ?? (await addPerson());
    await bind(holder, await register(holder, device));
    const { id = '' } = (await factors.statusOf(server.tenant.db, holder.id)).factors.at(-1) ?? {};
    return { person: holder, device, id };
  };
  /**
   * Shows a passkey as a second factor of a person, or without naming the person. `change`: modifies the answer on the
   * way.
   */
  const authenticate = async (
    device: Authenticator,
    userId?: string,
    {
      change = (payload: AuthenticationJson): object => payload,
      ...circumstances
    }: Circumstances & {
      change?: (payload: AuthenticationJson) => object;
    } = {},
  ) => {
    const { options, challenge } = await factors.authenticationOptions(server.tenant, { rpId, userId });
    const payload = device.get(options, circumstances);
    const changed = { ...payload, ...change(payload) };
    return factors.verifyAuthentication(server.tenant, changed, { challenge, rpId, origin, userId });
  };
  const counterOf = async (id: string) => {
    const [row] = await server.tenant.db.raw<{ counter: number; last_used_at: Date | null }>(
      'select counter, last_used_at from mfa_verifications where id = $1',
      [id],
    );
    return [row?.counter, row?.last_used_at?.getTime()];
  };

  describe('are made', () => {
    it('with what the specification wants of a browser', async () => {
      const person = await addPerson();
      const { options, challenge } = await ask(person);
      assert.equal(options.challenge, challenge);
      assert.ok(Buffer.from(challenge, 'base64url').length >= 32);
      assert.notEqual((await ask(person)).challenge, challenge);
      assert.deepEqual(
        [options.rp.id, options.timeout, options.attestation, options.authenticatorSelection],
        [rpId, 60_000, 'none', { residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' }],
      );
      assert.deepEqual(options.user, { ...person, id: Buffer.from(person.id).toString('base64url') });
      const discoverable = { rpId, residentKey: 'required' } as const;
      const stricter = await factors.registrationOptions(server.tenant, person, discoverable);
      assert.equal(stricter.options.authenticatorSelection?.requireResidentKey, true);
    });

    it('once on each device', async () => {
      const { person, device } = await addPasskey();
      await assert.rejects(register(person, device), /InvalidStateError/);
      await addPasskey(createAuthenticator({ origin }), person);
      const { factors: held } = await factors.statusOf(server.tenant.db, person.id);
      assert.deepEqual(
        held.map(({ type }) => type),
        ['WebAuthn', 'WebAuthn'],
      );
    });

    it('and are listed with the browser that created them', async () => {
      const { person, id } = await addPasskey();
      const { body } = await api.get(`/api/users/${person.id}/mfa-verifications`);
      assert.deepEqual(
        body.map(({ agentParsed: _, ...passkey }) => passkey),
        [{ id, type: 'WebAuthn', agent: 'Firefox', createdAt: new Date(clock.time).toISOString() }],
      );
    });

    // security: second-factor-proof
    for (const [name, circumstances] of dishonest)
      it(`by no answer ${name}`, async () => {
        const person = await addPerson();
        assert.equal(await register(person, createAuthenticator({ origin }), circumstances), undefined);
      });

    it('by no answer of another kind, or of none', async () => {
      const { person, device } = await addPasskey();
      const { options, challenge } = await ask(person);
      const expected = { challenge, rpId, origin };
      const proof = device.get({ challenge, rpId });
      const made = createAuthenticator({ origin }).create(options);
      for (const response of [
        { ...made.response, clientDataJSON: proof.response.clientDataJSON },
        { ...made.response, attestationObject: proof.response.authenticatorData },
        { ...made.response, attestationObject: '' },
        { clientDataJSON: '\0', attestationObject: '\0' },
        { clientDataJSON: 'bnVsbA', attestationObject: 'oA' },
      ])
        assert.equal(await factors.verifyRegistration({ ...made, response }, expected), undefined);
      assert.ok(await factors.verifyRegistration(made, expected));
    });

    // security: second-factor-proof
    it('whatever the device says of its maker, which is not looked at', async () => {
      const certificate = Buffer.from('no certificate at all');
      const attStmt = new Map<string, number | Buffer | Buffer[]>([
        ['alg', -7],
        ['sig', Buffer.alloc(70)],
        ['x5c', [certificate]],
      ]);
      const device = createAuthenticator({ origin });
      const person = await addPerson();
      await bind(person, await register(person, device, { attestation: { fmt: 'packed', attStmt } }));
      assert.ok(await authenticate(device, person.id));
    });

    it('with an id of no more than 1023 bytes', async () => {
      const person = await addPerson();
      assert.ok(await register(person, createAuthenticator({ origin }), { idLength: 1023 }));
      assert.equal(await register(person, createAuthenticator({ origin }), { idLength: 1024 }), undefined);
    });

    it('for one person only', async () => {
      const [ana, eve] = [await addPerson(), await addPerson()];
      const passkey = await register(ana, createAuthenticator({ origin }));
      await bind(ana, passkey);
      for (const person of [eve, ana])
        await assert.rejects(bind(person, passkey), { code: 'user.passkey_already_in_use' });
      assert.deepEqual((await factors.statusOf(server.tenant.db, eve.id)).factors, []);
    });
  });

  describe('are a second factor', () => {
    it('of the person who holds them, time after time', async () => {
      const { person, device, id } = await addPasskey();
      for (const turn of [1, 2, 3]) {
        clock.time += 1000;
        assert.deepEqual(await authenticate(device, person.id), { factorId: id, userId: person.id });
        assert.deepEqual(await counterOf(id), [turn, clock.time]);
      }
    });

    it('that the browser is asked for by name', async () => {
      const { person, device } = await addPasskey();
      const { options } = await factors.authenticationOptions(server.tenant, { rpId, userId: person.id });
      const { id } = device.get(options);
      assert.deepEqual(
        [options.rpId, options.timeout, options.userVerification, options.allowCredentials],
        [rpId, 60_000, 'required', [{ id, type: 'public-key', transports: ['internal', 'hybrid'] }]],
      );
    });

    // security: second-factor-proof
    for (const [name, circumstances] of dishonest)
      it(`by no answer ${name}`, async () => {
        const { person, device, id } = await addPasskey();
        assert.equal(await authenticate(device, person.id, circumstances), undefined);
        assert.deepEqual(await counterOf(id), [0, undefined]);
      });

    // security: second-factor-proof
    it('by no answer that was changed on the way', async () => {
      const { person, device } = await addPasskey();
      const other = await addPasskey();
      const foreign = (await factors.authenticationOptions(server.tenant, { rpId, userId: other.person.id })).options;
      const { signature } = other.device.get(foreign).response;
      for (const response of [{ signature }, { signature: '' }, { signature: '\0' }, { authenticatorData: 'AAAA' }])
        assert.equal(
          await authenticate(device, person.id, {
            change: (payload) => ({ response: { ...payload.response, ...response } }),
          }),
          undefined,
        );
      for (const id of ['\0', '', 'unknown'])
        assert.equal(await authenticate(device, person.id, { change: () => ({ id, rawId: id }) }), undefined);
    });

    // security: second-factor-proof
    it('of their own user only: the passkey of another user is rejected', async () => {
      const { device } = await addPasskey();
      const eve = (await addPasskey()).person;
      const { challenge } = await factors.authenticationOptions(server.tenant, { rpId, userId: eve.id });
      const payload = device.get({ challenge, rpId });
      const expected = { challenge, rpId, origin, userId: eve.id };
      const response = { ...payload.response, userHandle: Buffer.from(eve.id).toString('base64url') };
      for (const sent of [payload, { ...payload, response }])
        assert.equal(await factors.verifyAuthentication(server.tenant, sent, expected), undefined);
    });

    // security: second-factor-proof
    it('at the host that they were made for, and at no other', async () => {
      const { person, device } = await addPasskey();
      const { options, challenge } = await factors.authenticationOptions(server.tenant, { rpId, userId: person.id });
      const elsewhere = { challenge, rpId: 'id.example.com', origin: 'https://id.example.com', userId: person.id };
      const payload = device.get(options, elsewhere);
      assert.equal(await factors.verifyAuthentication(server.tenant, payload, elsewhere), undefined);
    });

    // security: second-factor-proof
    it('that is refused once a copy shows by its count', async () => {
      const { person, device, id } = await addPasskey();
      const copy = device.clone();
      assert.ok(await authenticate(device, person.id));
      assert.ok(await authenticate(device, person.id));
      assert.equal(await authenticate(copy, person.id), undefined, 'behind');
      assert.equal(await authenticate(copy, person.id), undefined, 'level');
      assert.deepEqual(await counterOf(id), [2, clock.time]);
    });

    it('also where devices do not count', async () => {
      const { person, device, id } = await addPasskey(createAuthenticator({ origin, counts: false }));
      for (const _ of [1, 2]) assert.ok(await authenticate(device.clone(), person.id));
      assert.deepEqual(await counterOf(id), [0, clock.time]);
    });

    // security: single-use, second-factor-proof
    it('once for each answer, also when it is sent many times at once', async () => {
      const { person, device, id } = await addPasskey();
      const { options, challenge } = await factors.authenticationOptions(server.tenant, { rpId, userId: person.id });
      const payload = device.get(options);
      const expected = { challenge, rpId, origin, userId: person.id };
      const send = () => factors.verifyAuthentication(server.tenant, payload, expected);
      const answers = await race(server.app.database, 'mfa_verifications', [send, send, send, send]);
      assert.deepEqual(
        answers.filter((answer) => answer !== undefined),
        [{ factorId: id, userId: person.id }],
      );
    });
  });

  describe('name whose they are', () => {
    const handled = (userHandle: string | null | undefined) => ({
      change: ({ response }: AuthenticationJson) => ({ response: { ...response, userHandle } }),
    });

    it('where the user is not known yet', async () => {
      const { person, device, id } = await addPasskey();
      const { options } = await factors.authenticationOptions(server.tenant, { rpId });
      assert.equal(options.allowCredentials, undefined);
      assert.deepEqual(await authenticate(device), { factorId: id, userId: person.id });
    });

    // security: second-factor-proof
    it('and are refused when the user handle is missing or names another user', async () => {
      const { device } = await addPasskey();
      const eve = await addPerson();
      for (const handle of [undefined, null, '', Buffer.from(eve.id).toString('base64url')])
        assert.equal(await authenticate(device, undefined, handled(handle)), undefined);
    });

    it('but need not, where the person is known', async () => {
      const { person, device } = await addPasskey();
      for (const handle of [undefined, null]) assert.ok(await authenticate(device, person.id, handled(handle)));
    });
  });
});
