import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createAdaptiveMfa, type Risk } from '../../server/src/features/people/adaptive-mfa/index.ts';
import { createHttp } from '../../server/src/http/server.ts';
import type { Http } from '../../server/src/http/types.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { currentOrigin, type Place } from '../../server/src/kernel/origin.ts';
import { sql } from '../../server/src/store/sql.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const placeHeaders = {
  country: 'cf-ipcountry',
  city: 'cf-ipcity',
  latitude: 'cf-iplatitude',
  longitude: 'cf-iplongitude',
  botScore: 'cf-bot-score',
  botVerified: 'cf-verified-bot',
};
const forwarded = { 'x-forwarded-for': '203.0.113.9' };
const munich = { 'cf-ipcountry': 'DE', 'cf-iplatitude': '48.1374', 'cf-iplongitude': '11.5755' };
const tokyo = { 'cf-ipcountry': 'JP', 'cf-iplatitude': '35.6762', 'cf-iplongitude': '139.6503' };

interface Door {
  url: string;
  close: () => Promise<unknown>;
}

describe('Adaptive MFA', () => {
  let server: TestServer;
  let now = 1_800_000_000_000;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  /** An HTTP server with one route that shows what it reads from a request, and one that signs a user in. */
  async function openDoor(options: Partial<Parameters<typeof createHttp>[0]>): Promise<Door> {
    const { tenancy } = server.app;
    const http: Http = createHttp({ tenancy, log: createLog('silent'), trustedProxies: ['127.0.0.1'], ...options });
    const adaptiveMfa = createAdaptiveMfa({ clock: { now: () => now } });
    http.get('/place', async () => ({ place: currentOrigin()?.place ?? null }));
    http.post<{ Querystring: { user: string } }>('/sign-in', async ({ tenant, query: { user: id } }) => {
      const user = await server.app.users.get(tenant.db, id);
      const risks = await adaptiveMfa.assess(tenant, user);
      await tenant.db.transaction(async (tx) => {
        await server.app.users.update(tx, id, { lastSignInAt: new Date(now) });
        await adaptiveMfa.record(tx, id, now);
      });
      return { risks };
    });
    await http.listen({ port: 0, host: '127.0.0.1' });
    const { port } = http.server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => http.close() };
  }

  describe('Location of a request', () => {
    const placeAt = async (door: Door, headers: Record<string, string>): Promise<Place | null> => {
      const answer = await fetch(`${door.url}/place`, { headers });
      return ((await answer.json()) as { place: Place | null }).place;
    };

    it('reads the location from the headers of a trusted proxy', async () => {
      const door = await openDoor({ placeHeaders });
      try {
        assert.deepEqual(await placeAt(door, { ...forwarded, ...munich, 'cf-ipcity': 'Munich' }), {
          country: 'DE',
          city: 'Munich',
          point: { latitude: 48.1374, longitude: 11.5755 },
          isUntrusted: false,
        });
        assert.equal(await placeAt(door, forwarded), null);
      } finally {
        await door.close();
      }
    });

    // security: forged-location
    it('ignores the location headers of other peers, of requests that were not forwarded, and headers without a mapping', async () => {
      const all = { ...forwarded, ...munich, 'cf-bot-score': '1' };
      for (const options of [
        { placeHeaders, trustedProxies: [] },
        { placeHeaders, trustedProxies: ['10.0.0.0/8'] },
        { placeHeaders, trustedProxies: ['203.0.113.9'] },
        { placeHeaders: { country: 'x-country' } },
        {},
      ]) {
        const door = await openDoor(options);
        try {
          assert.equal(await placeAt(door, all), null, JSON.stringify(options));
        } finally {
          await door.close();
        }
      }
      const door = await openDoor({ placeHeaders });
      try {
        assert.equal(await placeAt(door, { ...munich, 'cf-bot-score': '1' }), null);
      } finally {
        await door.close();
      }
    });

    const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
    const table: [what: string, headers: Record<string, string>, place: Place | null][] = [
      ['a country in lowercase letters', { 'cf-ipcountry': 'de' }, { country: 'DE', isUntrusted: false }],
      ['a country that is unknown', { 'cf-ipcountry': 'XX' }, null],
      ['the Tor network', { 'cf-ipcountry': 'T1' }, { isUntrusted: true }],
      ['three letters', { 'cf-ipcountry': 'DEU' }, null],
      ['two values', { 'cf-ipcountry': 'DE, FR' }, null],
      ['a city with an umlaut', { 'cf-ipcity': utf8('Zürich') }, { city: 'Zürich', isUntrusted: false }],
      ['a city that is no UTF-8', { 'cf-ipcity': 'Z\u00fcrich' }, null],
      ['a city without end', { 'cf-ipcity': 'a'.repeat(257) }, null],
      ['a latitude alone', { 'cf-iplatitude': '48' }, null],
      ['beyond the pole', { 'cf-iplatitude': '90.1', 'cf-iplongitude': '0' }, null],
      ['beyond the date line', { 'cf-iplatitude': '0', 'cf-iplongitude': '-180.5' }, null],
      ['no numbers', { 'cf-iplatitude': 'NaN', 'cf-iplongitude': '1e1' }, null],
      [
        'the far south-west',
        { 'cf-iplatitude': '-90', 'cf-iplongitude': '-180' },
        { point: { latitude: -90, longitude: -180 }, isUntrusted: false },
      ],
      ['a program', { 'cf-bot-score': '29' }, { botScore: 29, isUntrusted: true }],
      ['a person', { 'cf-bot-score': '30' }, { botScore: 30, isUntrusted: false }],
      [
        'a program that is known to be harmless',
        { 'cf-bot-score': '1', 'cf-verified-bot': 'true' },
        { botScore: 1, isBotVerified: true, isUntrusted: false },
      ],
      [
        'a program that is not',
        { 'cf-bot-score': '1', 'cf-verified-bot': 'false' },
        { botScore: 1, isBotVerified: false, isUntrusted: true },
      ],
      ['no score', { 'cf-bot-score': '0' }, null],
      ['a score that is none', { 'cf-bot-score': '-5' }, null],
    ];
    // security: forged-location
    it('ignores invalid location values', async () => {
      const door = await openDoor({ placeHeaders });
      try {
        for (const [what, headers, place] of table) {
          assert.deepEqual(await placeAt(door, { ...forwarded, ...headers }), place, what);
        }
      } finally {
        await door.close();
      }
    });
  });

  describe('Locations of sign-ins', () => {
    let door: Door;
    before(async () => {
      door = await openDoor({ placeHeaders });
    });
    after(() => door.close());

    let count = 0;
    const newUser = async () =>
      (await server.app.users.create(server.tenant.db, { username: `traveller-${count++}` })).id;
    const signIn = async (userId: string, headers: Record<string, string>): Promise<readonly Risk['rule'][]> => {
      const options = { method: 'POST', headers: { ...forwarded, ...headers } };
      const answer = await fetch(`${door.url}/sign-in?user=${userId}`, options);
      assert.equal(answer.status, 200);
      return ((await answer.json()) as { risks: Risk[] }).risks.map(({ rule }) => rule);
    };
    const rowsOf = async (userId: string) => {
      const { db } = server.tenant;
      const of = [db.tenantId, userId];
      const where = 'where tenant_id = $1 and user_id = $2';
      const countries = await db.raw(
        `select country, last_sign_in_at from user_sign_in_countries ${where} order by 1`,
        of,
      );
      const points = await db.raw(`select latitude, longitude, updated_at from user_geo_locations ${where}`, of);
      return { countries, points };
    };

    it('stores the location of a sign-in and compares the next one with it', async () => {
      const userId = await newUser();
      assert.deepEqual(await signIn(userId, munich), []);
      now += 3_600_000;
      assert.deepEqual(await signIn(userId, munich), []);
      now += 3_600_000;
      assert.deepEqual(await signIn(userId, tokyo), ['new_country', 'geo_velocity']);
      // Now both countries are the person's own, and Tokyo is where the way begins.
      now += day;
      assert.deepEqual(await signIn(userId, munich), []);
      assert.deepEqual(await rowsOf(userId), {
        countries: [
          { country: 'DE', last_sign_in_at: new Date(now) },
          { country: 'JP', last_sign_in_at: new Date(now - day) },
        ],
        points: [{ latitude: 48.1374, longitude: 11.5755, updated_at: new Date(now) }],
      });
    });

    it('keeps the locations of each user separate', async () => {
      const [ada, bob] = [await newUser(), await newUser()];
      await signIn(ada, munich);
      assert.deepEqual(await signIn(bob, tokyo), []);
      assert.deepEqual(await signIn(ada, munich), []);
    });

    it('keeps known values if a request has only some of them', async () => {
      const userId = await newUser();
      await signIn(userId, munich);
      now += day;
      await signIn(userId, { 'cf-ipcountry': 'AT' });
      await signIn(userId, { 'cf-iplatitude': '47.8', 'cf-iplongitude': '13.04' });
      assert.deepEqual(await rowsOf(userId), {
        countries: [
          { country: 'AT', last_sign_in_at: new Date(now) },
          { country: 'DE', last_sign_in_at: new Date(now - day) },
        ],
        points: [{ latitude: 47.8, longitude: 13.04, updated_at: new Date(now) }],
      });
    });

    it('deletes countries older than 180 days when a new one is stored', async () => {
      const userId = await newUser();
      await signIn(userId, munich);
      now += 181 * day;
      assert.deepEqual(await signIn(userId, munich), ['new_country', 'long_inactivity']);
      now += 100 * day;
      await signIn(userId, tokyo);
      now += 100 * day;
      await signIn(userId, tokyo);
      const { countries } = await rowsOf(userId);
      assert.deepEqual(countries, [{ country: 'JP', last_sign_in_at: new Date(now) }]);
    });

    it('reads and writes locations in one statement each, and in none for a request without a location', async () => {
      const adaptiveMfa = createAdaptiveMfa({ clock: { now: () => now } });
      const user = { id: await newUser(), lastSignInAt: null };
      const http = createHttp({
        tenancy: server.app.tenancy,
        log: createLog('silent'),
        trustedProxies: ['127.0.0.1'],
        placeHeaders,
      });
      const { statements } = server.app.database;
      http.get('/count', async ({ tenant }) => {
        const start = statements.count;
        await adaptiveMfa.assess(tenant, user);
        const read = statements.count - start;
        const written = await tenant.db.transaction(async (tx) => {
          // `begin` is sent along with the first statement.
          await tx.raw('select 1');
          const before = statements.count;
          await adaptiveMfa.record(tx, user.id, now);
          return statements.count - before;
        });
        return { read, written };
      });
      const countAt = async (headers: Record<string, string>) =>
        (
          await http.inject({ url: '/count', remoteAddress: '127.0.0.1', headers: { ...forwarded, ...headers } })
        ).json();
      try {
        assert.deepEqual(await countAt(munich), { read: 1, written: 1 });
        assert.deepEqual(await countAt({ 'cf-ipcountry': 'DE' }), { read: 1, written: 1 });
        assert.deepEqual(await countAt({}), { read: 0, written: 0 });
        assert.deepEqual(await countAt({ 'cf-bot-score': '1' }), { read: 0, written: 0 });
      } finally {
        await http.close();
      }
    });

    it('detects long inactivity and bad IP addresses without a location', async () => {
      const userId = await newUser();
      await signIn(userId, {});
      now += 31 * day;
      assert.deepEqual(await signIn(userId, {}), ['long_inactivity']);
      assert.deepEqual(await signIn(userId, { 'cf-ipcountry': 'T1' }), ['untrusted_ip']);
      assert.deepEqual(await rowsOf(userId), { countries: [], points: [] });
    });

    it('deletes the locations with the user', async () => {
      const userId = await newUser();
      await signIn(userId, munich);
      const { db } = server.tenant;
      await db.run(sql.deleteFrom('users').where('tenant_id', '=', db.tenantId).where('id', '=', userId));
      assert.deepEqual(await rowsOf(userId), { countries: [], points: [] });
    });

    it('keeps the locations of concurrent sign-ins of one user', async () => {
      const userId = await newUser();
      for (const country of ['DE', 'FR', 'IT']) await signIn(userId, { 'cf-ipcountry': country });
      // Each sign-in now deletes a place that another one is storing again.
      now += 181 * day;
      const countries = ['DE', 'JP', 'FR', 'AT', 'CH'];
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => signIn(userId, { 'cf-ipcountry': countries[at % 5] as string })),
      );
      const { countries: rows } = await rowsOf(userId);
      assert.deepEqual(
        rows,
        countries.toSorted().map((country) => ({ country, last_sign_in_at: new Date(now) })),
      );
    });
  });
});
