import type { TransferredUser } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/index.ts';

/** Users that share an id or an identifier with new ones: the strings of `keysOf`, or `id …`. */
export async function findTaken(
  q: Queries,
  given: { ids: string[]; usernames: string[]; emails: string[]; phones: string[]; identities: [string, string][] },
): Promise<{ key: string; userId: string }[]> {
  const lower = given.usernames.map((name) => name.toLowerCase());
  const rows = await q.raw<{
    id: string;
    username: string | null;
    claim: string | null;
    email: string | null;
    phone: string | null;
  }>(
    // One lookup per index: with `or`, PostgreSQL may scan all users.
    `${[
      'id = any($2)',
      'username = any($3)',
      'username_claim = any($4)',
      'primary_email_key = any($5)',
      'primary_phone = any($6)',
    ]
      .map(
        (condition) => `select id, username, username_claim as claim, primary_email_key as email, primary_phone as phone
          from users where tenant_id = $1 and ${condition}`,
      )
      .join(' union ')}`,
    [q.tenantId, given.ids, given.usernames, lower, given.emails, given.phones],
  );
  const linked = await q.raw<{ target: string; identity_id: string; user_id: string }>(
    `select i.target, i.identity_id, i.user_id from unnest($2::text[], $3::text[]) as g(target, id)
      join user_identities i on i.tenant_id = $1 and i.target = g.target and i.identity_id = g.id`,
    [q.tenantId, given.identities.map(([target]) => target), given.identities.map(([, id]) => id)],
  );
  return [
    ...rows.flatMap(({ id, username, claim, email, phone }) => [
      { key: `id ${id}`, userId: id },
      ...(username ? [{ key: `username ${username}`, userId: id }] : []),
      ...(claim
        ? given.usernames
            .filter((name) => name.toLowerCase() === claim)
            .map((name) => ({ key: `username ${name}`, userId: id }))
        : []),
      ...(email ? [{ key: `email ${email}`, userId: id }] : []),
      ...(phone ? [{ key: `phone ${phone}`, userId: id }] : []),
    ]),
    ...linked.map((row) => ({ key: `identity ${JSON.stringify([row.target, row.identity_id])}`, userId: row.user_id })),
  ];
}

export type NewUser = TransferredUser & { id: string };

/**
 * Stores users in one statement. Returns the ids of the stored ones: the identifiers of the others were taken
 * concurrently.
 */
export async function insertUsers(tx: Transaction, users: readonly NewUser[], now: Date): Promise<Set<string>> {
  const time = (value: number | undefined) => (value === undefined ? null : new Date(value).toISOString());
  const values = users.map((user) => ({
    id: user.id,
    username: user.username ?? null,
    primary_email: user.primaryEmail ?? null,
    is_email_verified: user.isEmailVerified ?? true,
    primary_phone: user.primaryPhone ?? null,
    name: user.name ?? null,
    avatar: user.avatar ?? null,
    profile: user.profile ?? {},
    custom_data: user.customData ?? {},
    password_digest: user.passwordDigest ?? null,
    password_algorithm: user.passwordAlgorithm ?? null,
    is_suspended: user.isSuspended ?? false,
    last_sign_in_at: time(user.lastSignInAt),
    created_at: time(user.createdAt) ?? now.toISOString(),
    updated_at: time(user.updatedAt) ?? now.toISOString(),
  }));
  const rows = await tx.raw<{ id: string }>(
    `insert into users (tenant_id, id, username, primary_email, is_email_verified, primary_phone, name, avatar, profile, custom_data,
       password_digest, password_algorithm, password_updated_at, is_suspended, last_sign_in_at, created_at, updated_at)
     select $1, r.id, r.username, r.primary_email, r.is_email_verified, r.primary_phone, r.name, r.avatar, r.profile, r.custom_data,
       r.password_digest, r.password_algorithm, case when r.password_digest is not null then $3::timestamptz end,
       r.is_suspended, r.last_sign_in_at, r.created_at, r.updated_at
     from jsonb_to_recordset($2::jsonb) as r(id text, username text, primary_email text, is_email_verified boolean, primary_phone text, name text, avatar text,
       profile jsonb, custom_data jsonb, password_digest text, password_algorithm text, is_suspended boolean,
       last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz)
     on conflict do nothing returning id`,
    [tx.tenantId, JSON.stringify(values), now],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Links identities of users that were just stored. @throws a constraint violation if one belongs to another user */
export async function insertIdentities(tx: Transaction, users: readonly NewUser[]): Promise<void> {
  const rows = users.flatMap(({ id, identities = {} }) =>
    Object.entries(identities).map(([target, { userId, details }]) => ({
      target,
      identity_id: userId,
      user_id: id,
      details,
    })),
  );
  if (rows.length === 0) return;
  await tx.raw(
    `insert into user_identities (tenant_id, target, identity_id, user_id, details)
     select $1, r.target, r.identity_id, r.user_id, r.details
     from jsonb_to_recordset($2::jsonb) as r(target text, identity_id text, user_id text, details jsonb)`,
    [tx.tenantId, JSON.stringify(rows)],
  );
}

/** Role ids for user roles, by name. */
export const findRoleIds = async (q: Queries, names: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    (
      await q.raw<{ id: string; name: string }>(
        `select id, name from roles where tenant_id = $1 and type = 'User' and name = any($2)`,
        [q.tenantId, names],
      )
    ).map(({ id, name }) => [name, id]),
  );

/** Role ids for organization roles, by name. */
export const findOrganizationRoleIds = async (q: Queries, names: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    (
      await q.raw<{ id: string; name: string }>(
        `select id, name from organization_roles where tenant_id = $1 and type = 'User' and name = any($2)`,
        [q.tenantId, names],
      )
    ).map(({ id, name }) => [name, id]),
  );

export const findOrganizationIds = async (q: Queries, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (
      await q.raw<{ id: string }>('select id from organizations where tenant_id = $1 and id = any($2)', [
        q.tenantId,
        ids,
      ])
    ).map(({ id }) => id),
  );

/**
 * The cursor at the end of an export page. The time is PostgreSQL's text: a `Date` would drop the microseconds and
 * repeat rows.
 */
export interface Cursor {
  createdAt: string;
  id: string;
}

interface ExportedRow {
  id: string;
  created_at: string;
  record: TransferredUser;
}

/** A page of users, oldest first. */
export const findPage = (
  q: Queries,
  after: Cursor | undefined,
  { limit, withPasswords }: { limit: number; withPasswords: boolean },
): Promise<ExportedRow[]> =>
  q.raw<ExportedRow>(
    `select u.id, u.created_at::text, jsonb_strip_nulls(jsonb_build_object(
        'id', u.id, 'username', u.username, 'primaryEmail', u.primary_email, 'primaryPhone', u.primary_phone,
        'isEmailVerified', case when not u.is_email_verified then false end,
        'name', u.name, 'avatar', u.avatar, 'isSuspended', u.is_suspended,
        'createdAt', (extract(epoch from u.created_at) * 1000)::bigint,
        'updatedAt', (extract(epoch from u.updated_at) * 1000)::bigint,
        'lastSignInAt', (extract(epoch from u.last_sign_in_at) * 1000)::bigint,
        'passwordDigest', case when $5 then u.password_digest end,
        'passwordAlgorithm', case when $5 then u.password_algorithm end))
      || jsonb_build_object('customData', u.custom_data, 'profile', u.profile,
        'identities', (select coalesce(jsonb_object_agg(i.target, jsonb_build_object('userId', i.identity_id)
            || case when i.details is null then '{}'::jsonb else jsonb_build_object('details', i.details) end), '{}')
          from user_identities i where i.tenant_id = u.tenant_id and i.user_id = u.id),
        'roles', array(select r.name from users_roles h join roles r on r.tenant_id = h.tenant_id and r.id = h.role_id
          where h.tenant_id = u.tenant_id and h.user_id = u.id order by r.name),
        'organizations', (select coalesce(jsonb_agg(jsonb_build_object('id', m.organization_id, 'roles', array(
            select r.name from organization_user_roles h
              join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
             where h.tenant_id = m.tenant_id and h.organization_id = m.organization_id and h.user_id = m.user_id order by r.name))
            order by m.organization_id), '[]')
          from organization_users m where m.tenant_id = u.tenant_id and m.user_id = u.id)) as record
       from users u
      where u.tenant_id = $1 and u.created_at >= $2::timestamptz and (u.created_at > $2::timestamptz or u.id < $3)
      order by u.created_at, u.id desc limit $4`,
    [q.tenantId, after?.createdAt ?? '-infinity', after?.id ?? '', limit, withPasswords],
  );
