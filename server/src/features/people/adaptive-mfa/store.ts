import type { Point } from '../../../kernel/origin.ts';
import type { Queries, Transaction } from '../../../store/index.ts';
import type { History } from './rules.ts';

type PlaceRow =
  | { country: string; latitude: null; longitude: null; at: Date }
  | { country: null; latitude: number; longitude: number; at: Date };

/** The countries that a user signed in from, and the last place. */
export async function findPlaces(q: Queries, userId: string): Promise<Omit<History, 'lastSignInAt'>> {
  const rows = await q.raw<PlaceRow>(
    `select country, null::double precision as latitude, null::double precision as longitude, last_sign_in_at as at
       from user_sign_in_countries where tenant_id = $1 and user_id = $2
     union all
     select null, latitude, longitude, updated_at from user_geo_locations where tenant_id = $1 and user_id = $2
     order by country`,
    [q.tenantId, userId],
  );
  const countries = [];
  let last: History['last'];
  for (const { country, latitude, longitude, at } of rows) {
    if (country === null) last = { point: { latitude, longitude }, at: at.getTime() };
    else countries.push({ country, at: at.getTime() });
  }
  return { countries, ...(last ? { last } : {}) };
}

/**
 * Stores what is given: replaces the last place, records the country and deletes other countries last seen before
 * `forget`.
 */
export async function savePlace(
  tx: Transaction,
  userId: string,
  seen: { country: string | undefined; point: Point | undefined; at: Date; forget: Date },
): Promise<void> {
  await tx.raw(
    `with place as (
       insert into user_geo_locations (tenant_id, user_id, latitude, longitude, updated_at)
       select $1, $2, $3::double precision, $4::double precision, $6::timestamptz where $3::double precision is not null
       on conflict (tenant_id, user_id) do update
         set latitude = excluded.latitude, longitude = excluded.longitude, updated_at = excluded.updated_at
     ), forgotten as (
       delete from user_sign_in_countries
        where tenant_id = $1 and user_id = $2 and country <> $5::text and last_sign_in_at < $7::timestamptz
     )
     insert into user_sign_in_countries (tenant_id, user_id, country, last_sign_in_at)
     select $1, $2, $5::text, $6::timestamptz where $5::text is not null
     on conflict (tenant_id, user_id, country) do update set last_sign_in_at = excluded.last_sign_in_at`,
    [
      tx.tenantId,
      userId,
      seen.point?.latitude ?? null,
      seen.point?.longitude ?? null,
      seen.country ?? null,
      seen.at,
      seen.forget,
    ],
  );
}

export async function deletePlaces(q: Queries, userId: string): Promise<void> {
  await q.raw('delete from user_sign_in_countries where tenant_id = $1 and user_id = $2', [q.tenantId, userId]);
  await q.raw('delete from user_geo_locations where tenant_id = $1 and user_id = $2', [q.tenantId, userId]);
}
