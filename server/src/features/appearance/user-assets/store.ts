import type { Queries, Transaction } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

export interface StoredAsset {
  id: string;
  contentType: string;
  size: number;
}

/** Who uploads a picture: a user, or the new user of a sign-in. */
export type PictureOwner = { userId: string } | { signIn: string };

export async function insertAsset(
  q: Queries,
  asset: StoredAsset,
  picture?: { owner: PictureOwner; createdAt: Date; checkAt: Date },
): Promise<void> {
  const owner = picture?.owner;
  await q.run(
    sql.insertInto('user_assets').values({
      tenant_id: q.tenantId,
      id: asset.id,
      content_type: asset.contentType,
      size: asset.size,
      ...(owner && 'userId' in owner ? { user_id: owner.userId } : {}),
      ...(owner && 'signIn' in owner ? { sign_in: owner.signIn } : {}),
      ...(picture ? { created_at: picture.createdAt, check_at: picture.checkAt } : {}),
    }),
  );
}

/** A file. A picture whose user was deleted is none any more: it belongs to no user and no sign-in. */
export async function findAsset(q: Queries, id: string): Promise<StoredAsset | undefined> {
  const [row] = await q.raw<StoredAsset>(
    `select id, content_type as "contentType", size from user_assets where tenant_id = $1 and id = $2
       and (check_at is null or user_id is not null or sign_in is not null)`,
    [q.tenantId, id],
  );
  return row;
}

/** The pictures of a deleted user are checked next, and removed. */
export async function releasePictures(tx: Transaction, userId: string, now: Date): Promise<void> {
  await tx.raw('update user_assets set check_at = $3 where tenant_id = $1 and user_id = $2', [
    ...[tx.tenantId, userId, now],
  ]);
}

export const deleteAsset = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('user_assets').where('tenant_id', '=', q.tenantId).where('id', '=', id));

/** Serializes the counts of a tenant's uploads, so that concurrent ones do not exceed a limit together. */
export async function lockPictures(tx: Transaction): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba pictures ' || $1, 0))", [tx.tenantId]);
}

/** Pictures of an owner that are stored. */
export async function countPictures(q: Queries, owner: PictureOwner): Promise<number> {
  const [column, value] = 'userId' in owner ? ['user_id', owner.userId] : ['sign_in', owner.signIn];
  const rows = await q.raw<{ count: number }>(
    `select count(*)::integer as count from user_assets where tenant_id = $1 and ${column} = $2`,
    [q.tenantId, value],
  );
  return rows[0]?.count ?? 0;
}

/** Number and bytes of the pictures that users uploaded since. */
export async function sumPictures(q: Queries, since: Date): Promise<{ count: number; size: number }> {
  const rows = await q.raw<{ count: number; size: number }>(
    `select count(*)::integer as count, coalesce(sum(size), 0)::bigint as size from user_assets
     where tenant_id = $1 and created_at > $2 and check_at is not null`,
    [q.tenantId, since],
  );
  return rows[0] ?? { count: 0, size: 0 };
}

/** The pictures of a sign-in become those of the user that it created. */
export async function claimPictures(tx: Transaction, signIn: string, userId: string): Promise<void> {
  await tx.raw('update user_assets set user_id = $3, sign_in = null where tenant_id = $1 and sign_in = $2', [
    ...[tx.tenantId, signIn, userId],
  ]);
}

/** Pictures whose time has come, of all tenants, and whether they are used: those are checked again later. */
export async function checkPictures(
  system: Queries,
  { now, next, limit }: { now: Date; next: Date; limit: number },
): Promise<{ tenantId: string; id: string; isUsed: boolean }[]> {
  return system.raw<{ tenantId: string; id: string; isUsed: boolean }>(
    `with due as (
       select tenant_id, id, user_id from user_assets where check_at <= $1 order by check_at limit $3
     ), used as (
       update user_assets a set check_at = $2 from due d join users u on u.tenant_id = d.tenant_id and u.id = d.user_id
       where a.tenant_id = d.tenant_id and a.id = d.id and right(u.avatar, length(d.id) + 1) = '/' || d.id
       returning a.tenant_id, a.id
     )
     select d.tenant_id as "tenantId", d.id, u.id is not null as "isUsed"
     from due d left join used u on u.tenant_id = d.tenant_id and u.id = d.id`,
    [now, next, limit],
  );
}
