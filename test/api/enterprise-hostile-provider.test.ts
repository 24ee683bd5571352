import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Claims, type HostileCompany, type Signers, startHostileCompany } from '../support/hostile-company.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const email = 'ada@acme.example';
const person = { email, email_verified: true, name: 'Ada' };

describe('A provider that lies, or someone between it and the browser', () => {
  let acme: HostileCompany;
  let globex: HostileCompany;
  let server: TestServer;
  let api: Manager;
  let acmeId: string;
  let globexId: string;
  before(async () => {
    [acme, globex] = await Promise.all([startHostileCompany(), startHostileCompany()]);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    assert.equal((await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true })).status, 200);
    acmeId = await connect('Acme', acme, ['acme.example']);
    globexId = await connect('Globex', globex, ['globex.example']);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
    await globex?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    for (const company of [acme, globex])
      Object.assign(company, { discovery: {}, userinfo: { sub: 'ada' }, idToken: honest });
  });

  const honest = (claims: Claims, { own }: Signers) => own({ ...claims, ...person });
  const connect = async (connectorName: string, { config }: HostileCompany, domains: string[]): Promise<string> => {
    const draft = { providerName: 'OIDC', connectorName, config, domains };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  /** Another provider, which publishes this about itself, and an address of its company. */
  const withCompany = async (
    discovery: HostileCompany['discovery'],
    work: (company: HostileCompany, address: string) => Promise<void>,
  ) => {
    const company = await startHostileCompany();
    Object.assign(company, { discovery, userinfo: { sub: 'ada' }, idToken: honest });
    const id = await connect('Another', company, ['another.example']);
    await work(company, 'ada@another.example').finally(async () => {
      await api.delete(`/api/sso-connectors/${id}`);
      await company.close();
    });
  };
  const begin = async (browser: Visit, address = email): Promise<string> => {
    const begun = await browser.post('/single-sign-on/email', { address });
    assert.equal(begun.status, 303, await begun.clone().text());
    return begun.headers.get('location') ?? '';
  };
  const users = async () => (await api.get('/api/users?page_size=100')).body;
  /** The error that a whole sign-in ends in; undefined if the person is signed in. */
  const signIn = async (more: Record<string, string> = {}): Promise<string | undefined> => {
    const browser = await visit(server);
    const answer = await browser.get(acme.agree(await begin(browser), more));
    if (answer.status !== 303) return (await shownError(answer)).code ?? `${answer.status}`;
    assert.ok((await browser.arrive(answer)).searchParams.get('code'));
    return undefined;
  };

  it('is believed while it is honest', async () => {
    assert.equal(await signIn(), undefined);
    assert.equal((await users())[0].primaryEmail, email);
  });

  // security: enterprise-domains
  it('is not believed with an ID token that is not for this request, client and time, or not signed by its key', async () => {
    const browser = await visit(server);
    const other = new URL(await begin(browser)).searchParams.get('nonce');
    const hour = 3600;
    const cases: [string, HostileCompany['idToken']][] = [
      ['no ID token', () => undefined],
      ['no nonce', (claims, { own }) => own({ ...claims, ...person, nonce: undefined })],
      ['the nonce of another sign-in', (claims, { own }) => own({ ...claims, ...person, nonce: other })],
      ['another issuer', (claims, { own }) => own({ ...claims, ...person, iss: globex.issuer })],
      ['no issuer', (claims, { own }) => own({ ...claims, ...person, iss: undefined })],
      ['another audience', (claims, { own }) => own({ ...claims, ...person, aud: 'another' })],
      ['no audience', (claims, { own }) => own({ ...claims, ...person, aud: undefined })],
      ['another authorized party', (claims, { own }) => own({ ...claims, ...person, azp: 'another' })],
      [
        'several audiences without an authorized party',
        (claims, { own }) => own({ ...claims, ...person, aud: [claims.aud, 'another'] }),
      ],
      ['expired', (claims, { own }) => own({ ...claims, ...person, exp: (claims.iat as number) - hour })],
      ['no expiry', (claims, { own }) => own({ ...claims, ...person, exp: undefined })],
      ['no time of issue', (claims, { own }) => own({ ...claims, ...person, iat: undefined })],
      ['no subject', (claims, { own }) => own({ ...claims, ...person, sub: undefined })],
      ['of the key of someone else', (claims, { foreign }) => foreign({ ...claims, ...person })],
      ['signed with the secret of the client', (claims, { secret }) => secret({ ...claims, ...person })],
      [
        'signed by an algorithm that is not on the list',
        (claims, { otherwise }) => otherwise({ ...claims, ...person }),
      ],
      ['unsigned', (claims, { none }) => none({ ...claims, ...person })],
      [
        'a signature of other claims',
        (claims, { own }) => {
          const [head, , signature] = own(claims).split('.');
          return `${head}.${Buffer.from(JSON.stringify({ ...claims, ...person })).toString('base64url')}.${signature}`;
        },
      ],
    ];
    for (const [name, idToken] of cases) {
      acme.idToken = idToken;
      assert.match((await signIn()) ?? 'signed in', /^connector\./, name);
    }
    assert.deepEqual(await users(), []);
  });

  // security: enterprise-linking
  it('reports by userinfo about the person of the ID token alone', async () => {
    acme.idToken = (claims, { own }) => own(claims);
    for (const userinfo of [{ sub: 'eve', ...person }, { ...person }]) {
      acme.userinfo = userinfo;
      assert.match((await signIn()) ?? 'signed in', /^connector\./);
    }
    acme.userinfo = { sub: 'ada', ...person };
    assert.equal(await signIn(), undefined);
    assert.equal((await users())[0].primaryEmail, email);
  });

  // security: enterprise-linking
  it('gets no account of an address that it does not say is verified in the same answer', async () => {
    await api.post('/api/users', { primaryEmail: email, username: 'owner' });
    acme.idToken = (claims, { own }) => own({ ...claims, email: 'other@acme.example', email_verified: true });
    acme.userinfo = { sub: 'ada', email };
    assert.equal(await signIn(), undefined);
    const owner = (await users()).find(({ username }: { username: string }) => username === 'owner');
    const found = await api.get(`/api/users/${owner?.id}?includeSsoIdentities=true`);
    assert.deepEqual(found.body.ssoIdentities, []);
    assert.equal((await users()).length, 2, 'the person has an account without an address');
  });

  // security: enterprise-domains
  it('cannot take the answer of another provider for its own', async () => {
    assert.match((await signIn({ iss: globex.issuer })) ?? 'signed in', /^connector\./, 'the issuer of the response');
    const promised = { authorization_response_iss_parameter_supported: true };
    await withCompany(promised, async (company, address) => {
      const browser = await visit(server);
      const without = await browser.get(company.agree(await begin(browser, address)));
      assert.match(
        (await shownError(without)).code ?? 'signed in',
        /^connector\./,
        'an issuer that it promised is missing',
      );
    });
    const other = await visit(server);
    const path = acme.agree(await begin(other)).replace(acmeId, globexId);
    const mixed = await other.get(path);
    assert.equal(mixed.status, 400);
    assert.match(await mixed.text(), /session\.social_state_mismatch/);
    assert.deepEqual([globex.requests.get('/token') ?? 0, await users()], [0, []], 'its code is not sent to the other');
  });

  // security: enterprise-domains
  it('counts a state once, whole, and after a refusal no more', async () => {
    const browser = await visit(server);
    const address = new URL(await begin(browser));
    const state = address.searchParams.get('state') ?? '';
    for (const forged of [state.slice(0, -1), `${state}x`, state.replace('.', ''), '', `${state.split('.')[0]}.`]) {
      address.searchParams.set('state', forged);
      const answer = await browser.get(acme.agree(address.href));
      assert.equal(answer.status >= 400, true, forged);
    }
    address.searchParams.set('state', state);
    acme.idToken = () => undefined;
    assert.match((await shownError(await browser.get(acme.agree(address.href)))).code ?? '', /^connector\./);
    acme.idToken = honest;
    assert.equal((await browser.get(acme.agree(address.href))).status, 400, 'the state is used up');
    assert.deepEqual(await users(), []);
  });

  // security: outgoing-requests
  it('reads no metadata and no discovery document of a public address over http', async () => {
    const client = { clientId: 'x', clientSecret: 'y' };
    const cases: [string, object, string][] = [
      ['SAML', { metadataUrl: 'http://93.184.216.34/metadata' }, 'metadataUrl'],
      ['OIDC', { ...client, issuer: 'http://93.184.216.34' }, 'issuer'],
      ['Okta', { ...client, issuer: 'http://93.184.216.34/oauth2' }, 'issuer'],
    ];
    for (const [providerName, config, member] of cases) {
      const draft = { providerName, connectorName: `Plain ${providerName}`, config };
      const { status, body } = await api.post('/api/sso-connectors', draft);
      const { code, data } = body as unknown as {
        code: string;
        data: { problems: { path: string; message: string }[] };
      };
      assert.deepEqual([status, code, data.problems[0]?.path], [400, 'connector.invalid_config', member]);
      assert.match(data.problems[0]?.message ?? '', /https.*OUTBOUND_ALLOWED_HOSTS/);
    }
  });

  // security: outgoing-requests
  it('leads the server to no private address, by its discovery document or by metadata', async () => {
    const refused = (config: object, providerName = 'OIDC') =>
      api.post('/api/sso-connectors', { providerName, connectorName: `Private ${Math.random()}`, config });
    for (const url of [
      'http://10.0.0.1/m',
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]/m',
      'http://localhost/m',
    ])
      assertRefused(await refused({ metadataUrl: url }, 'SAML'), 400, 'connector.invalid_config');
    // An address of this machine that is not allowed: a request to it would be answered.
    let reached = 0;
    const inside = createServer((_, response) => {
      reached += 1;
      response.end('{}');
    }).listen(0, '127.0.0.2');
    await once(inside, 'listening');
    const forbidden = `http://127.0.0.2:${(inside.address() as AddressInfo).port}/inside`;
    assertRefused(await refused({ metadataUrl: forbidden }, 'SAML'), 400, 'connector.invalid_config');
    const issuer = { issuer: forbidden, clientId: 'x', clientSecret: 'y' };
    assertRefused(await refused(issuer), 400, 'connector.invalid_config');
    for (const endpoint of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])
      await withCompany({ [endpoint]: forbidden }, async (company, address) => {
        const browser = await visit(server);
        const answer = await browser.get(company.agree(await begin(browser, address)));
        assert.match((await shownError(answer)).code ?? 'signed in', /^connector\./, endpoint);
        if (endpoint !== 'jwks_uri') return;
        const [{ id }] = (await api.get('/api/sso-connectors')).body;
        const logout = await fetch(`${server.url}/api/authn/single-sign-on/oidc/${id}/backchannel-logout`, {
          method: 'POST',
          body: new URLSearchParams({ logout_token: company.logoutToken({ sub: 'ada' }) }),
        });
        assert.equal(logout.status, 400, 'keys for logout tokens');
      });
    inside.close();
    assert.deepEqual([reached, await users()], [0, []]);
  });

  // security: enterprise-domains
  it('is not saved with a discovery document of another issuer, or without keys and endpoints', async () => {
    const company = await startHostileCompany();
    const save = () =>
      api.post('/api/sso-connectors', { providerName: 'OIDC', connectorName: 'Another', config: company.config });
    try {
      for (const discovery of [
        { issuer: globex.issuer },
        { issuer: `${company.issuer}/` },
        { issuer: undefined },
        { jwks_uri: undefined },
        { token_endpoint: 'not an address' },
        { authorization_endpoint: 'javascript:alert(1)' },
      ]) {
        company.discovery = discovery;
        assertRefused(await save(), 400, 'connector.invalid_config');
      }
    } finally {
      await company.close();
    }
  });

  // security: tenant-isolation
  it('brings no one into an organization of another tenant', async () => {
    const tenant = await server.app.tenancy.create({ id: 'other', name: 'Other' });
    const theirs = await manage(server, tenant);
    const { id: organizationId } = (await theirs.post('/api/organizations', { name: 'Theirs' })).body;
    const { id: roleId } = (await theirs.post('/api/organization-roles', { name: 'Theirs', type: 'User' })).body;
    const { id: own } = (await api.post('/api/organizations', { name: 'Own' })).body;
    const map = (organization: string, organizationRoleIds: string[]) =>
      api.patch(`/api/sso-connectors/${acmeId}`, {
        roleMappings: [{ attribute: 'groups', value: 'x', organizationId: organization, organizationRoleIds }],
      });
    assertRefused(await map(organizationId, []), 404, 'entity.relation_foreign_key_not_found');
    assertRefused(await map(own, [roleId]), 404, 'entity.relation_foreign_key_not_found');
    const jit = { ssoConnectorIds: [acmeId] };
    assertRefused(
      await theirs.post(`/api/organizations/${organizationId}/jit/sso-connectors`, jit),
      422,
      'entity.relation_foreign_key_not_found',
    );
    assert.equal((await api.post(`/api/organizations/${organizationId}/jit/sso-connectors`, jit)).status, 422);
    assert.deepEqual((await theirs.get('/api/sso-connectors')).body, []);
    assertRefused(await theirs.get(`/api/sso-connectors/${acmeId}`), 404, 'entity.not_found');
    assert.deepEqual((await theirs.get(`/api/users?page_size=10&ssoConnectorId=${acmeId}`)).body, []);
    assert.equal(await signIn(), undefined);
    assert.deepEqual((await theirs.get(`/api/organizations/${organizationId}/users`)).body, []);
  });

  // security: suspension
  it('signs in no one who was suspended or deleted, also while the provider is asked', async () => {
    assert.equal(await signIn(), undefined);
    const [{ id }] = await users();
    const during = async (change: () => Promise<unknown>) => {
      const browser = await visit(server);
      const path = acme.agree(await begin(browser));
      await change();
      return browser.get(path);
    };
    const suspended = await during(() => api.patch(`/api/users/${id}/is-suspended`, { isSuspended: true }));
    assert.equal((await shownError(suspended)).code, 'user.suspended');
    await api.patch(`/api/users/${id}/is-suspended`, { isSuspended: false });
    await api.patch('/api/sign-in-exp', { signInMode: 'SignIn' });
    const deleted = await during(() => api.delete(`/api/users/${id}`));
    assert.equal((await shownError(deleted)).code, 'user.sso_identity_not_exist');
    await api.patch('/api/sign-in-exp', { signInMode: 'SignInAndRegister' });
    const removed = await during(() => api.patch('/api/sign-in-exp', { singleSignOnEnabled: false }));
    assert.equal((await shownError(removed)).code, 'session.invalid_connector_id');
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    assert.deepEqual(await users(), []);
  });
});
