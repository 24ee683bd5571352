import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it, mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createOutbound } from '../../server/src/kernel/outbound.ts';
import { accountVisitorOf, editableFields } from '../support/account-visitor.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { type Company, startCompany } from '../support/company.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';
const address = 'ada@acme.example';
/** Milliseconds in which a provider has to answer here. */
const timeLimit = 1500;
const scope = 'openid profile email identities offline_access';
const byPassword = { password: true, verificationCode: false, isPasswordPrimary: true };
const settings = {
  signIn: { methods: ['username', 'email'].map((identifier) => ({ identifier, ...byPassword })) },
  signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] },
  signInMode: 'SignInAndRegister',
  singleSignOnEnabled: true,
};

describe('A provider of a company', () => {
  let acme: Company;
  let server: TestServer;
  let api: Manager;
  let clock: MovableClock;
  let connectorId: string;
  before(() => {
    clock = movableClock();
  });
  beforeEach(async () => {
    acme = await startCompany();
    acme.people.set('ada', { sub: 'ada', email: address, email_verified: true, name: 'Ada' });
    clock.ahead = 0;
    const outbound = createOutbound({ allowed: ['127.0.0.1'], timeLimit });
    server ??= await startServer({ world: { clock, outbound }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api ??= await manage(server);
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    assert.equal((await api.patch('/api/sign-in-exp', settings)).status, 200);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
    const config = { ...acme.config, scope: 'openid email profile offline_access', prompt: 'consent' };
    const draft = { providerName: 'OIDC', connectorName: 'Acme', domains: ['acme.example'], config };
    const { status, body } = await api.post('/api/sso-connectors', { ...draft, enableTokenStorage: true });
    assert.equal(status, 200, JSON.stringify(body));
    connectorId = body.id;
    await api.post('/api/users', { username: 'local', password });
  });
  afterEach(() => acme?.close());
  after(() => server?.close());

  const begin = async (person: Visit): Promise<Response> => person.post('/single-sign-on/email', { address });
  /** From the provider back to the answer of the pages. */
  const comeBack = async (person: Visit, begun: Response): Promise<Response> => {
    assert.equal(begun.status, 303, await begun.clone().text());
    const back = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
    return person.get(back.pathname.replace('/callback/', '/callback/social/') + back.search);
  };
  const signIn = async (person: Visit): Promise<string> => {
    const url = await person.arrive(await comeBack(person, await begin(person)));
    return url.searchParams.get('code') ?? assert.fail(url.href);
  };
  interface Tokens {
    access_token: string;
    id_token: string;
  }
  const signInForTokens = async (): Promise<Tokens & { person: Visit }> => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const person = await visit(server, { scope, code_challenge: challenge });
    const code = await signIn(person);
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id: 'demo-app', code, code_verifier: verifier },
        redirect_uri: `${server.url}/demo-app`,
      }),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return { person, ...((await answer.json()) as Tokens) };
  };
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  /** Runs `work` as if so many seconds had passed: the keys of a provider are kept by the real time. */
  const later = async <Result>(seconds: number, work: () => Promise<Result>): Promise<Result> => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() + seconds * 1000 });
    try {
      return await work();
    } finally {
      mock.timers.reset();
    }
  };

  // security: enterprise-domains
  it('is followed to a new key, and believed no longer under one that it does not publish any more', async () => {
    assert.ok(await signIn(await visit(server)));
    assert.equal(acme.requests.get('/jwks'), 1);
    assert.ok(await signIn(await visit(server)));
    assert.equal(acme.requests.get('/jwks'), 1, 'the keys are kept');
    acme.rotateKeys();
    await later(61, async () => assert.ok(await signIn(await visit(server))));
    assert.equal(acme.requests.get('/jwks'), 2);
    acme.disownKeys();
    const refused = await later(61 + 301, async () => {
      const person = await visit(server);
      return comeBack(person, await begin(person));
    });
    assert.equal((await shownError(refused)).code, 'connector.social_invalid_id_token');
    assert.equal(acme.requests.get('/jwks'), 3);
  });

  for (const [mood, outage] of [
    ['does not answer', 'hang'],
    ['fails', 500],
    ['answers nonsense', 'garbage'],
  ] as const)
    for (const [moment, isBegun] of [
      ['at the button', false],
      ['on the way back', true],
    ] as const)
      it(`costs only its own button if it ${mood} ${moment}, says so, and works again afterwards`, {
        timeout: 60_000,
      }, async () => {
        const person = await visit(server);
        let back = '';
        if (isBegun) {
          const begun = await begin(person);
          const url = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
          back = url.pathname.replace('/callback/', '/callback/social/') + url.search;
        }
        const asked = [...acme.requests.values()].reduce((sum, count) => sum + count, 0);
        acme.outage = outage;
        const attempt = isBegun ? person.get(back) : begin(person);
        while ([...acme.requests.values()].reduce((sum, count) => sum + count, 0) === asked) await setImmediate();
        const other = await visit(server);
        const local = await other.post('/sign-in', { username: 'local', password });
        assert.ok((await other.arrive(local)).searchParams.get('code'), 'another user signs in at the same time');
        const answer = await attempt;
        const way = isBegun ? /<input[^>]* name="username"/ : /href="\/sign-in\?/;
        assert.match(await answer.clone().text(), way, 'the other methods');
        const shown = await shownError(answer);
        assert.match(shown.code ?? '', /^connector\./);
        assert.match(shown.message, /Acme/, shown.message);
        assert.ok(!shown.message.includes(acme.config.clientSecret) && !shown.message.includes('127.0.0.1'));
        acme.outage = undefined;
        assert.ok(await signIn(await visit(server)), 'works again');
      });

  it('gives its user an access token, which is refreshed once it has expired', async () => {
    const { access_token } = await signInForTokens();
    const mine = managerWith(server.url, access_token);
    const path = `/api/my-account/sso-identities/${connectorId}/access-token`;
    const first = await mine.get(path);
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const works = async (token: string) => {
      const answer = await fetch(`${acme.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
      return answer.ok && ((await answer.json()) as { sub: string }).sub === 'ada';
    };
    assert.ok(await works(first.body.access_token));
    assert.ok(!('refresh_token' in first.body) && first.body.expires_in <= 60);
    assert.equal((await mine.get(path)).body.access_token, first.body.access_token, 'not before it has expired');
    clock.ahead = 61_000;
    acme.outage = 500;
    assert.match((await mine.get(path)).body.code, /^connector\./, 'while the provider is down');
    acme.outage = undefined;
    const second = await mine.get(path);
    assert.equal(second.status, 200, JSON.stringify(second.body));
    assert.ok(second.body.access_token !== first.body.access_token && (await works(second.body.access_token)));
    await api.patch(`/api/sso-connectors/${connectorId}`, { enableTokenStorage: false });
    assertRefused(await mine.get(path), 404, 'secrets.third_party_token_set.token_not_found');
  });

  it('is named in the claim sso_identities: at userinfo, and in ID tokens where the tenant wants it', async () => {
    const expected = (detail: object) => [
      { ssoConnectorId: connectorId, issuer: acme.issuer, identityId: 'ada', detail },
    ];
    const before = await signInForTokens();
    assert.equal('sso_identities' in claimsOf(before.id_token), false);
    const { sso_identities: told } = (await fetch(`${server.url}/oidc/me`, {
      headers: { authorization: `Bearer ${before.access_token}` },
    }).then((answer) => answer.json())) as { sso_identities: { detail: { email: string } }[] };
    assert.deepEqual(told, expected(told[0]?.detail ?? {}));
    assert.equal(told[0]?.detail.email, address);
    const enabled = await api.put('/api/configs/id-token', { enabledExtendedClaims: ['sso_identities'] });
    assert.equal(enabled.status, 200);
    const [{ detail, ...identity }] = claimsOf((await signInForTokens()).id_token).sso_identities;
    assert.deepEqual([{ ...identity, detail: {} }], expected({}));
    assert.equal(detail.email, address);
  });

  // security: enterprise-domains
  it('keeps its users: they can neither replace nor remove the address of the company', async () => {
    const { access_token, person } = await signInForTokens();
    const mine = managerWith(server.url, access_token);
    const page = await (await accountVisitorOf(server.url, person.agent).get('/email')).text();
    assert.ok(page.includes(address) && !/name="address"|\/email\/remove/.test(page), page);
    assert.match(page, /Your company manages this address\. Ask its administrator to change it\./);
    const [user] = (await api.get('/api/users?search.primaryEmail=ada@acme.example')).body;
    await api.patch(`/api/users/${user.id}`, { username: 'ada' });
    const own = async (identifier: object, templateType?: string) => {
      const begun = await mine.post('/api/verifications/verification-code', { identifier, templateType });
      assert.equal(begun.status, 201, JSON.stringify(begun.body));
      const { verificationRecordId } = begun.body;
      const code = await newestCode();
      const checked = { verificationId: verificationRecordId, identifier, code };
      const answer = await mine.post('/api/verifications/verification-code/verify', checked);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return verificationRecordId as string;
    };
    const proof = await own({ type: 'email', value: address });
    const proved = managerWith(server.url, access_token, { 'logto-verification-id': proof });
    const email = 'ada@private.example';
    const newIdentifierVerificationRecordId = await own({ type: 'email', value: email }, 'BindNewIdentifier');
    const path = '/api/my-account/primary-email';
    const change = () => proved.post(path, { email, newIdentifierVerificationRecordId });
    assertRefused(await change(), 400, 'account_center.company_address');
    assertRefused(await proved.delete(path), 400, 'account_center.company_address');
    assert.equal((await mine.get('/api/my-account')).body.primaryEmail, address);
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: false });
    assert.equal((await change()).status, 204, 'without single sign-on the address is the user’s');
  });

  const newestCode = async (): Promise<string> => {
    const [message] = (await api.get('/api/inbox/messages')).body;
    return message.code ?? assert.fail(JSON.stringify(message));
  };
});
