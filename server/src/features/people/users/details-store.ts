import { sql as fragment } from 'kysely';
import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';
import { columns, type Row, type SubjectRow, selectSubject, ssoIdentities, toSubject, toUser } from './store.ts';
import type { DetailedUser, Subject, SubjectDetails, SubjectStatement } from './user.ts';

const roles = fragment`(
  select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'description', r.description, 'scopes', (
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description,
        'resourceId', s.resource_id, 'resource', jsonb_build_object('tenantId', p.tenant_id, 'id', p.id, 'name', p.name,
          'indicator', p.indicator, 'isDefault', p.is_default, 'accessTokenTtl', p.access_token_ttl)) order by s.name), '[]')
      from roles_scopes rs
      join scopes s on s.tenant_id = rs.tenant_id and s.id = rs.scope_id
      join resources p on p.tenant_id = s.tenant_id and p.id = s.resource_id
     where rs.tenant_id = r.tenant_id and rs.role_id = r.id)) order by r.name), '[]')
  from users_roles h join roles r on r.tenant_id = h.tenant_id and r.id = h.role_id
  where h.tenant_id = users.tenant_id and h.user_id = users.id)`;
const organizations = fragment`(
  select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'description', o.description) order by o.name), '[]')
  from organization_users m join organizations o on o.tenant_id = m.tenant_id and o.id = m.organization_id
  where m.tenant_id = users.tenant_id and m.user_id = users.id)`;
const organizationRoles = fragment`(
  select coalesce(jsonb_agg(jsonb_build_object('organizationId', h.organization_id, 'roleId', r.id, 'roleName', r.name,
      'scopes', (
        select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description) order by s.name), '[]')
          from organization_role_scopes rs
          join organization_scopes s on s.tenant_id = rs.tenant_id and s.id = rs.organization_scope_id
         where rs.tenant_id = r.tenant_id and rs.organization_role_id = r.id))
    order by h.organization_id, r.name), '[]')
  from organization_user_roles h
  join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
  where h.tenant_id = users.tenant_id and h.user_id = users.id)`;
const factors = fragment`(
  select coalesce(jsonb_agg(distinct f.type), '[]') from mfa_verifications f
  where f.tenant_id = users.tenant_id and f.user_id = users.id)`;

const details = fragment<SubjectDetails>`jsonb_build_object('roles', ${roles}, 'organizations', ${organizations},
  'organizationRoles', ${organizationRoles}, 'mfaVerificationFactors', ${factors}, 'ssoIdentities', ${ssoIdentities})`.as(
  'details',
);

const findDetailedSubjectStatement = selectSubject.select(details).compile().sql;

/** The user with all data for scripts, in one statement, because a token waits for it. */
export async function findDetailedSubject(q: Queries, id: string, thirdPartyId?: string): Promise<Subject | undefined> {
  const [row] = await q.raw<SubjectRow & { details: SubjectDetails }>(findDetailedSubjectStatement, [
    q.tenantId,
    id,
    thirdPartyId ?? null,
  ]);
  return row && { ...toSubject(row), details: row.details };
}

const selectDetailedUser = sql
  .selectFrom('users')
  .select([...columns, details])
  .where(fragment<boolean>`users.tenant_id = $1 and users.id = found."userId"`)
  .compile().sql;

const detailed = new Map<string, string>();

/** Adds the user's columns and details to a statement's row. Compiled once per statement. */
function withUserDetails(statement: string): string {
  const known = detailed.get(statement);
  if (known !== undefined) return known;
  const text = `select found.*, holder.* from (${statement}) found cross join lateral (${selectDetailedUser}) holder`;
  detailed.set(statement, text);
  return text;
}

type FoundUser = (Row & { details: SubjectDetails }) | { details?: undefined };

/** Runs a credential's statement: one round trip, with or without details. */
export async function findHolder<Found extends object>(
  q: Queries,
  { statement, values, isDetailed }: SubjectStatement,
): Promise<(Found & { person: DetailedUser | undefined }) | undefined> {
  const [row] = await q.raw<Found & FoundUser>(isDetailed ? withUserDetails(statement) : statement, values);
  return row && { ...row, person: row.details && { user: toUser(row), details: row.details } };
}
