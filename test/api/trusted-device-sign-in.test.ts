import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type Agent, createAgent, experienceClient } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { experienceOf } from '../support/experience-page.ts';
import { startReceiver } from '../support/receiver.ts';
import { type FactorWorld, openFactorWorld, type Person, password } from '../support/second-factors.ts';

const day = 86_400_000;
const needsFactor: [number, string] = [403, 'session.mfa.require_mfa_verification'];
const trustPath = '/profile/mfa/trusted-device';
const settings = {
  mfa: { factors: ['Totp'], policy: 'NoPrompt' },
  adaptiveMfa: { enabled: false },
  trustedDevice: { enabled: true, validPeriodDays: 60 },
};

describe('Sign-ins with a trusted device', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
  });
  let start: number;
  beforeEach(async () => {
    start = world.clock.time;
    await world.configure(settings);
  });
  // The operator's token is not valid for days.
  afterEach(() => {
    world.clock.time = start;
  });
  after(() => world?.close());

  /** A browser whose cookies are seen. */
  const openBrowser = () => {
    const agent = createAgent();
    const trusted: string[] = [];
    const browser: Agent & { trusted: string[] } = {
      ...agent,
      trusted,
      async fetch(url, init) {
        const answer = await agent.fetch(url, init);
        trusted.push(...answer.headers.getSetCookie().filter((cookie) => cookie.startsWith('_trusted.')));
        return answer;
      },
    };
    return browser;
  };
  /** Signs in again in a browser, up to the password. */
  const arrive = async (browser: Agent, person: Person, extra: Record<string, string> = {}) => {
    const request = authorization({ endpoint: world.server.url, extra: { prompt: 'login', ...extra } });
    await browser.fetch(request.url);
    const page = experienceOf(world.server, browser);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const identifier = { type: 'username', value: person.username };
    const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password });
    await page.expect(204, 'POST', '/identification', proof);
    return { ...page, request };
  };
  /** Whether a sign-in has to show the second factor. */
  const isAsked = async (browser: Agent, person: Person, extra: Record<string, string> = {}) => {
    const { status, body } = await (await arrive(browser, person, extra)).call('POST', '/submit');
    if (status !== 200) assert.deepEqual([status, body.code], needsFactor);
    return status !== 200;
  };
  const trust = async (browser: Agent, person: Person, secret: string) => {
    const page = await arrive(browser, person);
    await page.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    await page.expect(204, 'POST', trustPath);
    await page.expect(200, 'POST', '/submit');
  };
  /** A user, and a browser that the user trusts. */
  const addTrusting = async () => {
    const [browser, person] = [openBrowser(), await world.addPerson()];
    const secret = await world.giveTotp(person);
    await trust(browser, person, secret);
    assert.equal(await isAsked(browser, person), false);
    return { browser, person, secret };
  };
  const devicesOf = ({ id }: Person) =>
    world.operator.call<{ id: string; createdAt: number; lastUsedAt: number; expiresAt: number }[]>(
      'GET',
      `/api/users/${id}/trusted-devices`,
    );

  // security: trusted-devices
  it('skip the second factor in that browser alone, and claim no second factor', async () => {
    const { browser, person } = await addTrusting();
    const [cookie = '', ...others] = browser.trusted;
    assert.deepEqual(others, []);
    assert.match(cookie, /^_trusted\.[\w-]{16}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=5184000$/);
    const secret = /=([\w-]{43});/.exec(cookie)?.[1] ?? '';
    const rows = await world.server.tenant.db.raw('select to_jsonb(d)::text as row from trusted_devices d', []);
    assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(secret), 'the secret is stored');

    world.clock.time += 600_000;
    const page = await arrive(browser, person);
    const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
    const code = (await page.follow(redirectTo)).searchParams.get('code') ?? '';
    const { id_token } = await experienceClient(world.server.url).redeem({ code, request: page.request });
    const claims = decodeJwt(id_token);
    assert.deepEqual([claims.amr, claims.acr], [['pwd'], 'urn:aldaba:acr:1fa']);
    const [device] = await devicesOf(person);
    assert.equal(device?.lastUsedAt, world.clock.time);
    assert.equal((device?.expiresAt ?? 0) - (device?.createdAt ?? 0), 60 * day);
    assert.equal(await isAsked(openBrowser(), person), true);
  });

  // security: trusted-devices
  it('belong to one user: others in the same browser have their own', async () => {
    const { browser, person: ana } = await addTrusting();
    const eve = await world.addPerson();
    const secret = await world.giveTotp(eve);
    assert.equal(await isAsked(browser, eve), true);
    await trust(browser, eve, secret);
    assert.deepEqual([await isAsked(browser, ana), await isAsked(browser, eve)], [false, false]);
    // The credential of one as that of the other.
    await world.server.tenant.db.raw(
      'update trusted_devices set user_id = case user_id when $1 then $2 else $1 end where user_id in ($1, $2)',
      [ana.id, eve.id],
    );
    assert.deepEqual([await isAsked(browser, ana), await isAsked(browser, eve)], [true, true]);
  });

  // security: trusted-devices
  it('ask for the factor if it is essential, if the sign-in is unusual, and after the trust has expired', async () => {
    const { browser, person } = await addTrusting();
    const claims = { id_token: { acr: { essential: true, values: ['urn:aldaba:acr:2fa'] } } };
    assert.equal(await isAsked(browser, person, { claims: JSON.stringify(claims) }), true);
    const { time } = world.clock;
    await world.configure({ adaptiveMfa: { enabled: true } });
    world.clock.time = time + 31 * day;
    assert.equal(await isAsked(browser, person), true);
    world.clock.time = time;
    await world.configure({ adaptiveMfa: { enabled: false } });
    world.clock.time = time + 31 * day;
    assert.equal(await isAsked(browser, person), false);
    world.clock.time += 30 * day;
    assert.equal(await isAsked(browser, person), true);
  });

  const member = async ({ id: userId }: Person, organization: object) => {
    const { id } = await world.operator.call<{ id: string }>('POST', '/api/organizations', organization);
    await world.operator.call('POST', `/api/organizations/${id}/users`, { userIds: [userId] });
  };
  for (const organization of [{ isTrustedDeviceAllowed: false }, { isMfaRequired: true }])
    it(`ask members of an organization with ${JSON.stringify(organization)}, who can trust no device`, async () => {
      const { browser, person, secret } = await addTrusting();
      await member(person, { name: 'Usual' });
      assert.equal(await isAsked(browser, person), false);
      await member(person, { name: 'Strict', ...organization });
      const page = await arrive(browser, person);
      await page.refuse(needsFactor, 'POST', '/submit');
      await page.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
      await page.refuse([403, 'auth.forbidden'], 'POST', trustPath);
    });

  it('are requested after the factor, on pages that see the request in the state', async () => {
    const [browser, person] = [openBrowser(), await world.addPerson()];
    const secret = await world.giveTotp(person);
    const page = await arrive(browser, person);
    await page.refuse(needsFactor, 'POST', trustPath);
    await page.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    assert.equal((await page.expect<Record<string, unknown>>(200, 'GET', '/interaction')).trustedDevice, undefined);
    await page.expect(204, 'POST', trustPath);
    assert.deepEqual((await page.expect<Record<string, unknown>>(200, 'GET', '/interaction')).trustedDevice, {
      requested: true,
    });
    assert.deepEqual(await devicesOf(person), [], 'trusted before the sign-in is complete');
  });

  describe('end when', () => {
    const call = (method: string, path: (person: Person) => string, body?: object) => (person: Person) =>
      world.operator.call<unknown>(method, path(person), body);
    const userPath = (rest: string) => (person: Person) => `/api/users/${person.id}${rest}`;
    const changes: Record<string, (person: Person) => Promise<unknown>> = {
      'the password is changed': call('PATCH', userPath('/password'), { password, revokeSessions: false }),
      'the email address is changed': call('PATCH', userPath(''), { primaryEmail: 'other@example.com' }),
      'the user is suspended': async (person) => {
        for (const isSuspended of [true, false])
          await call('PATCH', userPath('/is-suspended'), { isSuspended })(person);
      },
      'an operator removes the device': async (person) => {
        for (const { id } of await devicesOf(person)) await call('DELETE', userPath(`/trusted-devices/${id}`))(person);
      },
      'the tenant stops to trust devices': async () => {
        await world.configure({ trustedDevice: { enabled: false } });
        await world.configure({ trustedDevice: settings.trustedDevice });
      },
    };
    for (const [name, change] of Object.entries(changes))
      it(name, async () => {
        const { browser, person } = await addTrusting();
        await change(person);
        assert.deepEqual(await devicesOf(person), []);
        assert.equal(await isAsked(browser, person), true);
      });

    it('the shorter period of the tenant is over, also if the tenant lengthens it again', async () => {
      const { browser, person } = await addTrusting();
      await world.configure({ trustedDevice: { enabled: true, validPeriodDays: 1 } });
      await world.configure({ trustedDevice: settings.trustedDevice });
      assert.equal(await isAsked(browser, person), false);
      world.clock.time += day;
      assert.equal(await isAsked(browser, person), true);
    });

    // security: trusted-devices
    it('a second factor is removed', async () => {
      const { browser, person } = await addTrusting();
      const path = `/api/users/${person.id}/mfa-verifications`;
      const [factor] = await world.operator.call<{ id: string }[]>('GET', path);
      await world.operator.call('DELETE', `${path}/${factor?.id}?revokeSessions=false`);
      await world.giveTotp(person);
      assert.equal(await isAsked(browser, person), true);
    });
  });

  describe('are reported', () => {
    it('to webhooks and in the audit log', async () => {
      const receiver = await startReceiver();
      try {
        const events = ['TrustedDevice.Created', 'TrustedDevice.Deleted'];
        await world.operator.call('POST', '/api/hooks', { name: 'Devices', events, config: { url: receiver.url } });
        const { person } = await addTrusting();
        const [device] = await devicesOf(person);
        const created = JSON.parse((await receiver.next()).body);
        assert.deepEqual([created.event, created.userId, created.data.id], [events[0], person.id, device?.id]);
        await world.operator.call('PATCH', `/api/users/${person.id}/password`, { password });
        const deleted = JSON.parse((await receiver.next()).body);
        assert.deepEqual(
          [deleted.event, deleted.userId, deleted.trustedDeviceId, deleted.data],
          [events[1], person.id, device?.id, null],
        );
        for (const logKey of ['TrustedDevice.Created', 'TrustedDevice.Used']) {
          const logs = await world.operator.call<{ payload: { params: object } }[]>(
            'GET',
            `/api/logs?logKey=${logKey}&userId=${person.id}`,
          );
          assert.deepEqual(
            logs.map(({ payload }) => payload.params),
            [{ trustedDeviceId: device?.id }],
          );
        }
      } finally {
        await receiver.close();
      }
    });
  });

  it('need a second factor to skip, and last from 1 to 365 days', async () => {
    const patch = async (body: object) => {
      try {
        return await world.configure(body);
      } catch (error) {
        return String(error);
      }
    };
    const withoutFactors = { mfa: { factors: [], policy: 'NoPrompt' } };
    assert.match(String(await patch(withoutFactors)), /request\.feature_not_supported/);
    for (const validPeriodDays of [0, 366, 1.5])
      assert.match(String(await patch({ trustedDevice: { enabled: true, validPeriodDays } })), /guard\.invalid_input/);
    assert.equal(typeof (await patch({ ...withoutFactors, trustedDevice: { enabled: false } })), 'object');
    await patch({ mfa: settings.mfa });
    const { trustedDevice } = (await patch({ trustedDevice: { enabled: true } })) as typeof settings;
    assert.deepEqual(trustedDevice, { enabled: true, validPeriodDays: 30 });
  });
});
