import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { editableFields } from '../support/account-visitor.ts';
import { createAgent, expectStatus, experienceClient } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { connectorsFolder } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { accessTokenLife, type OAuthProvider, startOAuthProvider } from '../support/oauth-provider.ts';
import { visit } from '../support/page-agent.ts';
import { type Node, startServer, type TestServer } from '../support/server.ts';

const password = 'correct horse battery 7';
const scope = 'openid profile identities offline_access';
const missing = 'secrets.third_party_token_set.token_not_found';
const denied = 'verification_record.permission_denied';
const ended = 'secrets.third_party_token_set.access_token_expired';
const path = '/api/my-account/identities/acme/access-token';

/** A connector package that stores tokens and, like that of Facebook, does not refresh them. */
const keeperPackage = `
  export default async () => ({
    type: 'Social',
    metadata: {
      id: 'test-keeper', target: 'keeper', platform: 'Universal', name: { en: 'Keeper' }, description: { en: 'A test.' },
      logo: './logo.svg', logoDark: null, readme: './guide.md', formItems: [], isTokenStorageSupported: true,
    },
    configGuard: { safeParse: (data) => ({ success: true, data }) },
    getAuthorizationUri: async ({ state }) => 'https://keeper.example/?state=' + state,
    getUserInfo: async ({ code }) => ({ id: code }),
    getTokenResponseAndUserInfo: async ({ code }) => ({
      userInfo: { id: code },
      tokenResponse: { access_token: 'keeper-access', refresh_token: 'keeper-refresh', expires_in: 90 },
    }),
    getAccessTokenByRefreshToken: async () => {
      throw Object.assign(new Error('ConnectorError: not_implemented'), { code: 'not_implemented' });
    },
  });`;
const keeperFiles = {
  'package.json': JSON.stringify({
    ...{ name: 'test-keeper', version: '1.0.0', type: 'module', exports: './index.js' },
    dependencies: { '@logto/connector-kit': '^5.1.0' },
  }),
  'index.js': keeperPackage,
  'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'guide.md': '# Guide',
};

describe('Tokens of social providers', () => {
  let provider: OAuthProvider;
  let server: TestServer;
  let other: Node;
  let clock: MovableClock;
  let api: Manager;
  let connectorId: string;
  let packages: Awaited<ReturnType<typeof connectorsFolder>>;
  /** Before secrets are masked. */
  const logged: string[] = [];
  before(async () => {
    provider = await startOAuthProvider();
    clock = movableClock();
    const note = (fields: object, message: string) => logged.push(inspect(fields, { depth: 9 }), message);
    const log = { debug: note, info: note, warn: note, error: note };
    packages = await connectorsFolder();
    await mkdir(join(packages.path, 'test-keeper'));
    for (const [name, text] of Object.entries(keeperFiles))
      await writeFile(join(packages.path, 'test-keeper', name), text);
    const environment = { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1', CONNECTORS_FOLDER: packages.path };
    server = await startServer({ world: { clock, log }, environment });
    other = await server.addNode();
    api = await manage(server);
    await api.patch('/api/account-center', { enabled: true, fields: editableFields });
  });
  beforeEach(async () => {
    Object.assign(provider, { refreshes: 'work', rotates: true, offline: true, asked: 0 });
    if (connectorId) await api.delete(`/api/connectors/${connectorId}`);
    connectorId = await connect('acme');
    await api.patch('/api/sign-in-exp', {
      socialSignInConnectorTargets: ['acme'],
      signUp: { identifiers: [], password: false, verify: false },
    });
  });
  after(async () => {
    await other?.close();
    await server?.close();
    await provider?.close();
    await packages?.remove();
  });

  const connect = async (target: string, enableTokenStorage = true): Promise<string> => {
    const metadata = { target, name: { en: 'Acme' } };
    const draft = { connectorId: 'oauth2', config: provider.config, metadata, enableTokenStorage };
    const { status, body } = await api.post('/api/connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.enableTokenStorage, enableTokenStorage);
    return body.id;
  };

  interface Person {
    id: string;
    api: Manager;
    accessToken: string;
  }
  let number = 0;
  const create = async (): Promise<Person> => {
    number += 1;
    const username = `person_${number}`;
    const { body } = await api.post('/api/users', { username, password });
    const client = experienceClient(server.url, { scope });
    const { access_token } = await client.redeem(await client.signIn(username, password));
    return { id: body.id, accessToken: access_token, api: managerWith(server.url, access_token) };
  };
  /** A record of the Account API that the user has the account at the provider. */
  const verified = async (person: Person, account = `account of ${person.id}`): Promise<string> => {
    const start = { connectorId, state: 's', redirectUri: 'https://account.example.com/callback' };
    const begun = await person.api.post('/api/verifications/social', start);
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { verificationRecordId } = begun.body;
    const connectorData = provider.agree(account);
    const answer = await person.api.post('/api/verifications/social/verify', { verificationRecordId, connectorData });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return verificationRecordId;
  };
  const proved = async (person: Person): Promise<Manager> => {
    const { body } = await person.api.post('/api/verifications/password', { password });
    return managerWith(server.url, person.accessToken, { 'logto-verification-id': body.verificationRecordId });
  };
  const link = async (person: Person, account?: string, method: 'post' | 'put' = 'post'): Promise<void> => {
    const newIdentifierVerificationRecordId = await verified(person, account);
    const own = await proved(person);
    const answer = await own[method]('/api/my-account/identities', { newIdentifierVerificationRecordId });
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
  };
  const linked = async (): Promise<Person> => {
    const person = await create();
    await link(person);
    return person;
  };
  /** A sign-in on the pages, up to the answer after the provider's callback. */
  const throughPages = async (account: string) => {
    const person = await visit(server);
    const page = new URL((await person.post(`/sign-in/social/${connectorId}`, {})).headers.get('location') ?? '');
    const { code } = provider.agree(account);
    const query = new URLSearchParams({ code, state: page.searchParams.get('state') ?? '' });
    const whereTo = (answer: Response) => new URL(answer.headers.get('location') ?? '', server.url);
    let answer = await person.get(`${new URL(page.searchParams.get('redirect_uri') ?? '').pathname}?${query}`);
    while (whereTo(answer).pathname.startsWith('/callback'))
      answer = await person.get(whereTo(answer).pathname + whereTo(answer).search);
    return { person, answer };
  };
  const rows = async (table = 'secrets') =>
    JSON.stringify(await server.tenant.db.raw(`select * from ${table} where tenant_id = $1`, ['default']));
  const expire = () => {
    clock.ahead += accessTokenLife * 1000;
  };

  it('gives the user the access token of a linked account, and operators a description of it', async () => {
    const person = await linked();
    const { status, body } = await person.api.get(path);
    assert.equal(status, 200);
    assert.ok(provider.accepts(body.access_token));
    assert.deepEqual([body.token_type, body.scope], ['Bearer', 'calendar.read']);
    assert.ok(body.expires_in > accessTokenLife - 30 && body.expires_in <= accessTokenLife);
    assert.equal('refresh_token' in body, false);

    const identities = `/api/users/${person.id}/identities/acme`;
    assert.equal('tokenSecret' in (await api.get(identities)).body, false);
    const { tokenSecret } = (await api.get(`${identities}?includeTokenSecret=true`)).body;
    const { expiresAt, ...metadata } = tokenSecret.metadata;
    assert.deepEqual(metadata, { scope: 'calendar.read', tokenType: 'Bearer', hasRefreshToken: true });
    assert.ok(Math.abs(expiresAt * 1000 - clock.now() - accessTokenLife * 1000) < 30_000);
    assert.deepEqual(
      [tokenSecret.type, tokenSecret.userId, tokenSecret.connectorId, tokenSecret.target, tokenSecret.identityId],
      ['federated_token_set', person.id, connectorId, 'acme', `account of ${person.id}`],
    );
    const all = (await api.get(`/api/users/${person.id}/all-identities?includeTokenSecret=true`)).body;
    assert.deepEqual(all.socialIdentities[0].tokenSecret, tokenSecret);

    assert.equal((await api.delete(`/api/secrets/${tokenSecret.id}`)).status, 204);
    assertRefused(await person.api.get(path), 404, missing);
    assertRefused(await api.delete(`/api/secrets/${tokenSecret.id}`), 404, 'entity.not_found');
  });

  it('stores the tokens of a registration and of each sign-in on the pages', async () => {
    const signIn = async () => {
      const { person, answer } = await throughPages('pages');
      assert.ok((await person.arrive(answer)).searchParams.get('code'));
    };
    await signIn();
    const [user] = (await api.get('/api/users?search.name=Name of pages')).body;
    const identity = `/api/users/${user.id}/identities/acme?includeTokenSecret=true`;
    const first = (await api.get(identity)).body.tokenSecret;
    assert.equal(first.metadata.hasRefreshToken, true);
    clock.ahead += 1000;
    provider.offline = false;
    await signIn();
    const second = (await api.get(identity)).body.tokenSecret;
    assert.ok(second.updatedAt > first.updatedAt);
    assert.equal(second.metadata.hasRefreshToken, true, 'the refresh token stays if no other is issued');
  });

  it('keeps the tokens of every provider of one sign-in or registration', async () => {
    const ids = { acme: connectorId, globex: await connect('globex'), initech: await connect('initech') };
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: Object.keys(ids) });
    type Target = keyof typeof ids;
    const flow = async (event: string) => {
      const agent = createAgent();
      const request = authorization({ endpoint: server.url, extra: { scope } });
      await agent.fetch(request.url);
      const call = async (path: string, body?: object, method = 'POST') => {
        const answer = await agent.json(method, `${server.url}/api/experience${path}`, body);
        return (await expectStatus(path, [200, 201, 204], answer)).text();
      };
      await call('', { interactionEvent: event }, 'PUT');
      const prove = async (target: Target, account: string): Promise<string> => {
        const path = `/verification/social/${ids[target]}`;
        const redirectUri = 'https://sign-in.example.com/callback';
        const begun = await call(`${path}/authorization-uri`, { state: 's', redirectUri });
        const { verificationId } = JSON.parse(begun);
        await call(`${path}/verify`, { verificationId, connectorData: provider.agree(account) });
        return verificationId;
      };
      const add = async (target: Target, account: string) =>
        call('/profile', { type: 'social', verificationId: await prove(target, account) });
      return { call, prove, add };
    };
    const stored = async (account: string) => {
      const [user] = (await api.get(`/api/users?search.name=Name of ${account}`)).body;
      const { body } = await api.get(`/api/users/${user.id}/all-identities?includeTokenSecret=true`);
      const identities = body.socialIdentities as { target: string; tokenSecret?: { identityId: string } }[];
      return identities.map(({ target, tokenSecret }) => `${target} ${tokenSecret?.identityId}`).sort();
    };

    const registration = await flow('Register');
    const verificationId = await registration.prove('acme', 'several');
    await registration.call('/identification', { verificationId });
    await registration.add('globex', 'several at globex');
    await registration.call('/submit');
    assert.deepEqual(await stored('several'), ['acme several', 'globex several at globex']);

    const signIn = await flow('SignIn');
    await signIn.call('/identification', { verificationId: await signIn.prove('acme', 'several') });
    await signIn.add('initech', 'several at initech');
    await signIn.call('/submit');
    const all = ['acme several', 'globex several at globex', 'initech several at initech'];
    assert.deepEqual(await stored('several'), all);

    const signUp = { identifiers: ['username'], password: true, verify: false };
    await api.patch('/api/sign-in-exp', { signUp });
    const unfinished = await flow('Register');
    for (const target of ['acme', 'globex', 'initech'] as const) await unfinished.add(target, 'at once');
    const given = { identifier: { type: 'username', value: 'at_once' }, password };
    const chosen = JSON.parse(await unfinished.call('/verification/new-password-identity', given));
    await unfinished.call('/identification', chosen);
    await unfinished.call('/submit');
    const [user] = (await api.get('/api/users?search.username=at_once')).body;
    assert.deepEqual(Object.keys(user.identities).sort(), ['acme', 'globex', 'initech']);
    const { body } = await api.get(`/api/users/${user.id}/all-identities?includeTokenSecret=true`);
    assert.ok(body.socialIdentities.every(({ tokenSecret }: { tokenSecret?: object }) => tokenSecret));
    for (const id of [ids.globex, ids.initech]) await api.delete(`/api/connectors/${id}`);
  });

  // security: provider-tokens, database-theft
  it('keeps tokens out of the database, the log, the audit log, and what the APIs say of the user', async () => {
    const person = await create();
    const pending = await verified(person);
    const own = await proved(person);
    const body = { newIdentifierVerificationRecordId: pending };
    assert.equal((await own.post('/api/my-account/identities', body)).status, 204);
    expire();
    await person.api.get(path);
    provider.refreshes = 'fail';
    expire();
    const failure = await person.api.get(path);
    provider.refreshes = 'refused';
    const refusal = await person.api.get(path);
    // A new account that has to choose a username: its tokens wait in the sign-in.
    const signUp = { identifiers: ['username'], password: true, verify: false };
    assert.equal((await api.patch('/api/sign-in-exp', { signUp })).status, 200);
    await throughPages('halfway');
    const seen = [
      ...(await Promise.all(['secrets', 'verification_records', 'interactions', 'user_identities', 'logs'].map(rows))),
      logged.join(''),
      JSON.stringify([failure.body, refusal.body]),
      JSON.stringify((await api.get(`/api/users/${person.id}`)).body),
      JSON.stringify((await api.get(`/api/users/${person.id}/all-identities?includeTokenSecret=true`)).body),
      JSON.stringify((await api.get('/api/logs?page_size=100')).body),
      JSON.stringify((await person.api.get('/api/my-account')).body),
    ].join('');
    assert.match(seen, /tokensSealed/, 'tokens of a sign-in that is not complete are among what was looked at');
    assert.ok(provider.issued.length > 5);
    for (const token of provider.issued.filter((each) => !each.startsWith('provider-code')))
      assert.ok(!seen.includes(token), token);
  });
  // security: provider-tokens
  it('cannot read the tokens of one user from the row of another', async () => {
    const [ada, bob] = [await linked(), await linked()];
    await server.tenant.db.raw(
      `update secrets b set key_sealed = a.key_sealed, value_sealed = a.value_sealed
       from secrets a where a.tenant_id = $1 and a.user_id = $2 and b.tenant_id = $1 and b.user_id = $3`,
      ['default', ada.id, bob.id],
    );
    assertRefused(await bob.api.get(path), 500, 'request.internal');
    assert.equal((await ada.api.get(path)).status, 200);
  });

  // security: provider-tokens
  it('gives tokens to their user alone, with the scope and where the account center shows social accounts', async () => {
    const person = await linked();
    const stranger = await create();
    assertRefused(await stranger.api.get(path), 404, missing);
    const record = await verified(person);
    assertRefused(await stranger.api.put(path, { verificationRecordId: record }), 401, denied);
    const client = experienceClient(server.url, { scope: 'openid profile offline_access' });
    const narrow = await client.redeem(await client.signIn(`person_${number - 1}`, password));
    assertRefused(await managerWith(server.url, narrow.access_token).get(path), 403, 'auth.forbidden');
    await api.patch('/api/account-center', { fields: { ...editableFields, social: 'Off' } });
    assertRefused(await person.api.get(path), 400, 'account_center.field_not_enabled');
    await api.patch('/api/account-center', { fields: editableFields });
    assert.equal((await person.api.get(path)).status, 200);
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const { tokenSecret } = (await api.get(`/api/users/${person.id}/identities/acme?includeTokenSecret=1`)).body;
    assertRefused(await admin.delete(`/api/secrets/${tokenSecret.id}`), 404, 'entity.not_found');
  });
  it('refreshes an expired token, and the next one with the rotated refresh token', async () => {
    const person = await linked();
    const { access_token: first } = (await person.api.get(path)).body;
    assert.equal((await person.api.get(path)).body.access_token, first);
    assert.equal(provider.asked, 0);
    let last = first;
    for (const rotates of [true, true, false, true]) {
      provider.rotates = rotates;
      expire();
      const { status, body } = await person.api.get(path);
      assert.equal(status, 200, JSON.stringify(body));
      assert.notEqual(body.access_token, last);
      assert.ok(provider.accepts(body.access_token));
      last = body.access_token;
    }
    assert.equal(provider.asked, 4);
  });

  // security: provider-tokens
  it('refreshes once for concurrent calls, on one node and on two', async () => {
    const person = await linked();
    const elsewhere = managerWith(other.url, person.accessToken);
    await elsewhere.get('/api/my-account');
    expire();
    const release = provider.hold();
    const before = other.app.database.statements.count;
    const calls = [person.api.get(path), person.api.get(path)];
    while (provider.asked === 0) await setImmediate();
    calls.push(elsewhere.get(path));
    // The other node reads the tokens, and looks again while it waits.
    while (provider.asked < 2 && other.app.database.statements.count < before + 12) await setImmediate();
    release();
    const answers = await Promise.all(calls);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.equal(new Set(answers.map(({ body }) => body.access_token)).size, 1);
    assert.equal(provider.asked, 1);
    expire();
    assert.equal((await person.api.get(path)).status, 200, 'the provider has revoked nothing');
  });

  it('keeps newer tokens of the user when an older refresh ends', async () => {
    const person = await linked();
    expire();
    const release = provider.hold();
    const refresh = person.api.get(path);
    while (provider.asked === 0) await setImmediate();
    const replaced = await person.api.put(path, { verificationRecordId: await verified(person) });
    assert.equal(replaced.status, 200, JSON.stringify(replaced.body));
    release();
    assert.equal((await refresh).status, 200);
    assert.equal((await person.api.get(path)).body.access_token, replaced.body.access_token);
  });

  it('says that the token has expired if the provider refuses a refresh, without asking again', async () => {
    const person = await linked();
    provider.refreshes = 'refused';
    expire();
    assertRefused(await person.api.get(path), 401, ended);
    assertRefused(await person.api.get(path), 401, ended);
    assert.equal(provider.asked, 1);
    const renewed = await person.api.put(path, { verificationRecordId: await verified(person) });
    assert.ok(provider.accepts(renewed.body.access_token));

    provider.offline = false;
    const online = await linked();
    assert.equal((await online.api.get(path)).status, 200);
    expire();
    assertRefused(await online.api.get(path), 401, ended);
    assert.equal(provider.asked, 1);
  });

  it('says that the token has expired if the connector does not refresh', async () => {
    const draft = { connectorId: 'test-keeper', config: {}, enableTokenStorage: true };
    const { status, body } = await api.post('/api/connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: ['acme', 'keeper'] });
    const person = await create();
    const start = { connectorId: body.id, state: 's', redirectUri: 'https://account.example.com/callback' };
    const { verificationRecordId } = (await person.api.post('/api/verifications/social', start)).body;
    await person.api.post('/api/verifications/social/verify', {
      verificationRecordId,
      connectorData: { code: 'keeper-1' },
    });
    const own = await proved(person);
    const added = { newIdentifierVerificationRecordId: verificationRecordId };
    assert.equal((await own.post('/api/my-account/identities', added)).status, 204);
    const keeperPath = path.replace('acme', 'keeper');
    assert.equal((await person.api.get(keeperPath)).body.access_token, 'keeper-access');
    expire();
    for (const _ of ['first', 'second']) assertRefused(await person.api.get(keeperPath), 401, ended);
    await api.delete(`/api/connectors/${body.id}`);
  });

  it('says that the provider is down, and asks again the next time', async () => {
    const person = await linked();
    expire();
    for (const failure of ['fail', 'break'] as const) {
      provider.refreshes = failure;
      const answer = await person.api.get(path);
      assertRefused(answer, 400, 'connector.general');
    }
    provider.refreshes = 'work';
    assert.equal((await person.api.get(path)).status, 200);
  });

  // security: provider-tokens
  it('replaces tokens by a verification of the same account alone, once', async () => {
    const person = await linked();
    const before = (await person.api.get(path)).body.access_token;
    const foreign = { verificationRecordId: await verified(person, 'another account') };
    assertRefused(await person.api.put(path, foreign), 401, denied);
    assertRefused(await person.api.put(path.replace('acme', 'other'), foreign), 401, denied);
    const own = { verificationRecordId: await verified(person) };
    const { body } = await person.api.put(path, own);
    assert.ok(provider.accepts(body.access_token) && body.access_token !== before);
    assertRefused(await person.api.put(path, own), 401, denied);
  });

  // security: provider-tokens
  it('deletes tokens with the identity, its replacement, the user, the connector and the setting', async () => {
    const person = await linked();
    await link(person, 'another account', 'put');
    const token = (await person.api.get(path)).body.access_token;
    assert.ok(provider.accepts(token));
    const identity = { userId: 'set by an operator', revokeSessions: false };
    assert.equal((await api.put(`/api/users/${person.id}/identities/acme`, identity)).status, 200);
    assertRefused(await person.api.get(path), 404, missing);

    await link(person, undefined, 'put');
    assert.equal((await (await proved(person)).delete('/api/my-account/identities/acme')).status, 204);
    assertRefused(await person.api.get(path), 404, missing);

    await link(person);
    assert.match(await rows(), new RegExp(person.id));
    await api.delete(`/api/users/${person.id}`);
    assert.doesNotMatch(await rows(), new RegExp(person.id));

    const next = await linked();
    await api.patch(`/api/connectors/${connectorId}`, { enableTokenStorage: false });
    assertRefused(await next.api.get(path), 404, missing);
    await link(next, undefined, 'put');
    assertRefused(await next.api.get(path), 404, missing);
    const record = { verificationRecordId: await verified(next) };
    assertRefused(await next.api.put(path, record), 422, 'connector.token_storage_not_supported');
    await api.patch(`/api/connectors/${connectorId}`, { enableTokenStorage: true });
    await link(next, undefined, 'put');
    assert.equal((await next.api.get(path)).status, 200);
    await api.delete(`/api/connectors/${connectorId}`);
    assertRefused(await next.api.get(path), 404, missing);
  });

  it('stores no tokens of a sign-in that began before the setting was turned off', async () => {
    const person = await create();
    const newIdentifierVerificationRecordId = await verified(person);
    const own = await proved(person);
    await api.patch(`/api/connectors/${connectorId}`, { enableTokenStorage: false });
    assert.equal((await own.post('/api/my-account/identities', { newIdentifierVerificationRecordId })).status, 204);
    assertRefused(await person.api.get(path), 404, missing);
    assert.doesNotMatch(await rows(), new RegExp(person.id));
  });

  it('refuses the setting for a connector that gives no tokens', async () => {
    const draft = { connectorId: 'wechat-native', config: { appId: 'a', appSecret: 'b' } };
    const code = 'connector.token_storage_not_supported';
    assertRefused(await api.post('/api/connectors', { ...draft, enableTokenStorage: true }), 422, code);
    const { body } = await api.post('/api/connectors', draft);
    assertRefused(await api.patch(`/api/connectors/${body.id}`, { enableTokenStorage: true }), 422, code);
  });
});
