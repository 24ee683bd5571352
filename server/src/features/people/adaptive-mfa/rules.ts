import type { TriggeredRule } from '@aldaba/contract';
import type { Place, Point } from '../../../kernel/origin.ts';

/** A sign that the sign-in is not by the owner of the account. */
export type Risk = TriggeredRule;

/** A user's earlier sign-ins. Times are milliseconds since the epoch. */
export interface History {
  readonly lastSignInAt: number | null;
  /** Countries, with the time of the last sign-in from each. */
  readonly countries: readonly { readonly country: string; readonly at: number }[];
  /** The last known place. */
  readonly last?: { readonly point: Point; readonly at: number };
}

const day = 86_400_000;
/** How long a country counts as familiar, in milliseconds. */
export const countryLife = 180 * day;
/** A pause between sign-ins longer than this is unusual, in milliseconds. */
const longInactivity = 30 * day;
/** Kilometers per hour: the speed of airliners. */
const highestSpeed = 900;
/** Kilometers: the typical error of an IP address's location. */
const noise = 100;

/** Input of the rules. */
interface Facts {
  readonly country?: string | undefined;
  /** Countries of the last 180 days. */
  readonly recentCountries: readonly string[];
  /** Whether any country was ever recorded. */
  readonly hasCountries: boolean;
  /** Kilometers from the last known place to the current one. */
  readonly travel?: { readonly kilometres: number; readonly hours: number } | undefined;
  /** Milliseconds since the last sign-in. */
  readonly inactivity?: number | undefined;
  readonly isUntrusted: boolean;
}

interface Rule {
  readonly rule: Risk['rule'];
  applies: (facts: Facts) => boolean;
  details: (facts: Facts) => Risk['details'];
}

/** Every risk that the rules find; each alone makes a sign-in suspicious. */
const rules: readonly Rule[] = [
  {
    rule: 'new_country',
    applies: ({ country, recentCountries, hasCountries }) =>
      hasCountries && country !== undefined && !recentCountries.includes(country),
    details: ({ country = '', recentCountries }) => ({ country, recentCountries }),
  },
  {
    rule: 'geo_velocity',
    applies: ({ travel }) =>
      travel !== undefined && travel.kilometres > noise && travel.kilometres > travel.hours * highestSpeed,
    details: ({ travel }) => ({ ...travel }),
  },
  {
    rule: 'long_inactivity',
    applies: ({ inactivity }) => inactivity !== undefined && inactivity > longInactivity,
    details: ({ inactivity = 0 }) => ({ days: Math.floor(inactivity / day) }),
  },
  {
    rule: 'untrusted_ip',
    applies: ({ isUntrusted }) => isUntrusted,
    details: () => ({}),
  },
];

/**
 * The risks of a sign-in, in the order of the rules.
 * @param place of the request, undefined if unknown
 * @param now milliseconds since the epoch
 */
export function risksOf(place: Place | undefined, history: History, now: number): readonly Risk[] {
  const facts = factsOf(place, history, now);
  return rules.filter(({ applies }) => applies(facts)).map(({ rule, details }) => ({ rule, details: details(facts) }));
}

function factsOf(place: Place | undefined, { lastSignInAt, countries, last }: History, now: number): Facts {
  const point = place?.point;
  return {
    country: place?.country,
    recentCountries: countries.filter(({ at }) => at >= now - countryLife).map(({ country }) => country),
    hasCountries: countries.length > 0,
    // Clocks of two nodes may differ, which must not give a negative time.
    travel: point && last && { kilometres: distance(last.point, point), hours: Math.max(0, now - last.at) / 3_600_000 },
    inactivity: lastSignInAt === null ? undefined : now - lastSignInAt,
    isUntrusted: place?.isUntrusted === true,
  };
}

/** Great-circle distance in kilometers (haversine formula). */
export function distance(from: Point, to: Point): number {
  const haversine = (degrees: number) => Math.sin((degrees * Math.PI) / 360) ** 2;
  const cosine = (degrees: number) => Math.cos((degrees * Math.PI) / 180);
  const share =
    haversine(to.latitude - from.latitude) +
    cosine(from.latitude) * cosine(to.latitude) * haversine(to.longitude - from.longitude);
  // Rounding can take the value for antipodes slightly above 1.
  return 2 * earthRadius * Math.asin(Math.sqrt(Math.min(1, share)));
}

/** Mean radius of the earth, in kilometers. */
const earthRadius = 6371.0088;
