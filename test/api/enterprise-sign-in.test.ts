import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Company, startCompany } from '../support/company.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';
const byUsernameAndEmail = {
  signIn: {
    methods: ['username', 'email'].map((identifier) => ({
      identifier,
      password: true,
      verificationCode: false,
      isPasswordPrimary: true,
    })),
  },
  signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] },
  signInMode: 'SignInAndRegister',
  singleSignOnEnabled: true,
};

describe('Enterprise sign-in', () => {
  let acme: Company;
  let globex: Company;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    [acme, globex] = await Promise.all([startCompany(), startCompany({ name: 'globex', email: 'userinfo' })]);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
    await globex?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    assert.equal((await api.patch('/api/sign-in-exp', byUsernameAndEmail)).status, 200);
    Object.assign(acme, { outage: undefined, asked: [] });
    acme.people.clear();
    acme.people.set('ada', {
      sub: 'ada',
      email: 'ada@acme.example',
      email_verified: true,
      name: 'Ada Acme',
      picture: 'https://pictures.example/ada.png',
      groups: ['engineers'],
    });
  });

  const connect = async (company: Company, more: object = {}): Promise<string> => {
    const draft = {
      providerName: 'OIDC',
      connectorName: company === acme ? 'Acme' : 'Globex',
      config: company.config,
      domains: ['acme.example'],
      ...more,
    };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  const identities = async (userId: string) =>
    (await api.get(`/api/users/${userId}?includeSsoIdentities=true`)).body.ssoIdentities;
  const users = async () => (await api.get('/api/users?page_size=100')).body;
  /** From an answer that leads to the provider, back to the answer of the callback. */
  const through = async (person: Visit, answer: Response, company: Company, subject: string): Promise<Response> => {
    assert.equal(answer.status, 303, await answer.clone().text());
    const back = await company.signIn(answer.headers.get('location') ?? '', subject);
    const callback = await person.get(back.pathname + back.search);
    assert.equal(callback.status, 303, await callback.clone().text());
    const next = new URL(callback.headers.get('location') ?? '', server.url);
    return person.get(next.pathname + next.search);
  };
  const enter = async (email: string, company = acme, subject = email.split('@')[0] ?? ''): Promise<Response> => {
    const person = await visit(server);
    return through(person, await person.post('/single-sign-on/email', { address: email }), company, subject);
  };
  const signIn = async (email: string, company = acme, subject = email.split('@')[0] ?? ''): Promise<URL> => {
    const person = await visit(server);
    const answer = await through(
      person,
      await person.post('/single-sign-on/email', { address: email }),
      company,
      subject,
    );
    return person.arrive(answer);
  };

  it('creates an account for a new employee, and finds it again', async () => {
    const id = await connect(acme);
    assert.ok((await signIn('ada@acme.example')).searchParams.get('code'));
    const [user, ...others] = await users();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [user.primaryEmail, user.name, user.avatar],
      ['ada@acme.example', 'Ada Acme', 'https://pictures.example/ada.png'],
    );
    const [identity] = await identities(user.id);
    assert.deepEqual(
      [identity.ssoConnectorId, identity.issuer, identity.identityId, identity.detail.groups],
      [id, acme.issuer, 'ada', ['engineers']],
    );
    assert.ok((await signIn('ada@acme.example')).searchParams.get('code'));
    assert.equal((await users()).length, 1);
    const { body } = await api.get(`/api/users/${user.id}/sso-identities/${id}`);
    assert.equal(body.ssoIdentity.identityId, 'ada');
  });

  it('keeps what the provider reports about the person, and nothing about the token', async () => {
    const id = await connect(acme);
    await signIn('ada@acme.example');
    const [{ id: userId }] = await users();
    const { ssoIdentity } = (await api.get(`/api/users/${userId}/sso-identities/${id}`)).body;
    assert.deepEqual(ssoIdentity.detail, {
      id: 'ada',
      sub: 'ada',
      email: 'ada@acme.example',
      email_verified: true,
      name: 'Ada Acme',
      picture: 'https://pictures.example/ada.png',
      avatar: 'https://pictures.example/ada.png',
      groups: ['engineers'],
    });
  });

  it('leads to the provider from every form that takes the address, with the address as its hint', async () => {
    await connect(acme);
    const forms: [string, Record<string, string>][] = [
      ['/sign-in', { username: 'Ada@ACME.example', password: 'not a password of ours' }],
      ['/single-sign-on/email', { address: 'ada@acme.example' }],
    ];
    for (const [path, fields] of forms) {
      const answer = await (await visit(server)).post(path, fields);
      const location = new URL(answer.headers.get('location') ?? '');
      assert.equal(`${location.origin}${location.pathname}`, `${acme.issuer}/auth`, path);
      assert.equal(location.searchParams.get('login_hint')?.toLowerCase(), 'ada@acme.example', path);
      assert.equal(location.searchParams.get('code_challenge_method'), 'S256');
      assert.ok(location.searchParams.get('nonce'));
    }
  });

  // security: enterprise-linking
  it('links the account of an address in the connector’s domains', async () => {
    await connect(acme);
    const { body: before } = await api.post('/api/users', { primaryEmail: 'ada@acme.example', password });
    assert.ok((await signIn('ada@acme.example')).searchParams.get('code'));
    const [user, ...others] = await users();
    assert.deepEqual([user.id, others], [before.id, []]);
    assert.equal((await identities(user.id)).length, 1);
    assert.equal(user.hasPassword, true, 'the operator set the address: it is verified');
  });

  // security: enterprise-linking
  it('links no account by an address that the provider did not verify, or outside of the domains', async () => {
    await connect(acme);
    await api.post('/api/users', { primaryEmail: 'ada@acme.example', username: 'owner' });
    await api.post('/api/users', { primaryEmail: 'boss@elsewhere.example', username: 'boss' });
    for (const claims of [
      { email: 'ada@acme.example', email_verified: false },
      { email: 'boss@elsewhere.example', email_verified: true },
    ]) {
      acme.people.set('mallory', { sub: 'mallory', name: 'Mallory', ...claims });
      assert.ok((await signIn('x@acme.example', acme, 'mallory')).searchParams.get('code'));
      const mallory = (await users()).find(({ name }: { name: string }) => name === 'Mallory');
      assert.equal(mallory?.primaryEmail, null);
      await api.delete(`/api/users/${mallory?.id}`);
    }
    for (const user of await users()) assert.deepEqual(await identities(user.id), []);
  });

  // security: enterprise-domains
  it('refuses passwords of users whose company signs them in, also under a username', async () => {
    await api.post('/api/users', { primaryEmail: 'ada@acme.example', username: 'ada', password });
    const before = await visit(server);
    assert.ok(
      (await before.arrive(await before.post('/sign-in', { username: 'ada', password }))).searchParams.get('code'),
    );
    await connect(acme);
    for (const username of ['ada', 'ada@acme.example']) {
      const answer = await (await visit(server)).post('/sign-in', { username, password });
      assert.ok(answer.headers.get('location')?.startsWith(`${acme.issuer}/auth`), username);
    }
  });

  it('offers a choice where a company has several providers', async () => {
    globex.people.set('ada', { sub: 'ada-2', email: 'ada@acme.example', email_verified: true, name: 'Ada' });
    globex.people.set('ada-2', { sub: 'ada-2', email: 'ada@acme.example', email_verified: true, name: 'Ada' });
    await connect(acme);
    const second = await connect(globex);
    const person = await visit(server);
    const page = await person.post('/sign-in', { username: 'ada@acme.example', password });
    assert.match(page.headers.get('location') ?? '', /^\/single-sign-on\/connectors\?/);
    const html = await (await person.get(page.headers.get('location') ?? '')).text();
    assert.match(html, /Acme/);
    assert.match(html, /Globex/);
    const chosen = await person.post('/single-sign-on/connectors', { connector: second });
    assert.ok((await person.arrive(await through(person, chosen, globex, 'ada-2'))).searchParams.get('code'));
    assert.equal((await users())[0].primaryEmail, 'ada@acme.example');
  });

  it('says so when no company has the domain, and when its provider is down', async () => {
    await connect(acme);
    const unknown = await (await visit(server)).post('/single-sign-on/email', { address: 'eve@nowhere.example' });
    assert.equal(unknown.status, 422);
    assert.equal((await shownError(unknown)).code, 'session.sso_not_available');
  });

  // security: enterprise-domains
  it('accepts an answer once, and in the browser that asked', async () => {
    await connect(acme);
    const person = await visit(server);
    const begun = await person.post('/single-sign-on/email', { address: 'ada@acme.example' });
    const back = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
    const path = back.pathname.replace('/callback/', '/callback/social/') + back.search;
    const stranger = await (await visit(server)).get(path);
    assert.equal(stranger.status, 400);
    assert.deepEqual(await users(), []);
    assert.ok((await person.arrive(await person.get(path))).searchParams.get('code'));
    assert.ok((await person.get(path)).status >= 300);
    assert.equal((await users()).length, 1);
  });

  // security: enterprise-linking
  it('creates no account where registration is closed', async () => {
    await connect(acme);
    await api.patch('/api/sign-in-exp', { ...byUsernameAndEmail, signInMode: 'SignIn' });
    const answer = await enter('ada@acme.example');
    assert.equal((await shownError(answer)).code, 'user.sso_identity_not_exist');
    assert.deepEqual(await users(), []);
  });

  it('refuses a suspended user', async () => {
    await connect(acme);
    await signIn('ada@acme.example');
    const [{ id }] = await users();
    await api.patch(`/api/users/${id}/is-suspended`, { isSuspended: true });
    assert.equal((await shownError(await enter('ada@acme.example'))).code, 'user.suspended');
  });

  it('does nothing where enterprise sign-in is switched off', async () => {
    const id = await connect(acme);
    await api.post('/api/users', { primaryEmail: 'ada@acme.example', username: 'ada', password });
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: false });
    const person = await visit(server);
    assert.ok(
      (await person.arrive(await person.post('/sign-in', { username: 'ada', password }))).searchParams.get('code'),
    );
    const other = await visit(server);
    assert.match((await other.get(`/direct/sso/${id}?app_id=demo-app`)).headers.get('location') ?? '', /^\/sign-in/);
    assert.deepEqual(
      (await fetch(`${server.url}/api/.well-known/sign-in-exp`).then((a) => a.json())).ssoConnectors,
      [],
    );
  });

  it('goes to the connector that an application names, with its login hint', async () => {
    const id = await connect(acme);
    const person = await visit(server, { direct_sign_in: `sso:${id}`, login_hint: 'ada@acme.example' });
    const answer = await person.get(`/direct/sso/${id}?app_id=demo-app`);
    assert.equal(new URL(answer.headers.get('location') ?? '').searchParams.get('login_hint'), 'ada@acme.example');
    assert.ok((await person.arrive(await through(person, answer, acme, 'ada'))).searchParams.get('code'));
  });

  describe('logout by the provider', () => {
    const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const tokenFor = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) => {
      const iat = Math.floor(Date.now() / 1000);
      const known = {
        iss: acme.issuer,
        aud: acme.config.clientId,
        iat,
        exp: iat + 120,
        jti: randomUUID(),
        events: event,
      };
      return acme.sign({ ...known, ...claims }, header);
    };
    const send = (id: string, token: string) =>
      fetch(`${server.url}/api/authn/single-sign-on/oidc/${id}/backchannel-logout`, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
      });
    const sessions = async (of = 'ada@acme.example') => {
      const { id } = (await users()).find(({ primaryEmail }: { primaryEmail: string }) => primaryEmail === of) ?? {};
      return (await api.get(`/api/users/${id}/sessions`)).body.sessions;
    };

    // security: enterprise-logout
    it('ends the sessions of the person, once for each token', async () => {
      const id = await connect(acme);
      acme.people.set('bo', { sub: 'bo', email: 'bo@acme.example', email_verified: true, name: 'Bo' });
      await signIn('bo@acme.example');
      await signIn('ada@acme.example');
      assert.equal((await sessions()).length, 1);
      for (const sid of ['of another browser', 'x'])
        assert.equal((await send(id, tokenFor({ sub: 'ada', sid }))).status, 204, 'a session that has no user here');
      assert.equal((await sessions()).length, 1);
      const token = tokenFor({ sub: 'ada' });
      assert.equal((await send(id, token)).status, 204);
      assert.deepEqual(await sessions(), []);
      assert.equal((await sessions('bo@acme.example')).length, 1, 'another person stays signed in');
      await signIn('ada@acme.example');
      assert.equal((await send(id, token)).status, 400, 'a second time');
      assert.equal((await sessions()).length, 1);
    });

    // security: enterprise-logout
    it('refuses tokens of others, old ones, and ID tokens', async () => {
      const id = await connect(acme);
      await signIn('ada@acme.example');
      const hour = Math.floor(Date.now() / 1000) - 3600;
      const refused: [string, string][] = [
        ['of another client', tokenFor({ sub: 'ada', aud: 'another' })],
        ['of another issuer', tokenFor({ sub: 'ada', iss: globex.issuer })],
        [
          'of another key',
          globex.sign({
            iss: acme.issuer,
            aud: acme.config.clientId,
            sub: 'ada',
            iat: hour + 3600,
            exp: hour + 3720,
            jti: 'x',
            events: event,
          }),
        ],
        ['an old one that has not expired', tokenFor({ sub: 'ada', iat: hour })],
        ['without an expiry', tokenFor({ sub: 'ada', exp: undefined })],
        ['with an expiry that is no time', tokenFor({ sub: 'ada', exp: 'never' })],
        ['without an event', tokenFor({ sub: 'ada', events: {} })],
        ['without events', tokenFor({ sub: 'ada', events: undefined })],
        ['of another event', tokenFor({ sub: 'ada', events: { 'https://example.com/event': {} } })],
        ['with a list of events', tokenFor({ sub: 'ada', events: Object.keys(event) })],
        ['with an event that is no object', tokenFor({ sub: 'ada', events: { [Object.keys(event)[0] ?? '']: true } })],
        ['of the future', tokenFor({ sub: 'ada', iat: hour + 7200, exp: hour + 7320 })],
        ['expired', tokenFor({ sub: 'ada', exp: hour })],
        ['without a time', tokenFor({ sub: 'ada', iat: undefined })],
        ['with a nonce', tokenFor({ sub: 'ada', nonce: 'n' })],
        ['of nobody', tokenFor({})],
        ['with a nonce that is nothing', tokenFor({ sub: 'ada', nonce: null })],
        ['of a person and a session that are no names', tokenFor({ sub: { $ne: '' }, sid: 1 })],
        ['of an empty person', tokenFor({ sub: '' })],
        ['without an id', tokenFor({ sub: 'ada', jti: undefined })],
        ['with an id that is no text', tokenFor({ sub: 'ada', jti: 1 })],
        ['for no client', tokenFor({ sub: 'ada', aud: undefined })],
        ['of no issuer', tokenFor({ sub: 'ada', iss: undefined })],
        ['of the type of an access token', tokenFor({ sub: 'ada' }, { typ: 'at+jwt' })],
        ['of the type of a security event', tokenFor({ sub: 'ada' }, { typ: 'secevent+jwt' })],
        ['with an algorithm that no provider needs', tokenFor({ sub: 'ada' }, { alg: 'RS512' })],
        ['unsigned', `${tokenFor({ sub: 'ada' }, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
        ['text', 'not a token'],
      ];
      for (const [name, token] of refused) assert.equal((await send(id, token)).status, 400, name);
      const other = await connect(globex, { domains: ['globex.example'] });
      assert.equal((await send(other, tokenFor({ sub: 'ada' }))).status, 400, 'at another connector');
      assert.equal((await sessions()).length, 1);
      assert.equal((await send('unknown', tokenFor({ sub: 'ada' }))).status, 404);
    });
  });

  it('follows a new key of the provider, and reads the address from userinfo', async () => {
    globex.people.set('bo', { sub: 'bo', email: 'bo@globex.example', email_verified: true, name: 'Bo' });
    await connect(globex, { domains: ['globex.example'] });
    assert.ok((await signIn('bo@globex.example', globex, 'bo')).searchParams.get('code'));
    assert.equal((await users())[0].primaryEmail, 'bo@globex.example');
  });

  it('brings users into the organizations of the connector, with roles by their groups', async () => {
    const role = async (name: string) => (await api.post('/api/organization-roles', { name, type: 'User' })).body.id;
    const [staff, engineer] = [await role(`staff ${randomUUID()}`), await role(`engineer ${randomUUID()}`)];
    const { id: joined } = (await api.post('/api/organizations', { name: 'Joined' })).body;
    const { id: mapped } = (await api.post('/api/organizations', { name: 'Mapped' })).body;
    const id = await connect(acme, {
      roleMappings: [
        { attribute: 'groups', value: 'engineers', organizationId: mapped, organizationRoleIds: [engineer] },
        { attribute: 'groups', value: 'all', organizationId: mapped, organizationRoleIds: [] },
      ],
    });
    await api.post(`/api/organizations/${joined}/jit/roles`, { organizationRoleIds: [staff] });
    const path = `/api/organizations/${joined}/jit/sso-connectors`;
    assert.equal((await api.post(path, { ssoConnectorIds: [id] })).status, 201);
    assert.equal((await api.get(path)).body[0].connectorName, 'Acme');
    assert.equal((await api.post(path, { ssoConnectorIds: ['unknown'] })).status, 422);
    await signIn('ada@acme.example');
    const [{ id: userId }] = await users();
    const roles = async () =>
      Object.fromEntries(
        (await api.get(`/api/users/${userId}/organizations`)).body.map(
          (organization: { name: string; organizationRoles: { id: string }[] }) => [
            organization.name,
            organization.organizationRoles.map((each) => each.id),
          ],
        ),
      );
    assert.deepEqual(await roles(), { Joined: [staff], Mapped: [engineer] });
    Object.assign(acme.people.get('ada') ?? {}, { groups: ['all'] });
    await signIn('ada@acme.example');
    assert.deepEqual(await roles(), { Joined: [staff], Mapped: [] }, 'a lost group takes its role');
  });

  it('writes name and picture at each sign-in where the connector says so', async () => {
    await connect(acme, { syncProfile: true });
    await signIn('ada@acme.example');
    Object.assign(acme.people.get('ada') ?? {}, { name: 'Ada Married' });
    await signIn('ada@acme.example');
    assert.equal((await users())[0].name, 'Ada Married');
  });

  it('stores the provider’s tokens where that is on, and forgets them when it is turned off', async () => {
    const id = await connect(acme, { enableTokenStorage: true });
    await signIn('ada@acme.example');
    const [{ id: userId }] = await users();
    const path = `/api/users/${userId}/sso-identities/${id}?includeTokenSecret=true`;
    const { tokenSecret } = (await api.get(path)).body;
    assert.deepEqual(
      [tokenSecret.ssoConnectorId, tokenSecret.issuer, tokenSecret.identityId],
      [id, acme.issuer, 'ada'],
    );
    assert.ok(!JSON.stringify(tokenSecret).includes('access_token'));
    await api.patch(`/api/sso-connectors/${id}`, { enableTokenStorage: false });
    assert.equal((await api.get(path)).body.tokenSecret, undefined);
  });

  it('checks a connector when it is saved', async () => {
    const save = (more: object) =>
      api.post('/api/sso-connectors', { providerName: 'OIDC', connectorName: 'Other', config: acme.config, ...more });
    const cases: [object, number, string][] = [
      [{ domains: ['gmail.com'] }, 422, 'single_sign_on.forbidden_domains'],
      [{ domains: ['zohomail.com'] }, 422, 'single_sign_on.forbidden_domains'],
      [{ domains: ['a.example', 'A.example'] }, 422, 'single_sign_on.duplicated_domains'],
      [{ domains: ['not a domain'] }, 422, 'single_sign_on.invalid_domain_format'],
      [{ config: { ...acme.config, issuer: `${acme.issuer}/other` } }, 400, 'connector.invalid_config'],
      [{ config: { ...acme.config, issuer: 'http://10.0.0.1' } }, 400, 'connector.invalid_config'],
      [{ config: { clientId: 'x' } }, 400, 'connector.invalid_config'],
      [{ config: { ...acme.config, unknown: 1 } }, 400, 'connector.invalid_config'],
      [{ providerName: 'Nobody' }, 422, 'connector.not_found'],
    ];
    for (const [more, status, code] of cases) assertRefused(await save(more), status, code);
    await connect(acme);
    assertRefused(await save({ connectorName: 'Acme' }), 409, 'single_sign_on.duplicate_connector_name');
    const shown = (await api.get('/api/sso-connectors')).body[0];
    assert.equal(shown.config.clientId, acme.config.clientId);
    const names = (await api.get('/api/sso-connector-providers')).body.map(
      (each: { providerName: string }) => each.providerName,
    );
    assert.ok(
      ['OIDC', 'SAML', 'AzureAD', 'AzureAdOidc', 'GoogleWorkspace', 'Okta'].every((name) => names.includes(name)),
    );
  });

  it('costs only its own button while a provider is slow, down or answers nonsense', async () => {
    await connect(acme);
    await api.post('/api/users', { username: 'local', password });
    for (const outage of [500, 'garbage'] as const) {
      // Discovery is remembered: the outage meets the token endpoint.
      const person = await visit(server);
      const begun = await person.post('/single-sign-on/email', { address: 'ada@acme.example' });
      const back = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
      acme.outage = outage;
      const answer = await person.get(back.pathname.replace('/callback/', '/callback/social/') + back.search);
      assert.match((await shownError(answer)).code ?? '', /^connector\./);
      const other = await visit(server);
      assert.ok(
        (await other.arrive(await other.post('/sign-in', { username: 'local', password }))).searchParams.get('code'),
      );
      acme.outage = undefined;
    }
  });
});
