import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Company, startCompany } from '../support/company.ts';
import { type ExperiencePage, openExperience } from '../support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, visit } from '../support/page-agent.ts';
import { type ProviderVisit, providerVisit } from '../support/provider-visit.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp-app.ts';

const password = 'correct horse battery 7';
/** The persona of the sandbox's Google; her company has the domain. */
const email = 'mei@people.example';
const byPassword = { password: true, verificationCode: false, isPasswordPrimary: true };
const settings = {
  signIn: { methods: ['username', 'email'].map((identifier) => ({ identifier, ...byPassword })) },
  signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] },
  signInMode: 'SignInAndRegister',
  singleSignOnEnabled: true,
  mfa: { factors: [], policy: 'NoPrompt' },
  socialSignInConnectorTargets: ['google'],
  socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
};
const mandatory = { mfa: { factors: ['Totp'], policy: 'Mandatory' } };

describe('Accounts of company users', () => {
  let acme: Company;
  let server: TestServer;
  let api: Manager;
  let provider: ProviderVisit;
  let google: string;
  before(async () => {
    acme = await startCompany();
    acme.people.set('mei', { sub: 'mei', email, email_verified: true, name: 'Mei' });
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    provider = providerVisit(() => server);
    await api.patch('/api/configs/sandbox', { enabled: true });
    const config = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
    google = (await api.post('/api/connectors', { connectorId: 'google-universal', config })).body.id;
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    assert.equal((await api.patch('/api/sign-in-exp', settings)).status, 200);
  });

  const connect = async (more: object = {}): Promise<string> => {
    const draft = { providerName: 'OIDC', connectorName: 'Acme', config: acme.config, domains: ['people.example'] };
    const { status, body } = await api.post('/api/sso-connectors', { ...draft, ...more });
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  /** An account with the address and an authenticator app. */
  const register = async ({ isVerified }: { isVerified: boolean }) => {
    const draft = { primaryEmail: email, primaryPhone: '61412345678', password };
    const { id } = (await api.post('/api/users', draft)).body;
    if (!isVerified)
      await server.tenant.db.raw('update users set is_email_verified = false where tenant_id = $1 and id = $2', [
        server.tenant.id,
        id,
      ]);
    const made = (await api.post(`/api/users/${id}/mfa-verifications`, { type: 'Totp' })).body;
    assert.ok('secret' in made);
    return { id: id as string, secret: made.secret };
  };
  const factors = async (id: string) => (await api.get(`/api/users/${id}/mfa-verifications`)).body;
  /** A sign-in of the operator's own page in which the company has said who the person is. */
  const prove = async (connectorId: string): Promise<{ page: ExperiencePage; verificationId: string }> => {
    const page = await openExperience(server, 'SignIn');
    const path = `/verification/sso/${connectorId}`;
    const redirectUri = `${server.url}/callback/${connectorId}`;
    const begun = await page.expect(200, 'POST', `${path}/authorization-uri`, { state: 'own', redirectUri });
    const back = await acme.signIn(begun.authorizationUri ?? '', 'mei');
    const { state, ...answer } = Object.fromEntries(back.searchParams);
    assert.equal(state, 'own');
    const { verificationId = '' } = begun;
    await page.expect(200, 'POST', `${path}/verify`, { verificationId, connectorData: { ...answer, redirectUri } });
    return { page, verificationId };
  };
  const finish = async (page: ExperiencePage): Promise<void> => {
    const url = await page.follow((await page.expect(200, 'POST', '/submit')).redirectTo ?? '');
    assert.ok(url.searchParams.get('code'), url.href);
  };

  // security: enterprise-linking
  it('lose the factors, password and phone of someone who never proved the address, and get a factor of their own', async () => {
    const { id, secret } = await register({ isVerified: false });
    await api.patch('/api/sign-in-exp', mandatory);
    const { page, verificationId } = await prove(await connect({ requiresMfa: true }));
    await page.expect(204, 'POST', '/identification', { verificationId });
    await page.refuse([422, 'user.missing_mfa'], 'POST', '/submit');
    const made = await page.expect(200, 'POST', '/verification/totp/secret');
    assert.notEqual(made.secret, secret);
    const code = totpCode(made.secret ?? '', Date.now());
    const proof = await page.expect(200, 'POST', '/verification/totp/verify', {
      code,
      verificationId: made.verificationId,
    });
    await page.expect(204, 'POST', '/profile/mfa', { type: 'Totp', ...proof });
    const before = await factors(id);
    await finish(page);
    const after = await factors(id);
    assert.deepEqual([before.length, after.length], [1, 1]);
    assert.notEqual(after[0].id, before[0].id);
    const user = (await api.get(`/api/users/${id}`)).body;
    assert.deepEqual([user.hasPassword, user.primaryPhone, user.primaryEmail], [false, null, email]);
    const again = await prove((await api.get('/api/sso-connectors')).body[0].id);
    await again.page.expect(204, 'POST', '/identification', { verificationId: again.verificationId });
    await again.page.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', '/submit');
  });

  // security: enterprise-linking
  it('refuse to complete when the address was proved by someone else in between', async () => {
    const { id } = await register({ isVerified: false });
    await api.patch('/api/sign-in-exp', mandatory);
    const { page, verificationId } = await prove(await connect());
    await page.expect(204, 'POST', '/identification', { verificationId });
    await server.tenant.db.raw('update users set is_email_verified = true where tenant_id = $1 and id = $2', [
      server.tenant.id,
      id,
    ]);
    await page.refuse([400, 'session.verification_failed'], 'POST', '/submit');
    assert.deepEqual((await api.get(`/api/users/${id}?includeSsoIdentities=true`)).body.ssoIdentities, []);
  });

  // security: enterprise-linking
  it('show the factor of the account that had proved the address, which operators can remove', async () => {
    const { id } = await register({ isVerified: true });
    await api.patch('/api/sign-in-exp', mandatory);
    const connectorId = await connect({ requiresMfa: true });
    const first = await prove(connectorId);
    await first.page.expect(204, 'POST', '/identification', { verificationId: first.verificationId });
    await first.page.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', '/submit');
    const [factor] = await factors(id);
    await api.delete(`/api/users/${id}/mfa-verifications/${factor.id}`);
    await first.page.refuse([422, 'user.missing_mfa'], 'POST', '/submit');
  });

  it('are named by the code of the wire when there is none, and by its code for social ones', async () => {
    await api.patch('/api/sign-in-exp', { signInMode: 'SignIn' });
    const connectorId = await connect();
    const { page, verificationId } = await prove(connectorId);
    await page.refuse([404, 'user.sso_identity_not_exist'], 'POST', '/identification', { verificationId });
    const { body: user } = await api.post('/api/users', { username: 'local' });
    assertRefused(await api.get(`/api/users/${user.id}/identities/google`), 404, 'user.identity_not_exist');
    assertRefused(await api.get(`/api/users/${user.id}/sso-identities/${connectorId}`), 404, 'entity.not_found');
  });

  it('are listed by their connector, also with a search and other filters', async () => {
    const connectorId = await connect();
    const { page, verificationId } = await prove(connectorId);
    await page.refuse([404, 'user.sso_identity_not_exist'], 'POST', '/identification', { verificationId });
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.expect(201, 'POST', '/identification', { verificationId });
    await finish(page);
    await api.post('/api/users', { username: 'local', primaryEmail: 'mei@elsewhere.example' });
    const found = async (query: string) => {
      const { status, body, headers } = await api.get(`/api/users?page_size=10&${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(headers.get('total-number'), String(body.length));
      return body.map(({ primaryEmail }: { primaryEmail: string }) => primaryEmail);
    };
    const only = `ssoConnectorId=${connectorId}`;
    assert.deepEqual(await found(only), [email]);
    assert.deepEqual(await found(`${only}&search.primaryEmail=mei%25`), [email]);
    assert.deepEqual(await found(`${only}&search.primaryEmail=other%25`), []);
    assert.deepEqual(await found(`${only}&isSuspended=false&sort=lastSignInAt`), [email]);
    assert.deepEqual(await found('ssoConnectorId=unknown'), []);
  });

  it('get the social account that the user wanted to link once the company has signed the user in', async () => {
    await api.post('/api/users', { primaryEmail: email, password });
    const connectorId = await connect();
    const person = await visit(server);
    const offered = await provider.consent(person, google);
    assert.equal(new URL(offered.headers.get('location') ?? '', server.url).pathname, '/social/link');
    await person.post('/social/link', {});
    const begun = await person.post('/sign-in', { username: email, password });
    const back = await acme.signIn(begun.headers.get('location') ?? '', 'mei');
    const answer = await person.get(back.pathname.replace('/callback/', '/callback/social/') + back.search);
    assert.equal(answer.status, 303, JSON.stringify(await shownError(answer.clone())));
    assert.ok((await person.arrive(answer)).searchParams.get('code'));
    const [user, ...others] = (await api.get('/api/users?page_size=100')).body;
    assert.deepEqual(others, []);
    assert.ok(user.identities.google, 'the social account');
    assert.equal((await api.get(`/api/users/${user.id}/sso-identities/${connectorId}`)).status, 200);
  });
});
