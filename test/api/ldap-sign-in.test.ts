import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Cable, startCable } from '../support/cable.ts';
import { type Directory, startDirectory } from '../support/directory.ts';
import { openExperience } from '../support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const experience = {
  signIn: { methods: [{ identifier: 'email', password: true, verificationCode: false, isPasswordPrimary: true }] },
  signUp: { identifiers: [], password: false, verify: false, secondaryIdentifiers: [] },
  signInMode: 'SignInAndRegister',
  singleSignOnEnabled: true,
  sentinelPolicy: {},
  mfa: { factors: [], policy: 'UserControlled' },
};
const ada = { username: 'ada@acme.example', password: 'password of ada' };

describe('Sign-in with the password of a directory', () => {
  let directory: Directory;
  let cable: Cable;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    directory = await startDirectory();
    cable = await startCable(directory.ports.ldaps);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    await directory.add('ada');
    await directory.add('bob');
    await directory.group('Engineers', ['ada']);
  });
  after(async () => {
    await server?.close();
    await cable?.close();
    await directory?.close();
  });
  beforeEach(async () => {
    cable.set('pass');
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    for (const { id } of (await api.get('/api/organizations')).body) await api.delete(`/api/organizations/${id}`);
    assert.equal((await api.patch('/api/sign-in-exp', experience)).status, 200);
  });

  const connect = async (config: object = directory.config, more: object = {}): Promise<string> => {
    const draft = { providerName: 'LDAP', connectorName: 'Acme', config, domains: ['acme.example'], ...more };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  const throughCable = () => ({ ...directory.config, url: `ldaps://127.0.0.1:${cable.port}` });
  const users = async () => (await api.get('/api/users?page_size=100')).body;
  /** The answer to a password, on a custom page. */
  const tryPassword = async (id: string, typed: object) =>
    (await openExperience(server, 'SignIn')).call('POST', `/verification/sso/${id}/password`, typed);
  /** On the hosted pages, from the address of the company to the answer to the password. */
  const typePassword = async (person: Visit, address: string, password: string): Promise<Response> => {
    const led = await person.post('/single-sign-on/email', { address });
    assert.equal(led.status, 303, await led.clone().text());
    const page = new URL(led.headers.get('location') ?? '', server.url);
    assert.equal(page.pathname, '/single-sign-on/password');
    const shown = await person.get(page.pathname + page.search);
    assert.match(await shown.text(), new RegExp(`value="${address}"`));
    const connector = page.searchParams.get('connector') ?? '';
    return person.post('/single-sign-on/password', { connector, username: address, password });
  };
  const signIn = async (address = ada.username, password = ada.password) => {
    const person = await visit(server);
    return person.arrive(await typePassword(person, address, password));
  };

  it('creates the account of a person, and finds it again', async () => {
    const id = await connect();
    for (const event of ['Register', 'SignIn']) {
      const page = await openExperience(server, event);
      const asked = '/sso-connectors?email=ada%40acme.example';
      const { connectorIds } = await page.expect<{ connectorIds: string[] }>(200, 'GET', asked);
      assert.deepEqual(connectorIds, [id]);
      const { verificationId } = await page.expect(200, 'POST', `/verification/sso/${id}/password`, ada);
      await page.expect(event === 'Register' ? 201 : 204, 'POST', '/identification', { verificationId });
      const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
      assert.ok((await page.follow(redirectTo)).searchParams.get('code'));
    }
    const [user, ...others] = await users();
    assert.deepEqual([user?.primaryEmail, user?.name, others], ['ada@acme.example', 'Person ada', []]);
  });

  it('says in the sign-in experience that the connector asks for the password', async () => {
    const id = await connect();
    const { ssoConnectors } = (await (await fetch(`${server.url}/api/.well-known/sign-in-exp`)).json()) as {
      ssoConnectors: object[];
    };
    assert.deepEqual(
      ssoConnectors.map((each) => ({ ...each, logo: '' })),
      [{ id, connectorName: 'Acme', logo: '', asksPassword: true }],
    );
  });

  it('asks for the password on a page, after which the session says that it was one', async () => {
    await connect();
    const verifier = 'v'.repeat(64);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const person = await visit(server, { code_challenge: challenge });
    const back = await person.arrive(await typePassword(person, ada.username, ada.password));
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id: 'demo-app', code_verifier: verifier },
        ...{ code: back.searchParams.get('code') ?? '', redirect_uri: `${server.url}/demo-app` },
      }),
    });
    const { id_token: token = '' } = (await answer.json()) as { id_token?: string };
    const { amr } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.deepEqual(amr, ['pwd']);
  });

  it('leads to the page from the form of the first page, and from an application that names the connector', async () => {
    const id = await connect();
    const led = await (await visit(server)).post('/sign-in', { ...ada, password: 'typed into the wrong form' });
    assert.match(led.headers.get('location') ?? '', /\/single-sign-on\/password\?/);
    const person = await visit(server, { direct_sign_in: `sso:${id}` });
    const direct = await person.arrive(await person.get(`/direct/sso/${id}?app_id=demo-app`));
    assert.equal(direct.pathname, '/single-sign-on/password');
    const asked = await (await person.get(direct.pathname + direct.search)).text();
    assert.match(asked, /<input[^>]*id="username"/, 'no address is known: the page asks for it');
    const answer = await person.post('/single-sign-on/password', {
      connector: id,
      username: 'ada',
      password: ada.password,
    });
    assert.ok((await person.arrive(answer)).searchParams.get('code'));
  });

  it('returns to the form with what was typed after a wrong password, and accepts the right one then', async () => {
    const id = await connect();
    const person = await visit(server);
    const refused = await typePassword(person, ada.username, 'wrong');
    assert.equal(refused.status, 422);
    assert.equal((await shownError(refused)).code, 'single_sign_on.invalid_credentials');
    const again = await person.post('/single-sign-on/password', { connector: id, ...ada });
    assert.ok((await person.arrive(again)).searchParams.get('code'));
  });

  // security: account-enumeration
  it('answers alike to unknown people and to wrong passwords', async () => {
    const id = await connect();
    const wrong = await tryPassword(id, { ...ada, password: 'wrong' });
    const unknown = await tryPassword(id, { username: 'nemo@acme.example', password: 'wrong' });
    assert.deepEqual([wrong.status, wrong.body.code], [422, 'single_sign_on.invalid_credentials']);
    assert.deepEqual(unknown, wrong);
  });

  // security: account-enumeration
  it('tells a person that the right password has to be changed first, and nothing to a wrong one', async (t) => {
    const id = await connect();
    const subject = { pwdPolicySubentry: directory.policy };
    for (const uid of ['reset', 'late']) {
      await directory.add(uid, uid === 'reset' ? { ...subject, pwdReset: 'TRUE' } : subject);
      t.after(() => directory.remove(uid));
    }
    const answer = async (uid: string, password = `password of ${uid}`) => {
      const { status, body } = await tryPassword(id, { username: uid, password });
      return status === 200 ? 'signed in' : body.code;
    };
    assert.equal(await answer('reset'), 'single_sign_on.password_expired');
    let late = await answer('late');
    while (late === 'signed in') late = await answer('late');
    assert.equal(late, 'single_sign_on.password_expired');
    for (const uid of ['reset', 'late'])
      assert.equal(await answer(uid, 'wrong'), 'single_sign_on.invalid_credentials', uid);
    const person = await visit(server);
    const refused = await typePassword(person, 'reset@acme.example', 'password of reset');
    assert.equal((await shownError(refused)).code, 'single_sign_on.password_expired');
    assert.deepEqual(await users(), []);
  });

  // security: account-enumeration
  it('answers alike for accounts that the directory has locked and for unknown people', async (t) => {
    const id = await connect();
    await directory.add('locked', { pwdPolicySubentry: directory.policy });
    t.after(() => directory.remove('locked'));
    const unknown = await tryPassword(id, { username: 'nemo', password: 'wrong' });
    const wrong = { username: 'locked', password: 'wrong' };
    for (let count = 0; count < 4; count += 1) assert.deepEqual(await tryPassword(id, wrong), unknown);
    const right = { username: 'locked', password: 'password of locked' };
    assert.deepEqual(await tryPassword(id, right), unknown);
  });

  // security: directory-injection
  it('finds no one by a name that is a part of a filter, and people whose names look like one', async () => {
    const id = await connect();
    const names = ['*', 'a*', 'ada)(uid=*', '*)(|(uid=*', '(uid=ada)', 'ad\\61', '\\2a', 'ada)(!(uid=bob)'];
    for (const username of names) {
      const { body } = await tryPassword(id, { username, password: ada.password });
      assert.equal(body.code, 'single_sign_on.invalid_credentials', username);
    }
    const odd = 'x*(y)\\ "z", o=1+2;<#é>';
    await directory.add(odd, { mail: 'odd@acme.example', userPassword: 'password of odd' });
    const { status, body } = await tryPassword(id, { username: odd, password: 'password of odd' });
    assert.equal(status, 200, JSON.stringify(body));
    await directory.remove(odd);
  });

  it('refuses a name that two people have', async () => {
    const id = await connect();
    await directory.add('twin', { mail: 'ada@acme.example', userPassword: ada.password });
    const { body } = await tryPassword(id, ada);
    assert.equal(body.code, 'single_sign_on.invalid_credentials');
    await directory.remove('twin');
  });

  // The directory of these tests accepts binds without a password, which check nothing.
  // security: directory-injection
  it('refuses an empty password', async () => {
    const id = await connect();
    const person = await visit(server);
    const answer = await typePassword(person, ada.username, '');
    assert.equal((await shownError(answer)).code, 'single_sign_on.invalid_credentials');
    assert.equal((await tryPassword(id, { ...ada, password: '' })).status, 400);
    assert.deepEqual(await users(), []);
  });

  // security: wrong-passwords
  it('counts attempts for the person, whichever name is typed, and locks names of no one alike', async () => {
    const id = await connect();
    await api.patch('/api/sign-in-exp', { sentinelPolicy: { maxAttempts: 3, lockoutDuration: 60 } });
    for (const username of ['bob', 'BOB@acme.example', 'Bob'])
      assert.equal((await tryPassword(id, { username, password: 'wrong' })).status, 422);
    const locked = await tryPassword(id, { username: 'bob@acme.example', password: 'password of bob' });
    assert.equal(locked.body.code, 'session.verification_blocked_too_many_attempts');
    for (let count = 0; count < 3; count += 1)
      await tryPassword(id, { username: 'nemo@acme.example', password: 'wrong' });
    const unknown = await tryPassword(id, { username: 'nemo@acme.example', password: 'wrong' });
    assert.deepEqual([unknown.status, unknown.body.code], [locked.status, locked.body.code]);
    assert.equal((await tryPassword(id, ada)).status, 200, 'others are not locked');
    const unlocked = { targets: ['bob@acme.example'], targetType: 'User' };
    assert.equal((await api.post('/api/sentinel-activities/delete', unlocked)).status, 204);
    assert.equal((await tryPassword(id, { username: 'bob', password: 'password of bob' })).status, 200);
  });

  it('keeps no password in a sign-in, in the audit log or in an answer', async () => {
    const id = await connect();
    const page = await openExperience(server, 'SignIn');
    const answers = [
      await page.call('POST', `/verification/sso/${id}/password`, { ...ada, password: 'wrong secret 1' }),
      await page.call('POST', `/verification/sso/${id}/password`, ada),
    ];
    const rows = await server.tenant.db.raw('select state::text as state from interactions where tenant_id = $1', [
      server.tenant.id,
    ]);
    const logs = (await api.get('/api/logs?page_size=100')).body;
    const everything = JSON.stringify([answers, rows, logs]);
    assert.match(everything, /EnterpriseSso/);
    assert.doesNotMatch(everything, /password of ada|wrong secret|account of the connector/);
  });

  it('links the account of the address, gives roles by groups, and takes them when the group is left', async () => {
    const organizationId = (await api.post('/api/organizations', { name: 'Acme' })).body.id;
    const roleId = (await api.post('/api/organization-roles', { name: `engineer ${Math.random()}` })).body.id;
    const roleMappings = [
      { attribute: 'groups', value: 'Engineers', organizationId, organizationRoleIds: [roleId] },
      {
        ...{ attribute: 'groupDns', value: 'cn=Engineers,ou=groups,dc=acme,dc=example' },
        ...{ organizationId, organizationRoleIds: [] },
      },
    ];
    for (const config of [directory.config, { ...directory.config, groupBaseDn: `ou=groups,${directory.base}` }]) {
      const { body: before } = await api.post('/api/users', { primaryEmail: 'ada@acme.example', name: 'Before' });
      const id = await connect(config, { roleMappings, syncProfile: true });
      assert.ok((await signIn()).searchParams.get('code'));
      const [user, ...others] = await users();
      assert.deepEqual([user?.id, user?.name, others], [before.id, 'Person ada', []]);
      const rolesOf = async () =>
        (await api.get(`/api/organizations/${organizationId}/users/${before.id}/roles`)).body as unknown as {
          id: string;
        }[];
      assert.deepEqual(
        (await rolesOf()).map((role) => role.id),
        [roleId],
      );
      await directory.group('Engineers', ['bob']);
      assert.ok((await signIn()).searchParams.get('code'));
      assert.deepEqual(await rolesOf(), []);
      await directory.group('Engineers', ['ada']);
      await api.delete(`/api/sso-connectors/${id}`);
      await api.delete(`/api/users/${before.id}`);
    }
    await api.delete(`/api/organization-roles/${roleId}`);
  });

  it('does not sign in suspended users, nor new ones while registration is closed', async () => {
    await connect();
    const { body: user } = await api.post('/api/users', { primaryEmail: 'ada@acme.example' });
    await api.patch(`/api/users/${user.id}/is-suspended`, { isSuspended: true });
    const suspended = await typePassword(await visit(server), ada.username, ada.password);
    assert.equal((await shownError(suspended)).code, 'user.suspended');
    await api.patch('/api/sign-in-exp', { signInMode: 'SignIn' });
    const unknown = await typePassword(await visit(server), 'bob@acme.example', 'password of bob');
    assert.equal((await shownError(unknown)).code, 'user.sso_identity_not_exist');
  });

  it('asks for second factors only where the connector wants them', async () => {
    const mfa = { factors: ['Totp'], policy: 'PromptAtSignInAndSignUpMandatory' };
    assert.equal((await api.patch('/api/sign-in-exp', { mfa })).status, 200);
    const id = await connect();
    assert.ok((await signIn()).searchParams.get('code'));
    await api.patch(`/api/sso-connectors/${id}`, { requiresMfa: true });
    assert.equal((await signIn()).pathname, '/mfa-binding/Totp');
  });

  it('connects with StartTLS', async () => {
    const id = await connect(directory.startTlsConfig);
    assert.equal((await tryPassword(id, ada)).status, 200);
  });

  // security: directory-injection, outgoing-requests
  it('refuses a configuration that does not work, naming the member and the reason', async () => {
    const { config, startTlsConfig, base } = directory;
    const authority = await otherAuthority();
    const cases: [config: object, path: string, reason: string | undefined][] = [
      [{ ...config, caCertificate: undefined }, 'caCertificate', 'tls'],
      [{ ...config, caCertificate: authority }, 'caCertificate', 'tls'],
      [{ ...startTlsConfig, caCertificate: authority }, 'caCertificate', 'tls'],
      [{ ...startTlsConfig, allowUnencrypted: true }, 'startTls', 'confidentiality'],
      [{ ...config, bindPassword: 'wrong' }, 'bindPassword', 'account'],
      [{ ...config, bindDn: `cn=nobody,${base}` }, 'bindPassword', 'account'],
      [{ ...config, userBaseDn: `ou=nowhere,${base}` }, 'userBaseDn', 'not-found'],
      [{ ...config, url: 'ldaps://127.0.0.1:1' }, 'url', 'unreachable'],
      [{ ...config, url: 'ldaps://169.254.169.254' }, 'url', 'address'],
      [{ ...config, url: 'ldaps://[::1]:636' }, 'url', 'address'],
      [{ ...config, url: `ldap://127.0.0.1:${new URL(server.url).port}` }, 'url', undefined],
      [{ ...config, url: 'https://127.0.0.1' }, 'url', undefined],
      [{ ...config, url: 'ldaps://user@127.0.0.1' }, 'url', undefined],
      [{ ...config, url: 'ldaps://127.0.0.1/ou=people' }, 'url', undefined],
      [{ ...config, startTls: true }, 'startTls', undefined],
      [{ ...startTlsConfig, startTls: false }, 'startTls', undefined],
      [{ ...config, caCertificate: 'no certificate' }, 'caCertificate', undefined],
      [{ ...config, userFilter: '(objectClass=person' }, 'userFilter', undefined],
      [{ ...config, userFilter: `${'(!'.repeat(30)}(a=b)${')'.repeat(30)}` }, 'userFilter', undefined],
      [{ ...config, userBaseDn: 'people' }, 'userBaseDn', undefined],
      [{ ...config, attributeMapping: { id: 'entry(UUID' } }, 'attributeMapping.id', undefined],
      [{ ...config, groupFilter: '(cn=*)' }, 'groupFilter', undefined],
      [{ ...config, bindPassword: '' }, 'bindPassword', undefined],
      [{ ...config, unknown: 1 }, '', undefined],
    ];
    for (const [draft, path, reason] of cases) {
      const answer = await api.post('/api/sso-connectors', {
        ...{ providerName: 'LDAP', connectorName: 'Acme', config: JSON.parse(JSON.stringify(draft)) },
      });
      assertRefused(answer, 400, 'connector.invalid_config');
      const [problem] = (answer.body as unknown as { data: { problems: { path: string; reason?: string }[] } }).data
        .problems;
      assert.equal(problem?.path, path, JSON.stringify([draft, problem]));
      if (reason) assert.equal(problem?.reason, reason);
    }
    const storing = { providerName: 'LDAP', connectorName: 'Acme', config, enableTokenStorage: true };
    assertRefused(await api.post('/api/sso-connectors', storing), 422, 'connector.token_storage_not_supported');
  });

  it('tests a connector step by step, and shows whom the directory finds', async () => {
    const id = await connect(throughCable());
    const found = (await api.post(`/api/sso-connectors/${id}/test`, { username: 'ada' })).body;
    assert.deepEqual(
      [found.ok, found.steps.map(({ step }) => step)],
      [true, ['connection', 'account', 'bases', 'person']],
    );
    assert.equal(found.person?.email, 'ada@acme.example');
    assert.deepEqual(found.person?.attributes.groups, ['Engineers']);
    const unknown = (await api.post(`/api/sso-connectors/${id}/test`, { username: 'nemo' })).body;
    assert.deepEqual([unknown.ok, unknown.steps.at(-1)?.reason], [false, 'not-found']);
    cable.set('cut');
    const cut = (await api.post(`/api/sso-connectors/${id}/test`, {})).body;
    assert.deepEqual([cut.ok, cut.steps.map(({ step, ok }) => [step, ok])], [false, [['connection', false]]]);
    const { body: other } = await api.post('/api/sso-connectors', { providerName: 'SAML', connectorName: 'Other' });
    assertRefused(await api.post(`/api/sso-connectors/${other.id}/test`, {}), 400, 'single_sign_on.ldap_only');
    const { body: empty } = await api.post('/api/sso-connectors', { providerName: 'LDAP', connectorName: 'Empty' });
    assertRefused(await api.post(`/api/sso-connectors/${empty.id}/test`, {}), 400, 'single_sign_on.not_configured');
  });

  it('lets a directory that hangs cost only its own sign-ins', async () => {
    const hanging = await connect(throughCable(), { connectorName: 'Hanging', domains: ['hanging.example'] });
    const working = await connect();
    cable.set('hang');
    const waiting = Array.from({ length: 45 }, () => tryPassword(hanging, ada));
    assert.equal((await tryPassword(working, ada)).status, 200);
    const codes = new Set((await Promise.all(waiting)).map(({ body }) => body.code));
    assert.ok(codes.has('connector.timeout' as never) && codes.has('request.overloaded' as never), [...codes].join());
    cable.set('pass');
    assert.equal((await tryPassword(hanging, ada)).status, 200, 'it works again when the directory does');
  });

  it('stops to wait for a directory that takes a request and does not answer it', { timeout: 60_000 }, async (t) => {
    const plain = await startCable(directory.ports.ldap);
    t.after(() => plain.close());
    const id = await connect({ ...directory.startTlsConfig, url: `ldap://127.0.0.1:${plain.port}` });
    plain.set('hang');
    const answer = await typePassword(await visit(server), 'ada@acme.example', ada.password);
    assert.match(await answer.clone().text(), /<input[^>]* name="password"/, 'the form, to try again');
    assert.equal((await shownError(answer)).code, 'connector.timeout');
    plain.set('pass');
    assert.equal((await tryPassword(id, ada)).status, 200, 'it works again when the directory does');
  });

  it('has no sign-in by address for a connector of another kind, and no answer of a provider for a directory', async () => {
    const id = await connect();
    const page = await openExperience(server, 'SignIn');
    const asked = { state: 'state', redirectUri: 'https://custom.example/callback' };
    const { authorizationUri, verificationId } = await page.expect(
      200,
      'POST',
      `/verification/sso/${id}/authorization-uri`,
      asked,
    );
    assert.match(authorizationUri ?? '', /\/single-sign-on\/password\?/);
    const answer = { connectorData: { code: 'x', state: 'state' }, verificationId };
    await page.refuse([501, 'connector.not_implemented'], 'POST', `/verification/sso/${id}/verify`, answer);
  });
});

/** A certificate that signed nothing here. */
async function otherAuthority(): Promise<string> {
  const other = await startDirectory();
  await other.close();
  return new X509Certificate(other.caCertificate).toString();
}
