import type { Identities } from '@aldaba/contract';
import { sql as fragment, type InferResult } from 'kysely';
import { defined, jsonOf } from '../../../kernel/defined.ts';
import { emailKey, normalizePhone } from '../../../kernel/identifiers.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { sql, textOf } from '../../../store/sql.ts';
import type { Identifier, PasswordDigest, Subject, User } from './user.ts';

/** Columns by their service names; `undefined` leaves one unchanged, `null` clears it. */
export interface UserColumns
  extends Partial<
    Undefinable<
      Pick<
        User,
        | 'username'
        | 'primaryEmail'
        | 'primaryPhone'
        | 'name'
        | 'avatar'
        | 'profile'
        | 'customData'
        | 'applicationId'
        | 'isSuspended'
      >
    >
  > {
  isPasswordExpired?: boolean | undefined;
  lastSignInAt?: Date | undefined;
  password?: PasswordDigest | undefined;
}
type Undefinable<T> = { [Name in keyof T]: T[Name] | undefined };

// Omits details if null; `jsonb_strip_nulls` would also strip nested values.
const identities = fragment<Identities | null>`(
  select jsonb_object_agg(i.target, jsonb_build_object('userId', i.identity_id)
    || case when i.details is null then '{}'::jsonb else jsonb_build_object('details', i.details) end)
  from user_identities i where i.tenant_id = users.tenant_id and i.user_id = users.id)`.as('identities');

export const columns = [
  'users.id',
  'users.username',
  'users.primary_email',
  'users.primary_phone',
  'users.name',
  'users.avatar',
  'users.custom_data',
  'users.profile',
  'users.application_id',
  'users.is_suspended',
  'users.last_sign_in_at',
  'users.created_at',
  'users.updated_at',
  fragment<boolean>`users.password_digest is not null`.as('has_password'),
  identities,
] as const;

const select = (q: Pick<Queries, 'tenantId'>) =>
  sql
    .selectFrom('users')
    .select([...columns])
    .where('users.tenant_id', '=', q.tenantId);

export type Row = InferResult<ReturnType<typeof select>>[number];

export const toUser = (row: Row): User => ({
  id: row.id,
  username: row.username,
  primaryEmail: row.primary_email,
  primaryPhone: row.primary_phone,
  name: row.name,
  avatar: row.avatar,
  customData: row.custom_data as Record<string, unknown>,
  identities: row.identities ?? {},
  lastSignInAt: row.last_sign_in_at?.getTime() ?? null,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  profile: row.profile as Record<string, unknown>,
  applicationId: row.application_id,
  isSuspended: row.is_suspended,
  hasPassword: row.has_password,
});

// Every token, userinfo and sign-in step runs it. Compiled once, because compiling costs 25 µs.
const findUserStatement = select({ tenantId: '' }).where('users.id', '=', '').compile().sql;

export async function findUser(q: Queries, id: string): Promise<User | undefined> {
  const [row] = await q.raw<Row>(findUserStatement, [q.tenantId, id]);
  return row && toUser(row);
}

const roleNames = fragment<string[]>`array(
  select r.name from users_roles h join roles r on r.tenant_id = h.tenant_id and r.id = h.role_id
  where h.tenant_id = users.tenant_id and h.user_id = users.id order by r.name)`.as('role_names');
const organizations = fragment<Subject['organizations']>`(
  select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'description', o.description, 'roles', array(
    select r.name from organization_user_roles h
      join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
    where h.tenant_id = m.tenant_id and h.organization_id = m.organization_id and h.user_id = m.user_id order by r.name
  )) order by m.organization_id), '[]')
  from organization_users m join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
  where m.tenant_id = users.tenant_id and m.user_id = users.id
    and ($3::text is null or exists (
      select from application_consent_organizations c where c.tenant_id = m.tenant_id and c.application_id = $3
        and c.user_id = m.user_id and c.organization_id = m.organization_id)))`.as('organizations');

export const ssoIdentities = fragment<Subject['ssoIdentities']>`(
  select coalesce(jsonb_agg(jsonb_build_object('ssoConnectorId', i.sso_connector_id, 'issuer', i.issuer,
    'identityId', i.identity_id, 'detail', i.detail) order by i.created_at, i.id), '[]') from user_sso_identities i
  where i.tenant_id = users.tenant_id and i.user_id = users.id)`;

// The same for tokens with roles, organizations or identities: data of several features in one round trip. `$1` and
// `$2` are the two conditions, in their order; `$3` is a third-party application, which sees only the organizations
// granted to it.
export const selectSubject = select({ tenantId: '' })
  .select(['users.is_email_verified', roleNames, organizations, ssoIdentities.as('sso_identities')])
  .where('users.id', '=', '');
const findSubjectStatement = selectSubject.compile().sql;

export type SubjectRow = InferResult<typeof selectSubject>[number];

export const toSubject = (row: SubjectRow): Subject => ({
  user: toUser(row),
  isEmailVerified: row.is_email_verified,
  roleNames: row.role_names,
  organizations: row.organizations,
  ssoIdentities: row.sso_identities,
});

export async function findSubject(q: Queries, id: string, thirdPartyId?: string): Promise<Subject | undefined> {
  const [row] = await q.raw<SubjectRow>(findSubjectStatement, [q.tenantId, id, thirdPartyId ?? null]);
  return row && toSubject(row);
}

const selectBareSubject = select({ tenantId: '' }).select('users.is_email_verified').where('users.id', '=', '');
const findBareSubjectStatement = selectBareSubject.compile().sql;

export async function findBareSubject(q: Queries, id: string): Promise<Subject | undefined> {
  const [row] = await q.raw<InferResult<typeof selectBareSubject>[number]>(findBareSubjectStatement, [q.tenantId, id]);
  return row && toSubject({ ...row, role_names: [], organizations: [], sso_identities: [] });
}

/** The condition after `where users.tenant_id = $1`, with values from `$2` on. */
function conditionOf({ type, value, ignoresCase }: Identifier): { condition: string; values: string[] } {
  // If two usernames differ only in case, the exact match wins.
  if (type === 'username' && ignoresCase)
    return {
      condition: 'and users.username_key = $2 order by users.username = $3 desc limit 1',
      values: [value.toLowerCase(), value],
    };
  if (type === 'username') return { condition: 'and users.username = $2', values: [value] };
  // A number stored before normalization is found as it was written; if both exist, the normalized one wins.
  if (type === 'phone')
    return {
      condition: 'and users.primary_phone in ($2, $3) order by users.primary_phone = $2 desc limit 1',
      values: [normalizePhone(value) ?? value, value],
    };
  return { condition: 'and users.primary_email_key = $2', values: [emailKey(value)] };
}

const usersStatement = select({ tenantId: '' }).compile().sql;

export async function findUserByIdentifier(q: Queries, identifier: Identifier): Promise<User | undefined> {
  const { condition, values } = conditionOf(identifier);
  const [row] = await q.raw<Row>(`${usersStatement} ${condition}`, [q.tenantId, ...values]);
  return row && toUser(row);
}

/** When the password was set, and whether an operator expired it. */
export interface PasswordAge {
  updatedAt: Date;
  isExpired: boolean;
}

const selectWithPassword = select({ tenantId: '' }).select([
  'password_digest',
  'password_algorithm',
  'password_updated_at',
  'is_password_expired',
]);
const usersWithPasswordStatement = selectWithPassword.compile().sql;
type PasswordRow = InferResult<typeof selectWithPassword>[number];

/** The user with the password's digest and age, in one statement. */
export async function findUserWithPassword(
  q: Queries,
  identifier: Identifier,
): Promise<{ user: User; password: (PasswordDigest & PasswordAge) | undefined } | undefined> {
  const { condition, values } = conditionOf(identifier);
  const [row] = await q.raw<PasswordRow>(`${usersWithPasswordStatement} ${condition}`, [q.tenantId, ...values]);
  const digest = row && toPassword(row);
  if (!row || !digest) return row && { user: toUser(row), password: undefined };
  const age = { updatedAt: row.password_updated_at ?? row.created_at, isExpired: row.is_password_expired };
  return { user: toUser(row), password: { ...digest, ...age } };
}

export async function findUserByIdentity(q: Queries, target: string, identityId: string): Promise<User | undefined> {
  const row = await q.first(
    select(q)
      .innerJoin('user_identities', (join) =>
        join
          .onRef('user_identities.tenant_id', '=', 'users.tenant_id')
          .onRef('user_identities.user_id', '=', 'users.id'),
      )
      .where('user_identities.target', '=', target)
      .where('user_identities.identity_id', '=', identityId),
  );
  return row && toUser(row);
}

export async function findUserPassword(q: Queries, id: string): Promise<PasswordDigest | undefined> {
  const row = await q.first(
    sql
      .selectFrom('users')
      .select(['password_digest', 'password_algorithm'])
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id),
  );
  return row && toPassword(row);
}

function toPassword(row: Pick<PasswordRow, 'password_digest' | 'password_algorithm'>) {
  if (!row.password_digest || !row.password_algorithm) return undefined;
  return { digest: row.password_digest, algorithm: row.password_algorithm as PasswordDigest['algorithm'] };
}

const toValues = (patch: UserColumns, now: Date) =>
  defined({
    username: patch.username,
    primary_email: patch.primaryEmail,
    // A user proves a new address, and an operator vouches for it.
    is_email_verified: patch.primaryEmail === undefined ? undefined : true,
    primary_phone: patch.primaryPhone,
    name: patch.name,
    avatar: patch.avatar,
    profile: jsonOf(patch.profile),
    custom_data: jsonOf(patch.customData),
    application_id: patch.applicationId,
    is_suspended: patch.isSuspended,
    is_password_expired: patch.isPasswordExpired,
    last_sign_in_at: patch.lastSignInAt,
    ...(patch.password && {
      password_digest: patch.password.digest,
      password_algorithm: patch.password.algorithm,
      password_updated_at: now,
      is_password_expired: false,
    }),
  });

export async function insertUser(q: Queries, id: string, user: UserColumns, now: Date): Promise<User> {
  const values = { tenant_id: q.tenantId, id, ...toValues(user, now), created_at: now, updated_at: now };
  const text = textOf(`insert into users ${Object.keys(values)}`, () =>
    sql
      .insertInto('users')
      .values(values)
      .returning([...columns]),
  );
  const [row] = await q.raw<Row>(text, Object.values(values));
  return toUser(row as Row);
}

/** Makes other changes of the user wait until the transaction ends. Rows that refer to the user can be inserted. */
export const lockUser = (tx: Transaction, id: string): Promise<object[]> =>
  tx.raw('select from users where tenant_id = $1 and id = $2 for no key update', [tx.tenantId, id]);

/** The result of `hashToken` for the password's digest. */
const passwordHash = fragment<string>`translate(rtrim(encode(sha256(convert_to(users.password_digest, 'UTF8')), 'base64'), '='), '+/', '-_')`;

/**
 * Returns the updated user, or undefined if none matches.
 * @param given `passwordHash`: also undefined if the stored password is a different one
 */
export async function updateUserRow(
  q: Queries,
  id: string,
  patch: UserColumns,
  given: { now: Date; passwordHash?: string },
): Promise<User | undefined> {
  const values = { ...toValues(patch, given.now), updated_at: given.now };
  const { passwordHash: hash } = given;
  const text = textOf(
    `update users ${Object.keys(values)} ${hash === undefined ? '' : 'if the password is the same'}`,
    () => {
      const one = sql.updateTable('users').set(values).where('users.tenant_id', '=', '').where('users.id', '=', '');
      return (hash === undefined ? one : one.where(passwordHash, '=', '')).returning([...columns]);
    },
  );
  const condition = [q.tenantId, id, ...(hash === undefined ? [] : [hash])];
  const [row] = await q.raw<Row>(text, [...Object.values(values), ...condition]);
  return row && toUser(row);
}

/** Merges the first level of a JSON column in one statement, so that concurrent merges both count. */
export const mergeUserJson = async (
  q: Queries,
  at: { id: string; column: 'profile' | 'custom_data' },
  part: Record<string, unknown>,
  now: Date,
): Promise<Record<string, unknown> | undefined> => {
  const [row] = await q.raw<{ value: Record<string, unknown> }>(
    `update users set ${at.column} = ${at.column} || $3::jsonb, updated_at = $4 where tenant_id = $1 and id = $2 returning ${at.column} as value`,
    [q.tenantId, at.id, JSON.stringify(part), now],
  );
  return row?.value;
};

export async function isEmailVerified(q: Queries, id: string): Promise<boolean> {
  const one = sql.selectFrom('users').select('is_email_verified').where('tenant_id', '=', q.tenantId);
  return (await q.first(one.where('id', '=', id)))?.is_email_verified ?? false;
}

/** Returns whether the address was not verified, and still is the user's. */
export const verifyUserEmail = async (
  q: Queries,
  id: string,
  { email, now }: { email: string; now: Date },
): Promise<boolean> =>
  (await q.run(
    sql
      .updateTable('users')
      .set({ is_email_verified: true, updated_at: now })
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .where('primary_email_key', '=', emailKey(email))
      .where('is_email_verified', '=', false),
  )) > 0;

/** Removes password, phone, identities and choices of a user whose email is not verified, and marks it as verified. */
export async function reclaimUserRow(q: Queries, id: string, now: Date): Promise<boolean> {
  const reclaimed = await q.run(
    sql
      .updateTable('users')
      .set({
        password_digest: null,
        password_algorithm: null,
        password_updated_at: null,
        is_password_expired: false,
        primary_phone: null,
        logto_config: '{}',
        is_email_verified: true,
        updated_at: now,
      })
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .where('is_email_verified', '=', false),
  );
  if (reclaimed === 0) return false;
  await q.run(sql.deleteFrom('user_identities').where('tenant_id', '=', q.tenantId).where('user_id', '=', id));
  return true;
}

/** Rows that depend on the user (identities, roles, sessions, grants with their tokens) are deleted with it. */
export const deleteUserRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('users').where('tenant_id', '=', q.tenantId).where('id', '=', id));

export interface IdentityRow {
  userId: string;
  target: string;
  identityId: string;
  details?: Record<string, unknown> | undefined;
}

/**
 * Sets the user's identity for a target. Returns whether the user had none before. Another identity does not take over
 * the row, so that what was stored for the former one is deleted with it.
 */
export async function upsertIdentity(tx: Transaction, identity: IdentityRow): Promise<boolean> {
  const replaced = await tx.raw(
    'delete from user_identities where tenant_id = $1 and user_id = $2 and target = $3 and identity_id <> $4 returning 1',
    [tx.tenantId, identity.userId, identity.target, identity.identityId],
  );
  const rows = await tx.raw<{ inserted: boolean }>(
    `insert into user_identities (tenant_id, target, identity_id, user_id, details) values ($1, $2, $3, $4, $5::jsonb)
     on conflict (tenant_id, user_id, target) do update set details = excluded.details
     returning (xmax = 0) as inserted`,
    [
      tx.tenantId,
      identity.target,
      identity.identityId,
      identity.userId,
      identity.details ? JSON.stringify(identity.details) : null,
    ],
  );
  return replaced.length === 0 && (rows[0]?.inserted ?? false);
}

export const deleteIdentity = (q: Queries, userId: string, target: string): Promise<number> =>
  q.run(
    sql
      .deleteFrom('user_identities')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('target', '=', target),
  );
