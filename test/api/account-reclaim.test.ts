import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { visitAccount } from '../support/account-visitor.ts';
import { experienceClient } from '../support/agent.ts';
import { type Company, startCompany } from '../support/company.ts';
import { openExperience } from '../support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import { directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';

const password = 'tulips under stone';
const mail = 'mei@people.example';
const method = { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true };
const settings = {
  signUp: { identifiers: ['username'], password: true, verify: false },
  signIn: { methods: [method, { ...method, identifier: 'username', verificationCode: false }] },
  mfa: { factors: [], policy: 'NoPrompt' },
};

/** Tables that name a user: what a reclaimed account loses. */
const lost = [
  ...['account_deletions', 'grants', 'mfa_verifications', 'personal_access_tokens', 'secrets', 'sessions'],
  ...['subject_tokens', 'trusted_devices', 'user_geo_locations', 'user_identities', 'user_sign_in_countries'],
  'user_sso_identities',
];
/** What it keeps, and why that gives the former holder nothing. */
const kept: Record<string, string> = {
  application_access_users: 'an operator admitted the account to the application',
  ldap_people: 'what a directory says of its person',
  one_time_links: 'invitations of administrators, which the invited person uses',
  organization_invitations: 'the account invited or was invited by address',
  organization_users: 'an operator, a directory or an invitation made it a member',
  scim_group_members: 'groups of a directory',
  scim_role_grants: 'roles of a directory',
  scim_users: 'what a directory says of its user',
  user_assets: 'pictures, which the owner can replace',
  user_list_keys: 'derived from the user',
  users_roles: 'an operator or a directory gave the role',
  verification_records: 'each belongs to a session or grant that has ended',
};

describe('An account with an unverified address, which another user has set up', () => {
  let suite: PostServer;
  let api: Manager;
  let acme: Company;
  let connectorId: string;
  let github: string;
  let organization: ScimClient;
  let tenantDirectory: ScimClient;
  before(async () => {
    suite = await startPostServer({ OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' });
    await suite.post.addEmail(suite.operator);
    api = await manage(suite.server);
    const { tenant } = suite.server;
    acme = await startCompany();
    const draft = { providerName: 'OIDC', connectorName: 'Acme', config: acme.config, domains: ['acme.example'] };
    const connector = await api.post('/api/sso-connectors', draft);
    assert.equal(connector.status, 200, JSON.stringify(connector.body));
    connectorId = connector.body.id;
    const config = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
    github = (await api.post('/api/connectors', { connectorId: 'github-universal', config })).body.id;
    const organizationId = await organizationWith(suite.server, api, 'People', 'people.example');
    organization = await directoryOf(api, tenant.baseUrl, organizationId);
    tenantDirectory = await directoryOf(api, tenant.baseUrl);
    const fields = { password: 'Edit', mfa: 'Edit' };
    const center = await api.patch('/api/account-center', { enabled: true, fields, deletionGraceDays: 14 });
    assert.equal(center.status, 200, JSON.stringify(center.body));
  });
  after(async () => {
    await suite?.close();
    await acme?.close();
  });
  beforeEach(async () => {
    await suite.operator.deleteUsers();
    await suite.operator.configure(settings);
  });

  const squat = async () => {
    const line = { id: 'squatted', username: 'squat', primaryEmail: mail, isEmailVerified: false };
    const more = { primaryPhone: '34600000001', identities: { github: { userId: '77' } } };
    const imported = await api.send('POST', '/api/users/import?trustUnverifiedEmails=true', {
      raw: `${JSON.stringify({ ...line, ...more })}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    assert.match(String(imported.body), /"created":1/);
    await suite.operator.call('PATCH', '/api/users/squatted/password', { password });
  };
  const sql = (text: string, ...values: unknown[]) =>
    suite.server.tenant.db.raw(text, [suite.server.tenant.id, ...values]);

  /** Everything that an attacker can leave with the account, and a person at the attacker's own company. */
  const settleIn = async () => {
    await squat();
    const page = await visitAccount(suite.server.url, 'squat', password);
    await page.prove(password);
    assert.equal((await page.post('/delete')).status, 303);
    await suite.operator.call('POST', '/api/users/squatted/personal-access-tokens', { name: 'mine' });
    await suite.operator.call('POST', '/api/subject-tokens', { userId: 'squatted' });
    await suite.operator.call('POST', '/api/users/squatted/mfa-verifications', { type: 'Totp' });
    const choices = { mfa: { skipped: true }, passkeySignIn: { skipped: true } };
    await suite.operator.call('PATCH', '/api/users/squatted/logto-configs', choices);
    await sql(`insert into user_sign_in_countries values ($1, 'squatted', 'FR', now())`);
    await sql(`insert into user_geo_locations values ($1, 'squatted', 48.8, 2.3, now())`);
    await sql(
      `insert into user_sso_identities (tenant_id, id, user_id, sso_connector_id, issuer, identity_id, created_at, updated_at)
       values ($1, 'mine', 'squatted', $2, 'https://acme.example', 'attacker', now(), now())`,
      connectorId,
    );
    await sql(
      `insert into secrets (tenant_id, id, user_id, type, value_sealed, metadata, connector_id, target, identity_id, key_sealed)
       values ($1, 'mine', 'squatted', 'token-set', 'sealed', '{}', $2, 'github', '77', 'sealed')`,
      github,
    );
    await sql(
      `insert into trusted_devices (tenant_id, id, user_id, secret_hash, created_at, last_used_at, expires_at)
       values ($1, 'mine', 'squatted', 'hash', now(), now(), now() + interval '60 days')`,
    );
    return page;
  };

  /** The rows of the account in every table that names a user. */
  const rowsOf = async () => {
    const references = await suite.server.tenant.db.raw<{ name: string; column: string }>(
      `select c.conrelid::regclass::text as name, a.attname as column from pg_constraint c
         join unnest(c.conkey) with ordinality k(attnum, place) on c.confkey[k.place] = (
           select attnum from pg_attribute where attrelid = 'users'::regclass and attname = 'id')
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
        where c.contype = 'f' and c.confrelid = 'users'::regclass`,
      [],
    );
    const names = new Set(references.map(({ name }) => name));
    assert.deepEqual(
      [...names].sort(),
      [...lost, ...Object.keys(kept)].sort(),
      'what becomes of each table is decided',
    );
    const rows = new Map<string, string[]>();
    for (const { name, column } of references.filter((reference) => lost.includes(reference.name)))
      rows.set(
        name,
        (
          await sql(`select to_jsonb(t)::text as row from ${name} t where tenant_id = $1 and ${column} = 'squatted'`)
        ).map((row) => (row as { row: string }).row),
      );
    return rows;
  };

  const signInByCode = async () => {
    const owner = await visit(suite.server);
    await owner.post('/sign-in/code', { username: mail });
    const answer = await owner.post('/verification-code', { code: await suite.post.codeTo(mail) });
    assert.ok((await owner.arrive(answer)).searchParams.get('code'));
  };
  const provisionBy = async (directory: ScimClient) => {
    const { status, body } = await directory.post('/Users', person(mail));
    assert.deepEqual([status, body.id], [201, 'squatted'], JSON.stringify(body));
  };
  const ways = {
    'a sign-in with a code': signInByCode,
    'the directory of an organization': () => provisionBy(organization),
    'the directory of the tenant': () => provisionBy(tenantDirectory),
  };

  // security: similar-addresses
  for (const [way, take] of Object.entries(ways))
    it(`keeps nothing of that user when ${way} takes it back`, async () => {
      const page = await settleIn();
      const before = await rowsOf();
      for (const [table, rows] of before) assert.ok(rows.length > 0, `the attacker has something in ${table}`);
      await take();
      const now = await rowsOf();
      for (const [table, rows] of before)
        assert.deepEqual(
          rows.filter((row) => now.get(table)?.includes(row)),
          [],
          table,
        );
      const choices = await suite.operator.call('GET', '/api/users/squatted/logto-configs');
      assert.deepEqual(choices, {
        mfa: { enabled: false, skipped: false, skipMfaOnSignIn: false },
        passkeySignIn: { skipped: false },
      });
      const { hasPassword, primaryPhone } = (await api.get('/api/users/squatted')).body;
      assert.deepEqual([hasPassword, primaryPhone], [false, null]);
      const answer = await page.get('');
      assert.match(answer.headers.get('location') ?? '', /\/oidc\/auth\?/, 'the attacker is signed out');
      const { sweep } = suite.server.app.accountDeletions;
      assert.equal(await sweep(suite.clock.now() + 15 * 86_400_000, () => false), 0);
      assert.equal((await api.get('/api/users/squatted')).status, 200);
    });

  // security: similar-addresses
  it('has a verified address in tokens once the owner has taken it, and not before', async () => {
    await squat();
    const client = experienceClient(suite.server.url, { scope: 'openid email roles' });
    const told = async (tokens: { id_token: string; access_token: string }) => {
      const headers = { authorization: `Bearer ${tokens.access_token}` };
      const userinfo = await (await fetch(`${suite.server.url}/oidc/me`, { headers })).json();
      return [decodeJwt(tokens.id_token).email_verified, userinfo.email_verified];
    };
    assert.deepEqual(await told(await client.redeem(await client.signIn('squat', password))), [false, false]);
    const bare = experienceClient(suite.server.url, { scope: 'openid email' });
    assert.deepEqual(await told(await bare.redeem(await bare.signIn('squat', password))), [false, false]);
    await provisionBy(tenantDirectory);
    await suite.operator.call('PATCH', '/api/users/squatted/password', { password });
    assert.deepEqual(await told(await bare.redeem(await bare.signIn('squat', password))), [true, true]);
  });

  const byMail = {
    signIn: { methods: settings.signIn.methods.map((each) => ({ ...each, verificationCode: false })) },
    mfa: { factors: ['EmailVerificationCode'], policy: 'Mandatory' },
  };
  const verifications = async () => (await api.get('/api/logs?logKey=Account.VerifyEmail')).body.length;
  const isVerified = async () => {
    await suite.operator.configure(settings);
    const client = experienceClient(suite.server.url, { scope: 'openid email' });
    const tokens = await client.redeem(await client.signIn('squat', password));
    return decodeJwt(tokens.id_token).email_verified;
  };
  const identify = async () => {
    const page = await openExperience(suite.server, 'SignIn');
    const identifier = { type: 'username', value: 'squat' };
    const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password });
    await page.expect(204, 'POST', '/identification', proof);
    return page;
  };
  const proofs = {
    'a code as the second factor on the pages': async () => {
      await suite.operator.configure(byMail);
      const user = await visit(suite.server);
      const first = await user.post('/sign-in', { username: mail, password });
      assert.match(first.headers.get('location') ?? '', /^.mfa-verification.EmailVerificationCode/);
      await user.post('/mfa-verification/EmailVerificationCode/send', {});
      const code = await suite.post.codeTo(mail);
      const answer = await user.post('/mfa-verification/EmailVerificationCode', { code });
      assert.ok((await user.arrive(answer)).searchParams.get('code'));
    },
    'a code as the second factor through the Experience API': async () => {
      await suite.operator.configure(byMail);
      const page = await identify();
      const path = '/verification/mfa-verification-code';
      const sent = await page.expect(200, 'POST', path, { identifierType: 'email' });
      const code = await suite.post.codeTo(mail);
      await page.expect(200, 'POST', `${path}/verify`, { identifierType: 'email', ...sent, code });
      await page.expect(200, 'POST', '/submit');
    },
    'a code that identifies the same user through the Experience API': async () => {
      const page = await identify();
      const identifier = { type: 'email', value: mail };
      const path = '/verification/verification-code';
      const sent = await page.expect(200, 'POST', path, { identifier, interactionEvent: 'SignIn' });
      const code = await suite.post.codeTo(mail);
      const proof = await page.expect(200, 'POST', `${path}/verify`, { identifier, ...sent, code });
      await page.expect(204, 'POST', '/identification', proof);
      await page.expect(200, 'POST', '/submit');
    },
  };

  // security: similar-addresses
  for (const [way, signIn] of Object.entries(proofs))
    it(`has a verified address and keeps everything once its user proved the password and ${way}`, async () => {
      suite.clock.ahead += 600_000;
      await squat();
      const before = await verifications();
      assert.equal(await isVerified(), false, 'the password alone proves no address');
      await signIn();
      assert.equal(await isVerified(), true);
      const { hasPassword, primaryPhone, identities } = (await api.get('/api/users/squatted')).body;
      assert.deepEqual([hasPassword, primaryPhone, Object.keys(identities)], [true, '34600000001', ['github']]);
      assert.equal(await verifications(), before + 1, 'operators see when it was verified');
    });

  // security: similar-addresses
  it('has no verified address for a user who knows the password and guesses the code', async () => {
    suite.clock.ahead += 600_000;
    await squat();
    await suite.operator.configure(byMail);
    const attacker = await visit(suite.server);
    await attacker.post('/sign-in', { username: mail, password });
    await attacker.post('/mfa-verification/EmailVerificationCode/send', {});
    const code = (await suite.post.codeTo(mail)) === '000000' ? '000001' : '000000';
    const refused = await attacker.post('/mfa-verification/EmailVerificationCode', { code });
    assert.equal((await shownError(refused)).code, 'verification_code.code_mismatch');
    assert.equal(await isVerified(), false);
  });

  // security: similar-addresses
  it('has no verified address by a code to one that was replaced in between', async () => {
    await squat();
    const { app, tenant } = suite.server;
    const verify = (email: string) => tenant.db.transaction((tx) => app.users.verifyEmail(tx, 'squatted', email));
    assert.equal(await verify('another@people.example'), false);
    assert.equal(await isVerified(), false);
    assert.equal(await verify(mail.toUpperCase()), true);
    assert.equal(await isVerified(), true);
  });

  // security: similar-addresses
  it('is admitted to organizations by its address once the owner has taken it, and not before', async () => {
    await squat();
    const { body: invited } = await api.post('/api/organizations', { name: 'Invited' });
    const deadline = { expiresAt: suite.clock.now() + 86_400_000 };
    const draft = { organizationId: invited.id, invitee: mail, ...deadline };
    const { body: invitation } = await api.post('/api/organization-invitations', draft);
    const accept = () =>
      api.put(`/api/organization-invitations/${invitation.id}/status`, {
        status: 'Accepted',
        acceptedUserId: 'squatted',
      });
    assertRefused(await accept(), 422, 'request.invalid_input');
    const { body: open } = await api.post('/api/organizations', { name: 'Open' });
    await api.post(`/api/organizations/${open.id}/jit/email-domains`, { emailDomain: 'people.example' });
    const joined = async () =>
      (await api.get('/api/users/squatted/organizations')).body.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(await joined(), []);
    await signInByCode();
    assert.deepEqual(await joined(), ['Open']);
    assert.equal((await accept()).status, 200);
    assert.deepEqual(await joined(), ['Invited', 'Open']);
  });

  // security: similar-addresses
  it('completes no sign-in of that user which was waiting when the owner took the account', async () => {
    await squat();
    await suite.operator.configure({ mfa: { factors: ['Totp', 'WebAuthn'], policy: 'PromptAtSignInAndSignUp' } });
    const attacker = await visit(suite.server);
    const waiting = await attacker.post('/sign-in', { username: mail, password });
    assert.match(waiting.headers.get('location') ?? '', /\/mfa-binding/);
    await provisionBy(organization);
    const skip = () => attacker.post('/mfa-binding/skip', {});
    // The account has no password now, so that the page asks for one: the attacker must not be the one who sets it.
    assert.match((await skip()).headers.get('location') ?? '', /^.continue/);
    const chosen = await attacker.post('/continue', { password: 'a lantern by the harbour' });
    assert.match(chosen.headers.get('location') ?? '', /^.mfa-binding/);
    const { code } = await shownError(await skip());
    assert.equal(code, 'session.invalid_credentials');
    assert.equal((await api.get('/api/users/squatted')).body.hasPassword, false);
  });
});
