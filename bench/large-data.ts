/**
 * Fills a tenant with a million users and ten thousand organizations, in SQL, as the Management API would leave them.
 */
import { Client } from 'pg';

export const userCount = 1_000_000;
export const organizationCount = 10_000;
/** The one organization with many members; the others have a few each. */
export const bigOrganization = { id: 'bigorganization000001', members: 5000 };

/** A role that a fifth of all users have. */
export const bigRole = { id: 'bigrole00000000000001', holders: 200_000 };
export const logCount = 500_000;

/** Users with a second factor: every fifth. */
const factorCount = userCount / 5;

const firstNames =
  'Ada Ben Chloe Dmitri Elif Farid Greta Hana Igor Jana Kofi Lena Mateo Nadia Omar Petra Quentin Rosa Samir Tessa Umar Vera Wanja Xenia Yusuf Zoe'.split(
    ' ',
  );
const lastNames =
  'Abara Becker Castillo Dubois Eriksen Fontana Garcia Haddad Ivanova Jensen Kowalski Lindqvist Moreau Nakamura Okafor Petrov Quispe Rossi Schneider Tanaka Ueda Vasquez Weber Xu Yilmaz Zimmermann'.split(
    ' ',
  );
const domains = 'mail.example post.example work.example uni.example shop.example'.split(' ');

// A third of the users have a username, all an email address, a tenth a phone number. A quarter have never signed in,
// of the others a fifth within the last week of 2025; one in fifty is suspended. The number is scattered by a
// multiplication, so that what stands together in an index does not stand together in the table.
const insertUsers = `
  insert into users (tenant_id, id, username, primary_email, primary_phone, name, created_at, updated_at,
    last_sign_in_at, is_suspended)
  select $1, substr(md5(n::text), 1, 12),
    case when n % 3 = 0 then lower(person.first) || '_' || n end,
    lower(person.first) || '.' || lower(person.last) || n || '@' || person.domain,
    case when n % 10 = 0 then '4917' || lpad(n::text, 8, '0') end,
    person.first || ' ' || person.last, person.at, person.at,
    case when n % 4 > 0 then greatest(person.at, timestamptz '2026-01-01' - person.rest ^ 3 * interval '1095 days') end,
    n % 50 = 7
  from generate_series(1, ${userCount}) as n,
    lateral (select ($2::text[])[1 + n * 7919::bigint % ${firstNames.length}] as first,
      ($3::text[])[1 + n * 104729::bigint / ${firstNames.length} % ${lastNames.length}] as last,
      ($4::text[])[1 + n * 31::bigint % ${domains.length}] as domain,
      timestamptz '2023-01-01' + (n * 15485863::bigint % 94608000) * interval '1 second' as at,
      (n * 48271::bigint % 1000003) / 1000003.0::double precision as rest) as person`;

const insertFactors = `
  insert into mfa_verifications (tenant_id, id, user_id, type, secret_sealed, created_at)
  select $1, substr(md5('factor' || n), 1, 21), substr(md5(n::text), 1, 12), 'Totp', 'no secret', timestamptz '2025-12-01'
  from generate_series(2, ${userCount}, ${userCount / factorCount}) as n`;

const insertOrganizations = `
  insert into organizations (tenant_id, id, name, description, created_at)
  select $1, case when n = 1 then $2 else 'org' || lpad(n::text, 18, '0') end,
    ($3::text[])[1 + n * 7919::bigint % ${lastNames.length}] || ' ' || (array['Works', 'Trading', 'Labs', 'Partners'])[1 + n % 4] || ' ' || n,
    'Number ' || n, timestamptz '2023-01-01' + n * interval '1 hour'
  from generate_series(1, ${organizationCount}) as n`;

const insertMembers = `
  insert into organization_users (tenant_id, organization_id, user_id)
  select $1, case when n <= ${bigOrganization.members} then $2 else 'org' || lpad((2 + n % ${organizationCount - 1})::text, 18, '0') end,
    substr(md5(n::text), 1, 12)
  from generate_series(1, ${bigOrganization.members} + ${organizationCount} * 8) as n`;

const insertRole = `
  insert into roles (tenant_id, id, name, description, type) values ($1, $2, 'Large', 'A fifth of all users', 'User')`;

const insertHolders = `
  insert into users_roles (tenant_id, user_id, role_id)
  select $1, substr(md5(n::text), 1, 12), $2 from generate_series(1, ${userCount}, ${userCount / bigRole.holders}) as n`;

// The last six days, of which a partition or two of the audit log are made; every user of a tenth has ten entries.
const insertLogs = `
  insert into logs (tenant_id, id, key, payload, user_id, application_id, created_at)
  select $1, substr(md5('log' || n), 1, 21), entry.key,
    jsonb_build_object('key', entry.key, 'result', case when n % 50 = 0 then 'Error' else 'Success' end, 'ip', '203.0.113.7',
      'userAgent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
    substr(md5((1 + n * 7919::bigint % 50000)::text), 1, 12), 'application' || n % 7,
    now() - (n * 15485863::bigint % 518400) * interval '1 second'
  from generate_series(1, ${logCount}) as n, lateral (select (array['Interaction.Create', 'Interaction.SignIn.Submit',
    'ExchangeTokenBy.AuthorizationCode', 'ExchangeTokenBy.RefreshToken', 'ExchangeTokenBy.RefreshToken'])[1 + n % 5] as key) as entry`;

const filledTables = [
  ...['users', 'user_counts', 'user_list_keys', 'user_list_counts', 'mfa_verifications'],
  ...['users_roles', 'organizations', 'organization_users', 'logs'],
];

/** Fills the tenant unless it is filled already. The schema must be there; the URL is that of its owner. */
export async function fillLarge(url: string, tenantId: string, progress: (message: string) => void): Promise<void> {
  const client = new Client({ connectionString: url, options: '-c search_path=aldaba' });
  await client.connect();
  try {
    await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
    const filled = await client.query('select 1 from organizations where id = $1', [bigOrganization.id]);
    if (filled.rowCount) return;
    progress(`Filling in ${userCount.toLocaleString('en')} users (once, some minutes)`);
    await client.query('begin');
    const indexes = await withoutIndexes(client);
    await client.query(insertUsers, [tenantId, firstNames, lastNames, domains]);
    progress('Building their indexes');
    for (const index of indexes) await client.query(index);
    progress(`Filling in second factors of ${factorCount.toLocaleString('en')} users`);
    await client.query(insertFactors, [tenantId]);
    progress(`Filling in ${organizationCount.toLocaleString('en')} organizations`);
    await client.query(insertOrganizations, [tenantId, bigOrganization.id, lastNames]);
    await client.query(insertMembers, [tenantId, bigOrganization.id]);
    progress(`Filling in a role that ${bigRole.holders.toLocaleString('en')} users have, and an audit log`);
    await client.query(insertRole, [tenantId, bigRole.id]);
    await client.query(insertHolders, [tenantId, bigRole.id]);
    await client.query(insertLogs, [tenantId]);
    await client.query('commit');
    for (const table of filledTables) await client.query(`vacuum analyze ${table}`);
  } finally {
    await client.end();
  }
}

/** Drops indexes that are rebuilt at the end, and returns the statements for it. */
async function withoutIndexes(client: Client): Promise<string[]> {
  await client.query("set local maintenance_work_mem = '512MB'");
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indrelid = 'users'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}
