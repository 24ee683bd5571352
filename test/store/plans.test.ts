import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { allRoutes } from '@aldaba/contract';
import { Client } from 'pg';
import { createAdaptiveMfa } from '../../server/src/features/people/adaptive-mfa/index.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { withOrigin } from '../../server/src/kernel/origin.ts';
import { sweepExpired } from '../../server/src/oidc/store/sweep.ts';
import { sweepAttempts } from '../../server/src/sign-in/index.ts';
import { createAgent, experienceClient } from '../support/agent.ts';
import { type Planted, plant } from '../support/planted.ts';
import { bodyWith, pathWith, walkOf } from '../support/route-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Tables with a row a person, an organization, a sign-in or an event: what a scan of them costs has no bound. */
const growing = new Set([
  ...['users', 'user_identities', 'users_roles', 'personal_access_tokens', 'subject_tokens', 'secrets', 'user_assets'],
  ...['mfa_verifications', 'user_list_keys'],
  ...['trusted_devices', 'user_geo_locations', 'user_sign_in_countries'],
  ...['sessions', 'grants', 'authorization_codes', 'refresh_tokens', 'access_tokens', 'interactions', 'attempt_limits'],
  ...['organizations', 'organization_users', 'organization_user_roles', 'organization_applications'],
  ...['organization_application_roles', 'organization_invitations', 'organization_invitation_roles'],
  ...['organization_jit_email_domains', 'organization_jit_roles', 'one_time_tokens', 'verification_codes'],
  ...[
    'applications',
    'applications_roles',
    'application_secrets',
    'application_access_users',
    'application_access_organizations',
  ],
  ...['application_consent_organizations', 'logs', 'jobs', 'daily_active_users'],
]);

/** Statements that may read many rows, with the reason. No other statement may. */
const allowed: { statement: RegExp; reason: string }[] = [
  {
    statement: /^select \* from "applications" where "tenant_id" = \$1 order by "created_at" desc, "id"$/,
    reason: 'GET /api/applications without a page is the whole list: that many rows are the answer.',
  },
  {
    statement: /^select i\.\*, \([\s\S]* where i\.tenant_id = \$1 order by i\.created_at desc, i\.id$/,
    reason: 'GET /api/organization-invitations has no pages on the wire: that many rows are the answer.',
  },
  {
    statement: /^select count\(\*\) as "total" from "\w+"/,
    reason: 'The total of a list, for its header: the number itself is of all rows.',
  },
  {
    statement:
      /^select (\(select [^-]* - )?\(select count\(\*\) from users s where s\.tenant_id = \$\d and s\.is_suspended\)/,
    reason: 'The same for the users who are suspended, or are not.',
  },
  {
    statement: /^with "matched" as materialized \([^)]*\bilike \$2/,
    reason:
      'A search: how many values a pattern fits depends on the pattern, and with it the index; bench/ measures them.',
  },
  {
    statement: /^select lower\(username\) as username_lower/,
    reason: 'The check for user names that differ in capitals only, which an operator asks for by hand.',
  },
];

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  Filter?: string;
  Plans?: Plan[];
}

/** A request as the proxy of an operator who has one would forward it. */
const place = { country: 'DE', point: { latitude: 48, longitude: 11 }, isUntrusted: false };
const request = {
  requestId: 'r',
  networks: { client: '203.0.113.9', network: '203.0.113.9' },
  ip: '203.0.113.9',
  userAgent: undefined,
  method: 'POST',
  path: '/',
  route: undefined,
  params: {},
};

describe('Query plans', () => {
  let server: TestServer;
  const statements = new Set<string>();
  let isFilling = false;

  before(async () => {
    const send = Client.prototype.query as (...values: unknown[]) => unknown;
    // Only observes: statements are passed on unchanged.
    const recorder = mock.method(Client.prototype, 'query', function (this: Client, ...values: unknown[]) {
      const [first] = values as [string | { text?: string }];
      const text = typeof first === 'string' ? first : first?.text;
      if (!isFilling && text && /^\s*(with|select|insert|update|delete)\b/i.test(text)) statements.add(text);
      return send.apply(this, values);
    });
    server = await startServer({ world: { outbound: async () => new Response('thanks') } });
    statements.clear();
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    // Before there are fields that a sign-up asks for.
    await experienceClient(acme.baseUrl).register('newcomer', 'correct horse battery 3');
    const planted = await plant(server, acme);
    isFilling = true;
    await grow(server.databaseUrl);
    isFilling = false;
    await walkProtocol(planted);
    for (const route of walkOf(allRoutes)) {
      const body = bodyWith(route, planted.ids);
      await planted.api.send(route.method, pathWith(route, planted.ids), body === undefined ? {} : { body });
    }
    const since = Date.UTC(2026, 0, 1);
    for (const query of [
      ...['search=%25a%25', 'search.username=a%25', 'isSuspended=false', 'page=2', 'hasMfa=true', 'hasMfa=false'],
      ...['sort=lastSignInAt', 'sort=-lastSignInAt', `lastSignInAfter=${since}`],
      ...[`roleId=${planted.ids.roleId}&sort=-lastSignInAt`, `hasMfa=true&sort=-lastSignInAt`],
    ])
      await planted.api.get(`/api/users?${query}`);
    await planted.api.get('/api/logs?userId=a&applicationId=b&logKey=c');
    const { database } = server.app;
    await withOrigin({ ...request, place }, async () => {
      const adaptiveMfa = createAdaptiveMfa({ clock: systemClock });
      await adaptiveMfa.assess(acme, { id: planted.ids.userId, lastSignInAt: null });
      await acme.db.transaction((tx) => adaptiveMfa.record(tx, 'u1', Date.now()));
    });
    await sweepExpired(database, Date.now(), () => false);
    await sweepAttempts(database.system, Date.now(), () => false);
    recorder.mock.restore();
  });
  after(() => server.close());

  it('collects more than 200 different statements', () =>
    assert.ok(statements.size > 200, `${statements.size} statements were seen`));

  it('finds the rows of growing tables by an index', async () => {
    const client = new Client({ connectionString: server.databaseUrl, options: '-c search_path=aldaba' });
    await client.connect();
    const found: string[] = [];
    try {
      await client.query("select set_config('app.tenant', 'acme', false), set_config('enable_seqscan', 'off', false)");
      // Plans as for any values: how PostgreSQL 15 says it, which has no explain (generic_plan).
      await client.query('set plan_cache_mode = force_generic_plan');
      // As the server does: a login that passes row-level security steps down.
      await client.query(`do $$ begin
        if (select rolsuper from pg_roles where rolname = current_user) then set role aldaba_wall; end if; end $$`);
      // Row-level security keeps the planner from indexes that a superuser's session would use.
      const { rows: walls } = await client.query(`select row_security_active('users') as active`);
      assert.equal(walls[0].active, true);
      for (const text of statements) {
        const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
        const values = count === 0 ? '' : `(${Array(count).fill('null').join(', ')})`;
        await client.query(`prepare statement as ${text}`);
        const { rows } = await client.query(`explain (format json) execute statement${values}`);
        await client.query('deallocate statement');
        if (allowed.some(({ statement }) => statement.test(text))) continue;
        for (const scan of scansOf(rows[0]['QUERY PLAN'][0].Plan)) found.push(`${scan} of ${text}`);
      }
    } finally {
      await client.end();
    }
    assert.deepEqual(found, []);
  });

  it('deletes dependent rows by an index that begins with the columns of the foreign key', async () => {
    const without = await server.app.database.system.raw(
      `select c.conrelid::regclass::text as from, pg_get_constraintdef(c.oid) as constraint from pg_constraint c
       join pg_class t on t.oid = c.conrelid and not t.relispartition
       -- A type that a check keeps at one value distinguishes no rows.
       cross join lateral (select array(select a.attnum from pg_attribute a where a.attrelid = c.conrelid
         and a.attnum = any(c.conkey) and a.attname <> 'type') as columns) key
       where c.contype = 'f' and c.connamespace = 'aldaba'::regnamespace
         and not exists (
           select from pg_index i where i.indrelid = c.conrelid
             -- An equality with the column of the key implies that it is not null.
             and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
               select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
                where a.attrelid = c.conrelid and a.attnum = any(c.conkey)))
             and array(select unnest(i.indkey::smallint[]) limit cardinality(key.columns)) @> key.columns)`,
    );
    assert.deepEqual(without, []);
  });
});

/** Nodes of a plan that read a table that grows by more than a page: without an index, or by the tenant alone. */
function scansOf(plan: Plan, above: { table?: string; isLimited: boolean } = { isLimited: false }): string[] {
  const type = plan['Node Type'];
  // The index of a bitmap stands below the table that it is for.
  const table =
    plan['Relation Name']?.replace(/^logs_.*/, 'logs') ?? (type.startsWith('Bitmap') ? above.table : undefined);
  const isLimited = type === 'Limit' || (above.isLimited && !/Sort|Aggregate|Bitmap/.test(type));
  const inner = (plan.Plans ?? []).flatMap((child) => scansOf(child, { ...(table ? { table } : {}), isLimited }));
  if (!table || !growing.has(table) || !/Scan/.test(type) || /Bitmap Heap|Tid/.test(type)) return inner;
  const condition = plan['Index Cond'];
  const beyondTenant = condition?.replaceAll(/\(tenant_id = [^)]*\)/g, '') ?? '';
  if (condition !== undefined && (isLimited || /\w.* (=|<|>|<=|>=|~~?\*?) /.test(beyondTenant))) return inner;
  return [...inner, `${type} of ${table} (${condition ?? ''}; ${plan.Filter ?? ''})`];
}

/** Token and session endpoints, as an application uses them. */
async function walkProtocol({ tenant, tokens, machine, ids, api }: Planted) {
  const client = experienceClient(tenant.baseUrl);
  const refreshed = await client.refresh(tokens.refresh_token);
  await client.userinfo(refreshed.access_token);
  const post = (path: string, form: Record<string, string>) =>
    fetch(`${tenant.baseUrl}/oidc/${path}`, { method: 'POST', body: new URLSearchParams(form) });
  const demo = { client_id: 'demo-app' };
  const refresh = { ...demo, grant_type: 'refresh_token', refresh_token: refreshed.refresh_token };
  await post('token', { ...refresh, organization_id: ids.organizationId });
  const credentials = { client_id: machine.id, client_secret: machine.secret };
  await post('token', { ...credentials, grant_type: 'client_credentials', organization_id: ids.organizationId });
  await post('token/introspection', { ...credentials, token: refreshed.access_token });
  await post('token/revocation', { ...demo, token: refreshed.access_token });
  await api.post('/api/subject-tokens', { userId: ids.userId });
  await createAgent().fetch(`${tenant.baseUrl}/oidc/session/end?id_token_hint=${tokens.id_token}`);
}

// The changes of a copy to its source row, as SQL; `n` counts the copies.
const [user, organization, application, session, grant] = ['u', 'o', 'a', 's', 'g'].map(
  (letter) => `'${letter}' || n`,
) as [string, string, string, string, string];
const tenant = { tenant_id: `'acme'` };
const copies: [table: string, changes: Record<string, string>, count?: number][] = [
  ['users', { id: user, username: user, primary_email: `${user} || '@example.com'`, primary_phone: 'null' }],
  ['user_identities', { identity_id: user, user_id: user }],
  // Few of many people hold a role.
  ['users_roles', { user_id: user }, 20],
  ['personal_access_tokens', { id: `'p' || n`, value_hash: user, user_id: user }],
  ['subject_tokens', { id: `'s' || n`, token_hash: user, user_id: user }],
  ['mfa_verifications', { id: user, user_id: user }],
  ['trusted_devices', { id: user, user_id: user }],
  ['user_geo_locations', { ...tenant, user_id: user, latitude: '0', longitude: '0', updated_at: 'now()' }],
  ['user_sign_in_countries', { ...tenant, user_id: user, country: `'DE'`, last_sign_in_at: 'now()' }],
  ['secrets', { id: user, user_id: user, identity_id: user }],
  ['user_assets', { ...tenant, id: user, content_type: `'image/png'`, size: '1', created_at: 'now()' }],
  ['applications', { id: application }],
  ['applications_roles', { application_id: application }],
  ['application_secrets', { application_id: application }],
  ['application_access_users', { application_id: application }],
  ['application_access_organizations', { application_id: application }],
  ['organizations', { id: organization }],
  ['organization_users', { user_id: user, organization_id: organization }],
  ['organization_user_roles', { user_id: user, organization_id: organization }],
  ['organization_applications', { application_id: application, organization_id: organization }],
  ['organization_application_roles', { application_id: application, organization_id: organization }],
  ['organization_jit_email_domains', { organization_id: organization }],
  ['organization_jit_roles', { organization_id: organization }],
  ['organization_invitations', { id: `'v' || n`, invitee: `${user} || '@example.com'`, organization_id: organization }],
  ['organization_invitation_roles', { invitation_id: `'v' || n` }],
  ['sessions', { id_hash: session, uid: session, user_id: user }],
  ['grants', { id: grant, user_id: user, session_uid: session, application_id: application }],
  ['refresh_tokens', { token_hash: `'r' || n`, grant_id: grant, predecessor_hash: `'q' || n` }],
  [
    'access_tokens',
    { token_hash: `'t' || n`, user_id: user, grant_id: grant, application_id: application, session_uid: session },
  ],
  ['authorization_codes', { code_hash: `'c' || n`, grant_id: grant }],
  [
    'interactions',
    {
      ...tenant,
      uid_hash: `'i' || n`,
      application_id: application,
      prompt: `'login'`,
      request: `'{}'::jsonb`,
      revision: '1',
      created_at: 'now()',
      expires_at: 'now()',
    },
  ],
  ['one_time_tokens', { id: `'t' || n`, token_hash: `'t' || n`, email: `'e' || n` }],
  [
    'verification_codes',
    {
      ...tenant,
      address_hash: user,
      purpose: `'p'`,
      code_hash: `'c'`,
      tries: '1',
      sent: '1',
      expires_at: 'now()',
      window_started_at: 'now()',
    },
  ],
  ['attempt_limits', { ...tenant, target_hash: user, failures: '1', window_started_at: 'now()' }],
  ['logs', { id: `'l' || n`, user_id: user, application_id: application, hook_id: `'h' || n` }],
  [
    'jobs',
    {
      ...tenant,
      queue: `'none'`,
      lane: user,
      payload: `'{}'::jsonb`,
      attempts: '1',
      run_at: 'now()',
      created_at: 'now()',
    },
  ],
  ['daily_active_users', { ...tenant, user_id: user, date: 'current_date' }],
];

/** Some thousand copies of rows of the tables that grow, so that the planner chooses as it would for many more. */
async function grow(url: string) {
  const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
  await client.connect();
  try {
    // A vacuum after the routes' deletions would update the statistics, and the planner would plan for few rows.
    await client.query(`do $$ declare name regclass; begin
      for name in select oid from pg_class where relnamespace = 'aldaba'::regnamespace and relkind = 'r'
      loop execute format('alter table %s set (autovacuum_enabled = false)', name); end loop; end $$`);
    for (const [table, changes, count = 2000] of copies) {
      const members = Object.entries(changes).map(([name, value]) => `'${name}', ${value}`);
      const { rows } = await client.query(
        `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''`,
        [table],
      );
      await client.query(
        `insert into ${table} (${rows[0].columns}) select ${rows[0].columns} from (
           select (jsonb_populate_record(r, jsonb_build_object(${members}))).*
           from (select (select t from ${table} t where tenant_id = 'acme' limit 1)) one (r), generate_series(1, ${count}) n) copies`,
      );
    }
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
