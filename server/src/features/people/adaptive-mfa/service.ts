import type { Clock } from '../../../kernel/clock.ts';
import { currentOrigin } from '../../../kernel/origin.ts';
import type { Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { countryLife, type Risk, risksOf } from './rules.ts';
import { findPlaces, savePlace } from './store.ts';

export interface AdaptiveMfaNeeds {
  clock: Clock;
}

export interface AdaptiveMfa {
  /**
   * The risks of the sign-in that the current request belongs to. Runs one statement, and only if the request has a
   * country or coordinates. Call it before `record`.
   */
  assess: (tenant: Pick<Tenant, 'db'>, user: { id: string; lastSignInAt: number | null }) => Promise<readonly Risk[]>;
  /**
   * Records the place of the current request as one that the user signs in from: one statement, none if the request has
   * no place. Call it in the transaction that completes the sign-in, after the user's row was written: its lock
   * prevents deadlocks between concurrent sign-ins of one user.
   * @param now milliseconds since the epoch
   */
  record: (tx: Transaction, userId: string, now: number) => Promise<void>;
}

export function createAdaptiveMfa({ clock }: AdaptiveMfaNeeds): AdaptiveMfa {
  return {
    async assess(tenant, { id, lastSignInAt }) {
      const place = currentOrigin()?.place;
      const isPlaced = place?.country !== undefined || place?.point !== undefined;
      const places = isPlaced ? await findPlaces(tenant.db, id) : { countries: [] };
      return risksOf(place, { lastSignInAt, ...places }, clock.now());
    },
    async record(tx, userId, now) {
      const { country, point } = currentOrigin()?.place ?? {};
      if (country === undefined && point === undefined) return;
      await savePlace(tx, userId, { country, point, at: new Date(now), forget: new Date(now - countryLife) });
    },
  };
}
