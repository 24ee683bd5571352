import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { findRoot } from '../../server/src/root.ts';
import { migrate } from '../../server/src/store/migrations.ts';
import { cluster } from '../support/cluster.ts';

const quiet = () => undefined;
const source = join(findRoot(process.env), 'server/src/store/migrations');

describe('Migrations', () => {
  let folder: string;
  let url: string;
  const databases: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aldaba-migrations-'));
  });
  beforeEach(async () => {
    const { urlOf, admin } = await cluster();
    const name = `m_${randomUUID().replaceAll('-', '')}`;
    url = urlOf(name);
    await admin(`create database ${name} owner ${/\/\/([^:@/]+)/.exec(url)?.[1] ?? 'postgres'}`);
    databases.push(name);
    await rm(folder, { recursive: true, force: true });
    await cp(source, folder, { recursive: true });
  });
  after(async () => {
    const { drop } = await cluster();
    for (const name of databases) await drop(name);
    await rm(folder, { recursive: true, force: true });
  });

  it('applies migrations once if several nodes start together', async () => {
    const results = await Promise.all([1, 2, 3].map(() => migrate(url, folder, quiet)));
    const applied = results.flatMap((result) => result.applied);
    assert.ok(applied.length > 0);
    assert.equal(new Set(applied).size, applied.length);
  });

  it('names the migrations of an existing database, and none of a new one', async () => {
    const said: string[] = [];
    const progress = (message: string) => void said.push(message);
    await migrate(url, folder, progress);
    await writeFile(join(folder, '9999-next.sql'), 'create table next (id int)');
    await migrate(url, folder, progress);
    assert.deepEqual(said, ['Creating the tables', 'Migrating the database: 9999-next.sql']);
  });

  it('rolls back a failed migration, and continues once it is corrected', async () => {
    await migrate(url, folder, quiet);
    const bad = join(folder, '9999-bad.sql');
    await writeFile(bad, 'create table half_done (id int); select 1/0;');
    await assert.rejects(migrate(url, folder, quiet), /9999-bad\.sql failed and was undone: division by zero/);
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      assert.equal((await client.query("select to_regclass('aldaba.half_done') as found")).rows[0].found, null);
    } finally {
      await client.end();
    }
    await writeFile(bad, 'create table whole (id int);');
    assert.deepEqual((await migrate(url, folder, quiet)).applied, ['9999-bad.sql']);
  });

  it('normalizes phone numbers of earlier versions, unless another user of the tenant has the number', async () => {
    const file = '0046-phone-spellings.sql';
    await rm(join(folder, file));
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      await client.query(`
        insert into tenants (id, name) values ('old', 'Old'), ('other', 'Other');
        insert into users (tenant_id, id, primary_phone) values
          ('old', 'alone', '610412345678'), ('old', 'twice', '610499999999'), ('old', 'normal', '61499999999'),
          ('old', 'none', null), ('old', 'unknown', '99999'), ('other', 'twice', '610499999999')`);
      await cp(join(source, file), join(folder, file));
      await migrate(url, folder, quiet);
      const { rows } = await client.query('select tenant_id, id, primary_phone from users order by tenant_id, id');
      assert.deepEqual(
        rows.map(({ tenant_id: tenantId, id, primary_phone: phone }) => [tenantId, id, phone]),
        [
          ['old', 'alone', '61412345678'],
          ['old', 'none', null],
          ['old', 'normal', '61499999999'],
          ['old', 'twice', '610499999999'],
          ['old', 'unknown', '99999'],
          ['other', 'twice', '61499999999'],
        ],
      );
    } finally {
      await client.end();
    }
  });

  it('removes claims about tokens from enterprise identities, and none about the person', async () => {
    const file = '0091-enterprise-identities.sql';
    await rm(join(folder, file));
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      const told = {
        sub: 'ada',
        groups: ['a'],
        nonce: 'n',
        aud: ['x'],
        at_hash: 'h',
        exp: 1,
        iss: 'https://idp.example',
      };
      await client.query(`
        insert into tenants (id, name) values ('old', 'Old');
        insert into users (tenant_id, id) values ('old', 'ada');
        insert into sso_connectors (tenant_id, id, provider_name, connector_name, config_sealed, created_at) values
          ('old', 'oidc', 'Okta', 'Okta', 's', now()), ('old', 'saml', 'SAML', 'SAML', 's', now());
        insert into user_sso_identities
          (tenant_id, id, user_id, sso_connector_id, issuer, identity_id, detail, created_at, updated_at)
          select 'old', c.id, 'ada', c.id, 'i', 'ada', '${JSON.stringify(told)}', now(), now() from sso_connectors c`);
      await cp(join(source, file), join(folder, file));
      await migrate(url, folder, quiet);
      const { rows } = await client.query('select id, detail from user_sso_identities order by id');
      assert.deepEqual(rows, [
        { id: 'oidc', detail: { sub: 'ada', groups: ['a'] } },
        { id: 'saml', detail: told },
      ]);
    } finally {
      await client.end();
    }
  });

  it('keeps the token algorithms and claim formats of existing applications', async () => {
    const files = ['0027-signing-algorithms.sql', '0028-standard-claims.sql'];
    for (const file of files) await rm(join(folder, file));
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      await client.query(`
        insert into tenants (id, name) values ('old', 'Old'), ('other', 'Other');
        insert into signing_keys (tenant_id, id, algorithm, status, public_jwk, private_jwk_sealed)
          values ('old', 'a', 'ES256', 'current', '{}', 's'), ('old', 'b', 'ES256', 'next', '{}', 's'),
                 ('old', 'c', 'ES256', 'previous', '{}', 's'), ('other', 'd', 'ES384', 'current', '{}', 's');
        insert into resources (tenant_id, id, name, indicator, access_token_ttl) values ('old', 'r', 'R', 'https://r.test', 7200);
        insert into applications (tenant_id, id, name, type, oidc_client_metadata, custom_client_metadata)
          values ('old', 'web', 'Web', 'SPA', '{}', '{"idTokenTtl": 60}'), ('other', 'web', 'Web', 'SPA', '{}', '{}'),
                 ('old', 'job', 'Job', 'MachineToMachine', '{}', '{}')`);
      for (const file of files) await cp(join(source, file), join(folder, file));
      await migrate(url, folder, quiet);
      const { rows: keys } = await client.query(
        'select id, longest_life, private_jwk_sealed, retired_at is not null as retired from signing_keys order by id',
      );
      assert.deepEqual(keys, [
        { id: 'a', longest_life: 7200, private_jwk_sealed: 's', retired: false },
        { id: 'b', longest_life: 7200, private_jwk_sealed: 's', retired: false },
        { id: 'c', longest_life: 7200, private_jwk_sealed: null, retired: true },
        { id: 'd', longest_life: 3600, private_jwk_sealed: 's', retired: false },
      ]);
      const { rows: settings } = await client.query('select tenant_id, value from tenant_settings');
      assert.deepEqual(settings, [{ tenant_id: 'other', value: { idToken: 'ES384', accessToken: 'ES384' } }]);
      const { rows } = await client.query(
        'select custom_client_metadata as custom from applications order by tenant_id, id',
      );
      assert.deepEqual(
        rows.map(({ custom }) => custom),
        [
          {},
          { idTokenTtl: 60, idTokenSignedResponseAlg: 'ES256', claims: 'logto' },
          { idTokenSignedResponseAlg: 'ES384', claims: 'logto' },
        ],
      );
    } finally {
      await client.end();
    }
  });

  it('applies a permission of a stored consent only to an API that clearly has it', async () => {
    const kept = join(folder, '0034-consent-per-resource.sql');
    await rm(kept);
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      await client.query(`
        insert into tenants (id, name) values ('acme', 'Acme');
        insert into users (tenant_id, id) values ('acme', 'ada');
        insert into applications (tenant_id, id, name, type, is_third_party, oidc_client_metadata)
          values ('acme', 'partner', 'Partner', 'Traditional', true, '{}'), ('acme', 'own', 'Own', 'SPA', false, '{}');
        insert into resources (tenant_id, id, name, indicator)
          values ('acme', 'books', 'Books', 'https://books.test'), ('acme', 'music', 'Music', 'https://music.test'),
                 ('acme', 'films', 'Films', 'https://films.test');
        insert into scopes (tenant_id, id, resource_id, name)
          values ('acme', 'b-read', 'books', 'read'), ('acme', 'm-read', 'music', 'read'), ('acme', 'b-lend', 'books', 'lend'),
                 ('acme', 'b-burn', 'books', 'burn'), ('acme', 'f-lend', 'films', 'lend');
        insert into organization_scopes (tenant_id, id, name) values ('acme', 'invite', 'invite');
        insert into roles (tenant_id, id, name, type, description) values ('acme', 'reader', 'Reader', 'User', '');
        insert into roles_scopes (tenant_id, role_id, scope_id)
          values ('acme', 'reader', 'b-read'), ('acme', 'reader', 'm-read'), ('acme', 'reader', 'b-lend');
        insert into users_roles (tenant_id, user_id, role_id) values ('acme', 'ada', 'reader')`);
      const scope = 'openid email read lend burn invite offline_access';
      await client.query(
        `insert into grants (tenant_id, id, user_id, application_id, scope, resources, expires_at)
         values ('acme', 'one', 'ada', 'partner', $1, '{https://books.test}', now()),
                ('acme', 'two', 'ada', 'partner', $1, '{https://books.test,https://music.test}', now()),
                ('acme', 'own', 'ada', 'own', $1, '{https://books.test}', now())`,
        [scope],
      );
      await cp(join(source, '0034-consent-per-resource.sql'), kept);
      await migrate(url, folder, quiet);
      const { rows } = await client.query(`select id, consent -> 'resources' as resources,
        consent - 'resources' as rest from grants order by id`);
      const rest = {
        user: ['openid', 'email', 'offline_access'],
        organization: ['invite'],
        organizationResources: {},
      };
      const [one, own, two] = rows;
      assert.deepEqual([one.resources.books.sort(), one.rest], [['lend', 'read'], rest]);
      assert.deepEqual([own.resources, own.rest], [null, null]);
      assert.deepEqual([two.resources, two.rest], [{ books: ['lend'], music: [] }, rest]);
    } finally {
      await client.end();
    }
  });

  it('sets the light scheme for tenants that never chose colors, and keeps other settings', async () => {
    const kept = join(folder, '0051-dark-scheme.sql');
    await rm(kept);
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      await client.query(`
        insert into tenants (id, name) values ('fresh', 'F'), ('named', 'N'), ('dark', 'D');
        insert into sign_in_experiences (tenant_id, settings)
          values ('named', '{"signInMode": "SignIn"}'), ('dark', '{"color": {"isDarkModeEnabled": true}}')`);
      await cp(join(source, '0051-dark-scheme.sql'), kept);
      await migrate(url, folder, quiet);
      const { rows } = await client.query(`
        select tenant_id, settings ->> 'signInMode' as mode, settings #>> '{color,isDarkModeEnabled}' as dark
          from sign_in_experiences order by 1`);
      assert.deepEqual(rows, [
        { tenant_id: 'dark', mode: null, dark: 'true' },
        { tenant_id: 'fresh', mode: null, dark: 'false' },
        { tenant_id: 'named', mode: 'SignIn', dark: 'false' },
      ]);
    } finally {
      await client.end();
    }
  });

  /** A database of the migrations before one, with rows; `migrateOn` applies it and the later ones. */
  const openBefore = async (file: string, rows: string) => {
    const names = (await readdir(source)).filter((name) => name.endsWith('.sql') && name < file);
    await migrate(url, source, quiet, { only: names });
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    await client.query(rows);
    return { client, migrateOn: () => migrate(url, source, quiet) };
  };

  it('deletes opaque exchanged tokens, which name no origin, and keeps all others', async () => {
    const { client, migrateOn } = await openBefore(
      '0033-token-origins.sql',
      `insert into tenants (id, name) values ('acme', 'Acme');
       insert into users (tenant_id, id) values ('acme', 'ada');
       insert into applications (tenant_id, id, name, type, oidc_client_metadata) values ('acme', 'web', 'Web', 'SPA', '{}');
       insert into grants (tenant_id, id, user_id, application_id, scope, expires_at)
         values ('acme', 'g', 'ada', 'web', 'openid', now() + interval '1 day');
       insert into access_tokens (tenant_id, token_hash, grant_id, user_id, application_id, scope, expires_at)
         values ('acme', 'of a grant', 'g', 'ada', 'web', 'openid', now() + interval '1 hour'),
                ('acme', 'of an exchange', null, 'ada', 'web', 'openid', now() + interval '1 hour'),
                ('acme', 'of a machine', null, null, 'web', '', now() + interval '1 hour')`,
    );
    try {
      await migrateOn();
      const { rows } = await client.query('select token_hash from access_tokens order by 1');
      assert.deepEqual(
        rows.map((row) => row.token_hash),
        ['of a grant', 'of a machine'],
      );
    } finally {
      await client.end();
    }
  });

  it('gives a confirmation of a domain its whole notice before it expires', async () => {
    const { client, migrateOn } = await openBefore(
      '0098-domain-confirmations.sql',
      `insert into tenants (id, name) values ('acme', 'Acme');
         insert into organizations (tenant_id, id, name) values ('acme', 'o', 'O');
         insert into organization_domains (tenant_id, organization_id, domain, token, created_at, verified_at, verified_by)
           values ('acme', 'o', 'old.example', 't', now(), now() - interval '400 days', 'email'),
                  ('acme', 'o', 'new.example', 't', now(), now() - interval '1 day', 'email'),
                  ('acme', 'o', 'open.example', 't', now(), null, null)`,
    );
    try {
      await migrateOn();
      const { rows } = await client.query(
        `select domain, next_check_at >= now() - interval '1 minute' as later,
             next_check_at <= now() + interval '7 days' as soon,
             next_check_at = verified_at + interval '166 days' as timely from organization_domains order by 1`,
      );
      assert.deepEqual(rows, [
        { domain: 'new.example', later: true, soon: false, timely: true },
        { domain: 'old.example', later: true, soon: true, timely: false },
        { domain: 'open.example', later: null, soon: null, timely: null },
      ]);
    } finally {
      await client.end();
    }
  });

  it('gives usernames that differ in case to the oldest user if case is ignored, and lowercases domains', async () => {
    const { client, migrateOn } = await openBefore(
      '0042-username-claims.sql',
      `insert into tenants (id, name) values ('lax', 'Lax'), ('strict', 'Strict');
       insert into sign_in_experiences (tenant_id, settings)
         values ('lax', '{"usernamePolicy": {"caseSensitive": false}}'), ('strict', '{"usernamePolicy": {"caseSensitive": true}}');
       insert into users (tenant_id, id, username, primary_email, created_at)
         values ('lax', 'first', 'Anna', 'Anna@Example.COM', '2026-01-01'), ('lax', 'second', 'ANNA', null, '2026-01-02'),
                ('strict', 'only', 'Anna', 'anna@example.com', '2026-01-01')`,
    );
    try {
      await migrateOn();
      const { rows } = await client.query('select id, username, username_claim, primary_email from users order by id');
      assert.deepEqual(rows, [
        { id: 'first', username: 'Anna', username_claim: 'anna', primary_email: 'Anna@example.com' },
        { id: 'only', username: 'Anna', username_claim: null, primary_email: 'anna@example.com' },
        { id: 'second', username: 'ANNA', username_claim: null, primary_email: null },
      ]);
    } finally {
      await client.end();
    }
  });

  it('keeps sent codes when message counters move to a table of their own', async () => {
    const { client, migrateOn } = await openBefore(
      '0047-message-limits.sql',
      `insert into tenants (id, name) values ('acme', 'Acme');
       insert into verification_codes (tenant_id, address_hash, purpose, code_hash, expires_at, window_started_at)
         values ('acme', 'a', 'management', 'code', now() + interval '10 minutes', now()),
                ('acme', 'a', '', '', now() + interval '10 minutes', now())`,
    );
    try {
      await migrateOn();
      const { rows } = await client.query('select purpose, code_hash from verification_codes');
      assert.deepEqual(rows, [{ purpose: 'management', code_hash: 'code' }]);
    } finally {
      await client.end();
    }
  });

  it('switches off settings that have no effect, and keeps the others', async () => {
    const { client, migrateOn } = await openBefore(
      '0054-settings-without-effect.sql',
      `insert into tenants (id, name) values ('all', 'All'), ('mfa', 'MFA');
       insert into sign_in_experiences (tenant_id, settings) values
         ('all', '{"singleSignOnEnabled": true, "captchaPolicy": {"enabled": true, "provider": "x"}, "signInMode": "SignIn",
                   "socialSignIn": {"automaticAccountLinking": true, "skipRequiredIdentifiers": true},
                   "passkeySignIn": {"enabled": true}, "adaptiveMfa": {"enabled": true}}'),
         ('mfa', '{"adaptiveMfa": {"enabled": true}, "mfa": {"factors": ["Totp"]}}');
       insert into applications (tenant_id, id, name, type, oidc_client_metadata, custom_client_metadata)
         values ('all', 'tv', 'TV', 'Native', '{}', '{"isDeviceFlow": true, "idTokenTtl": 60}')`,
    );
    try {
      await migrateOn();
      const { rows } = await client.query('select settings from sign_in_experiences order by tenant_id');
      const [all, mfa] = rows.map((row) => row.settings);
      assert.deepEqual(all, {
        singleSignOnEnabled: false,
        captchaPolicy: { enabled: false, provider: 'x' },
        signInMode: 'SignIn',
        socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
        passkeySignIn: { enabled: false },
        adaptiveMfa: { enabled: false },
      });
      assert.equal(mfa.adaptiveMfa.enabled, true);
      const { rows: applications } = await client.query('select custom_client_metadata as custom from applications');
      assert.deepEqual(applications, [{ custom: { idTokenTtl: 60 } }]);
    } finally {
      await client.end();
    }
  });

  it('creates the search indexes later if their extension was missing', async () => {
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba' });
    await client.connect();
    try {
      await client.query('drop extension pg_trgm cascade');
      await migrate(url, folder, quiet);
      const { rows } = await client.query("select to_regclass('users_search') is not null as found");
      assert.equal(rows[0].found, true);
    } finally {
      await client.end();
    }
  });

  it('rejects a database that lacks a migration from before the baseline, and says what to do', async () => {
    await migrate(url, folder, quiet);
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba' });
    await client.connect();
    try {
      await client.query("update schema_migrations set name = '0001-foundation.sql' where name = '0026-baseline.sql'");
      await assert.rejects(
        migrate(url, folder, quiet),
        /too old to upgrade from .*0026-sign-in-places\.sql.*Start a version on it that has these migrations first/,
      );
    } finally {
      await client.end();
    }
  });

  it('rejects a database that a newer version has migrated', async () => {
    await writeFile(join(folder, '9999-future.sql'), 'select 1;');
    await migrate(url, folder, quiet);
    await assert.rejects(migrate(url, source, quiet), /newer Aldaba \(9999-future\.sql\)/);
  });
});
