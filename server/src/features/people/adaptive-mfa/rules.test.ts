import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Place, Point } from '../../../kernel/origin.ts';
import { distance, type History, risksOf } from './rules.ts';

const now = 1_800_000_000_000;
const hour = 3_600_000;
const day = 24 * hour;

const munich = { latitude: 48.1374, longitude: 11.5755 };
const augsburg = { latitude: 48.3705, longitude: 10.8978 };
const berlin = { latitude: 52.52, longitude: 13.405 };
const tokyo = { latitude: 35.6762, longitude: 139.6503 };

/** A user who signed in from Munich yesterday and has no other history. */
const yesterday = now - day;
const regular: History = {
  lastSignInAt: yesterday,
  countries: [{ country: 'DE', at: yesterday }],
  last: { point: munich, at: yesterday },
};
const newcomer: History = { lastSignInAt: null, countries: [] };
const wasIn = (country: string, days: number): History => ({
  ...regular,
  countries: [{ country, at: now - days * day }],
});
const wasAt = (point: Point, hours: number): History => ({ ...regular, last: { point, at: now - hours * hour } });
const lastCame = (days: number): History => ({ ...newcomer, lastSignInAt: now - days * day });
const from = (place: Partial<Place>): Place => ({ isUntrusted: false, ...place });

const table: [situation: string, history: History, place: Place | undefined, risks: string[]][] = [
  ['the first sign-in, nothing told', newcomer, undefined, []],
  ['the first sign-in, from anywhere', newcomer, from({ country: 'DE', point: munich }), []],
  ['home again', regular, from({ country: 'DE', point: munich }), []],
  ['a known user without any place', regular, undefined, []],

  ['a country never seen', regular, from({ country: 'FR' }), ['new_country']],
  ['a country seen 180 days ago', wasIn('FR', 180), from({ country: 'FR' }), []],
  ['a country seen 181 days ago', wasIn('FR', 181), from({ country: 'FR' }), ['new_country']],
  ['no country told', regular, from({ point: munich }), []],

  ['500 km in an hour', wasAt(munich, 1), from({ point: berlin }), []],
  ['500 km in half an hour', wasAt(munich, 0.5), from({ point: berlin }), ['geo_velocity']],
  ['to Tokyo in eleven hours', wasAt(munich, 11), from({ point: tokyo }), []],
  ['to Tokyo in ten hours', wasAt(munich, 10), from({ point: tokyo }), ['geo_velocity']],
  ['to Tokyo at once', wasAt(munich, 0), from({ point: tokyo }), ['geo_velocity']],
  [
    'to Tokyo before the start, by the clock of another node',
    wasAt(munich, -20),
    from({ point: tokyo }),
    ['geo_velocity'],
  ],
  ['the next town at once: addresses are placed roughly', wasAt(munich, 0), from({ point: augsburg }), []],
  ['no earlier place', lastCame(1), from({ point: tokyo }), []],

  ['30 days without a sign-in', lastCame(30), undefined, []],
  ['31 days without a sign-in', lastCame(31), undefined, ['long_inactivity']],

  ['an address that hides people', newcomer, from({ isUntrusted: true }), ['untrusted_ip']],
  [
    'all at once',
    {
      lastSignInAt: now - 40 * day,
      countries: [{ country: 'DE', at: now - 40 * day }],
      last: { point: munich, at: now },
    },
    from({ country: 'JP', point: tokyo, isUntrusted: true }),
    ['new_country', 'geo_velocity', 'long_inactivity', 'untrusted_ip'],
  ],
];

describe('Sign-in risk rules', () => {
  for (const [situation, history, place, risks] of table) {
    it(`${situation}: ${risks.join(', ') || 'none'}`, () => {
      assert.deepEqual(
        risksOf(place, history, now).map(({ rule }) => rule),
        risks,
      );
    });
  }

  it('reports the evidence for each risk of a sign-in', () => {
    const history = { ...wasAt(munich, 2), lastSignInAt: now - 45.5 * day };
    const risks = risksOf(from({ country: 'JP', point: tokyo }), history, now);
    const [country, velocity, inactivity] = risks.map(({ details }) => details);
    assert.deepEqual(country, { country: 'JP', recentCountries: ['DE'] });
    assert.equal(velocity?.hours, 2);
    // Distances from atlases.
    assert.ok(Math.abs(Number(velocity?.kilometres) - 9370) < 50, String(velocity?.kilometres));
    assert.deepEqual(inactivity, { days: 45 });
  });
});

describe('Distance between two points', () => {
  const point = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });

  it('computes a distance that is symmetric, 0 for the same point, and never more than half the circumference of the earth', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        assert.equal(distance(a, a), 0);
        assert.ok(Math.abs(distance(a, b) - distance(b, a)) < 1e-6);
        assert.ok(distance(a, b) >= 0 && distance(a, b) <= 20_016);
      }),
    );
  });

  it('computes a quarter of the meridian from a pole to the equator', () => {
    fc.assert(
      fc.property(point, ({ longitude }) => {
        const quarter = distance({ latitude: 90, longitude: 0 }, { latitude: 0, longitude });
        assert.ok(Math.abs(quarter - 10_007.5) < 1, String(quarter));
      }),
    );
  });

  it('measures distances the short way across the date line', () => {
    const [fiji, samoa] = [
      { latitude: -17, longitude: 179 },
      { latitude: -17, longitude: -179 },
    ];
    assert.ok(distance(fiji, samoa) < 220);
  });

  it('treats a distance that is impossible in one time as impossible in any shorter time', () => {
    const minutes = fc.integer({ min: 0, max: 3 * 24 * 60 });
    const isTooFar = (a: Point, b: Point, time: number) =>
      risksOf(from({ point: b }), { ...newcomer, last: { point: a, at: now - time * 60_000 } }, now).length > 0;
    fc.assert(
      fc.property(point, point, minutes, minutes, (a, b, one, other) => {
        const [shorter, longer] = one < other ? [one, other] : [other, one];
        if (isTooFar(a, b, longer)) assert.ok(isTooFar(a, b, shorter));
      }),
    );
  });
});
