import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { oidcIssuer } from '../../connectors/sandbox/index.ts';
import { type ExperiencePage, openExperience } from '../support/experience-page.ts';
import { manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';
import { type ProviderVisit, providerVisit } from '../support/provider-visit.ts';
import { race } from '../support/race.ts';
import { totpCode } from '../support/totp-app.ts';

const password = 'tulips under stone';
const mail = 'mei@people.example';
const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
const method = { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true };
const settings = {
  signInMode: 'SignInAndRegister',
  signUp: { identifiers: ['username'], password: true, verify: false },
  signIn: { methods: [method, { ...method, identifier: 'username', verificationCode: false }] },
  socialSignInConnectorTargets: ['google', 'trusting'],
  socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
  mfa: { factors: [], policy: 'NoPrompt' },
};
const automatic = { socialSignIn: { automaticAccountLinking: true, skipRequiredIdentifiers: true } };

interface Person {
  id: string;
  primaryPhone: string | null;
  name: string | null;
  hasPassword: boolean;
  identities: Record<string, { userId: string } | undefined>;
}

describe('Linking a social identity to an existing account', () => {
  let suite: PostServer;
  let provider: ProviderVisit;
  let google: string;
  /** A provider whose addresses are taken although it has not verified them. */
  let trusting: string;

  before(async () => {
    suite = await startPostServer();
    provider = providerVisit(() => suite.server);
    const { operator, post } = suite;
    await post.addEmail(operator);
    await post.addPhone(operator);
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    const add = async (body: object) => (await operator.call<{ id: string }>('POST', '/api/connectors', body)).id;
    google = await add({ connectorId: 'google-universal', config: client });
    const config = { ...client, issuer: oidcIssuer, trustUnverifiedEmail: true };
    const metadata = { target: 'trusting', name: { en: 'Trusting' } };
    trusting = await add({ connectorId: 'oidc', config, metadata });
  });
  after(() => suite?.close());
  beforeEach(async () => {
    const { operator } = suite;
    await operator.deleteUsers();
    await operator.configure(settings);
    for (const id of [google, trusting]) await operator.call('PATCH', `/api/connectors/${id}`, { emailDomains: [] });
  });

  const answersFor = (id: string, ...emailDomains: string[]) =>
    suite.operator.call('PATCH', `/api/connectors/${id}`, { emailDomains });
  const addMei = (more: object = {}) =>
    suite.operator.call<Person>('POST', '/api/users', { username: 'mei', primaryEmail: mail, password, ...more });
  const read = (id: string) => suite.operator.call<Person>('GET', `/api/users/${id}`);
  const googleOf = async (id: string) => (await read(id)).identities.google?.userId;
  const come = async (connectorId = google, persona = 'mei') => {
    const person = await visit(suite.server);
    return { person, answer: await provider.consent(person, connectorId, persona) };
  };
  const pathOf = (answer: Response) => {
    const { pathname, search } = new URL(answer.headers.get('location') ?? '', suite.server.url);
    return { pathname, page: pathname + search };
  };
  const isSignedIn = async (person: Visit, answer: Response) =>
    (await person.arrive(answer)).searchParams.get('code') !== null;
  const prove = (person: Visit, secret = password, username = mail) =>
    person.post('/sign-in', { username, password: secret });
  /** Chooses the account that the page names. */
  const accept = async (connectorId?: string, persona?: string) => {
    const { person, answer } = await come(connectorId, persona);
    assert.equal(pathOf(answer).pathname, '/social/link');
    return { person, next: await person.post('/social/link', {}) };
  };

  // security: social-linking
  it('asks for a proof of the account, links it after that, and tells its owner by email', async () => {
    const { id } = await addMei({ name: 'Mei' });
    const { person, answer } = await come();
    assert.equal(pathOf(answer).pathname, '/social/link');
    const html = await (await person.get(pathOf(answer).page)).text();
    assert.ok(html.includes('m****@people.example') && html.includes('Google') && !html.includes(mail));
    assert.equal((await person.get('/consent')).status >= 300, true);
    const next = await person.post('/social/link', {});
    assert.equal(pathOf(next).pathname, '/sign-in/password');
    const page = await (await person.get(pathOf(next).page)).text();
    assert.ok(page.includes(mail) && page.includes('connect Google'), 'the page says what the password is for');
    assert.equal(await googleOf(id), undefined);
    assert.equal((await prove(person, 'wrong words here')).status, 422);
    assert.equal(await googleOf(id), undefined);
    assert.ok(await isSignedIn(person, await prove(person)));
    assert.equal(await googleOf(id), 'sandbox-mei');
    assert.equal((await read(id)).name, 'Mei', 'the profile stays as the person wrote it');
    await suite.post.arrived(mail, /social|account/i);
    const again = await come();
    assert.ok(await isSignedIn(again.person, again.answer), 'the identity signs in now');
    assert.equal((await suite.operator.users()).length, 1);
    const [entry] = await suite.operator.call<{ payload: object }[]>('GET', '/api/logs?logKey=Account.LinkIdentity');
    const params = { target: 'google', automatic: false };
    assert.partialDeepStrictEqual(entry?.payload, { userId: id, params });
  });

  it('takes a code to the address as the proof, and updates the profile if the connector is set to', async () => {
    const { id } = await addMei({ name: 'Mei' });
    await suite.operator.call('PATCH', `/api/connectors/${google}`, { syncProfile: true });
    const { person } = await accept();
    await person.post('/sign-in/code', { username: mail });
    const code = await suite.post.codeTo(mail);
    assert.ok(await isSignedIn(person, await person.post('/verification-code', { code })));
    assert.equal(await googleOf(id), 'sandbox-mei');
    assert.equal((await read(id)).name, '林小梅');
    assert.equal((await read(id)).hasPassword, true, 'the address was verified before, so nothing else changes');
    await suite.operator.call('PATCH', `/api/connectors/${google}`, { syncProfile: false });
  });

  // security: social-linking
  it('links no account but the one that it named', async () => {
    const { id } = await addMei();
    await suite.operator.call('POST', '/api/users', { username: 'eve', password });
    const { person } = await accept();
    assert.ok(await isSignedIn(person, await prove(person, password, 'eve')));
    const users = await suite.operator.users();
    assert.deepEqual(
      users.map(({ identities }) => Object.keys(identities)),
      [[], []],
    );
    const other = await accept();
    assert.equal(pathOf(other.next).pathname, '/sign-in/password');
    await visit(suite.server).then((stranger) => prove(stranger));
    assert.equal(await googleOf(id), undefined, 'a sign-in in another browser links nothing');
  });

  it('creates a new account where the user wants one, after the terms', async () => {
    await suite.operator.configure({
      termsOfUseUrl: 'https://example.com/terms',
      agreeToTermsPolicy: 'ManualRegistrationOnly',
    });
    const { id } = await addMei();
    const { person } = await come();
    const refused = await person.post('/social/link/new-account', {});
    assert.equal((await shownError(refused)).code, 'user.terms_required');
    assert.ok(await isSignedIn(person, await person.post('/social/link/new-account', { terms: 'yes' })));
    assert.equal(await googleOf(id), undefined);
    assert.equal((await suite.operator.users()).length, 2);
    await suite.operator.configure({ termsOfUseUrl: null, agreeToTermsPolicy: 'Automatic' });
  });

  // security: closed-registration
  it('creates no account from it where registration is closed', async () => {
    await addMei();
    await suite.operator.configure({ signInMode: 'SignIn' });
    const { person, answer } = await come();
    assert.doesNotMatch(await (await person.get(pathOf(answer).page)).text(), /new-account/);
    assert.equal((await shownError(await person.post('/social/link/new-account', {}))).code, 'user.identity_not_exist');
    assert.equal((await suite.operator.users()).length, 1);
  });

  // security: social-linking
  it('links at once only where tenant, provider, domain and account all allow it', async () => {
    const { id } = await addMei();
    const asks = async (what: string, connectorId = google, persona = 'mei') => {
      const { answer } = await come(connectorId, persona);
      assert.equal(pathOf(answer).pathname, '/social/link', what);
    };
    await answersFor(google, 'people.example');
    await asks('the tenant does not want it');
    await suite.operator.configure(automatic);
    for (const domain of ['mail.people.example', 'eople.example', 'example.people']) {
      await answersFor(google, domain);
      await asks(`the provider answers for ${domain}`);
    }
    await suite.operator.call('PATCH', `/api/users/${id}`, { primaryEmail: 'aino@people.example' });
    await answersFor(trusting, 'people.example');
    await asks('the provider has not verified the address', trusting, 'aino');
    assert.deepEqual((await read(id)).identities, {});
    await suite.operator.call('PATCH', `/api/users/${id}`, { primaryEmail: mail });
    await answersFor(google, 'people.example');
    const { person, answer } = await come();
    assert.ok(await isSignedIn(person, answer));
    assert.equal(await googleOf(id), 'sandbox-mei');
    assert.equal((await suite.operator.users()).length, 1);
  });

  // security: social-linking
  it('asks for the second factor of the account before it links it at once', async () => {
    const { id } = await addMei();
    await suite.operator.configure({ ...automatic, mfa: { factors: ['Totp'], policy: 'UserControlled' } });
    await answersFor(google, 'people.example');
    const { secret } = await suite.operator.call<{ secret: string }>('POST', `/api/users/${id}/mfa-verifications`, {
      type: 'Totp',
    });
    const { person, answer } = await come();
    assert.equal(pathOf(answer).pathname, '/mfa-verification/Totp', await answer.clone().text());
    assert.equal(await googleOf(id), undefined);
    const code = totpCode(secret, suite.clock.now());
    assert.ok(await isSignedIn(person, await person.post('/mfa-verification/Totp', { code })));
    assert.equal(await googleOf(id), 'sandbox-mei');
  });

  // security: social-linking
  it('completes no sign-in once it was removed, not even one that was waiting', async () => {
    const { id } = await addMei();
    await answersFor(google, 'people.example');
    const skip = (person: Visit) => person.post('/mfa-binding/skip', {});
    // Where there is one factor, its page is shown and not the choice.
    for (const factors of [['Totp', 'WebAuthn'], ['Totp']]) {
      await suite.operator.configure({ ...automatic, mfa: { factors, policy: 'PromptAtSignInAndSignUp' } });
      const first = await come();
      assert.ok(await isSignedIn(first.person, await skip(first.person)));
      await suite.operator.call('PATCH', `/api/users/${id}/logto-configs`, { mfa: { skipped: false } });
      const { person, answer } = await come();
      assert.match(pathOf(answer).pathname, /^.mfa-binding/);
      await suite.operator.call('DELETE', `/api/users/${id}/identities/google`);
      assert.equal((await shownError(await skip(person))).code, 'session.verification_failed');
    }
  });

  describe('whose address is not verified, as after an import', () => {
    const squat = async () => {
      const line = {
        id: 'squatted',
        username: 'squat',
        primaryEmail: mail,
        isEmailVerified: false,
        primaryPhone: '34600000001',
      };
      const raw = `${JSON.stringify({ ...line, identities: { github: { userId: '77' } } })}\n`;
      const api = await manage(suite.server);
      const headers = { 'content-type': 'application/x-ndjson' };
      const imported = await api.send('POST', '/api/users/import?trustUnverifiedEmails=true', { raw, headers });
      assert.match(String(imported.body), /"created":1/);
      await suite.operator.call('PATCH', '/api/users/squatted/password', { password });
    };

    const attack = async () => {
      const attacker = await visit(suite.server);
      return [attacker, await prove(attacker)] as const;
    };

    // security: social-linking
    it('links nothing at once, and is taken back by the owner of the address', async () => {
      await squat();
      await suite.operator.configure(automatic);
      await answersFor(google, 'people.example');
      assert.ok(await isSignedIn(...(await attack())), 'who knows the password');
      const { person } = await accept();
      await person.post('/sign-in/code', { username: mail });
      const code = await suite.post.codeTo(mail);
      assert.ok(await isSignedIn(person, await person.post('/verification-code', { code })));
      const { identities, hasPassword, primaryPhone } = await read('squatted');
      assert.deepEqual(Object.keys(identities), ['google'], 'the identities of before are gone');
      assert.deepEqual([hasPassword, primaryPhone], [false, null]);
      assert.equal((await prove(await visit(suite.server))).status, 422, 'the password of before is refused');
      const { sessions } = await suite.operator.call<{ sessions: unknown[] }>('GET', '/api/users/squatted/sessions');
      assert.equal(sessions.length, 1, 'the sessions of before have ended');
      const logged = await suite.operator.call<unknown[]>('GET', '/api/logs?logKey=Account.Reclaim');
      assert.equal(logged.length, 1);
      await suite.post.arrived(mail, /The owner of this email address has reclaimed this account/);
    });

    const codeOf = async (person: Visit) => person.post('/verification-code', { code: await suite.post.codeTo(mail) });
    const sessionsOf = async () =>
      (await suite.operator.call<{ sessions: unknown[] }>('GET', '/api/users/squatted/sessions')).sessions.length;

    // security: similar-addresses
    it('is taken back by a sign-in with a code that links nothing, and stays the owner’s after that', async () => {
      // Messages to one address are limited in a time.
      suite.clock.ahead += 600_000;
      await squat();
      assert.ok(await isSignedIn(...(await attack())));
      const owner = await visit(suite.server);
      await owner.post('/sign-in/code', { username: mail });
      assert.ok(await isSignedIn(owner, await codeOf(owner)));
      const { identities, hasPassword, primaryPhone } = await read('squatted');
      assert.deepEqual([identities, hasPassword, primaryPhone], [{}, false, null]);
      assert.equal((await prove(await visit(suite.server))).status, 422, 'the password of before is refused');
      assert.equal(await sessionsOf(), 1, 'the sessions of before have ended');
      await suite.post.arrived(mail, /The owner of this email address has reclaimed this account/);
      await suite.operator.call('PATCH', '/api/users/squatted/password', { password });
      const again = await visit(suite.server);
      await again.post('/sign-in/code', { username: mail });
      assert.ok(await isSignedIn(again, await codeOf(again)));
      assert.equal((await read('squatted')).hasPassword, true, 'the address is verified now');
    });

    // security: similar-addresses
    it('is taken back by a new password, and keeps a second factor until a sign-in shows it', async () => {
      const forget = async (chosen: string) => {
        suite.clock.ahead += 600_000;
        const owner = await visit(suite.server);
        assert.equal(pathOf(await owner.post('/forgot-password', { address: mail })).pathname, '/verification-code');
        assert.equal(pathOf(await codeOf(owner)).pathname, '/forgot-password/reset');
        assert.equal((await owner.post('/forgot-password/reset', { password: chosen })).status, 303);
        return (await read('squatted')).primaryPhone;
      };
      await squat();
      await suite.operator.configure({ mfa: { factors: ['Totp'], policy: 'UserControlled' } });
      const factors = '/api/users/squatted/mfa-verifications';
      await suite.operator.call('POST', factors, { type: 'Totp' });
      assert.equal(await forget('a lantern by the harbour'), '34600000001', 'the second factor may be the owner’s');
      const [factor] = await suite.operator.call<{ id: string }[]>('GET', factors);
      await suite.operator.call('DELETE', `${factors}/${factor?.id}`);
      assert.equal(await forget('a boat in the fog'), null);
      await suite.operator.configure(settings);
      const person = await visit(suite.server);
      assert.ok(await isSignedIn(person, await prove(person, 'a boat in the fog')));
      assert.deepEqual((await read('squatted')).identities, {});
    });

    // security: similar-addresses
    it('is not taken back by a code to its phone, which says nothing about the address', async () => {
      await squat();
      const phoneMethod = { ...method, identifier: 'phone' };
      await suite.operator.configure({ signIn: { methods: [...settings.signIn.methods, phoneMethod] } });
      const page = await openExperience(suite.server, 'SignIn');
      const identifier = { type: 'phone', value: '34600000001' };
      const path = '/verification/verification-code';
      const sent = await page.expect(200, 'POST', path, { identifier, interactionEvent: 'SignIn' });
      const code = await suite.post.codeTo('34600000001');
      const proof = await page.expect(200, 'POST', `${path}/verify`, { identifier, ...sent, code });
      await page.expect(204, 'POST', '/identification', proof);
      await page.expect(200, 'POST', '/submit');
      const { hasPassword, primaryPhone } = await read('squatted');
      assert.deepEqual([hasPassword, primaryPhone], [true, '34600000001']);
    });
  });

  describe('through the Experience API', () => {
    const social = async (page: ExperiencePage, connectorId = google, persona = 'mei') => {
      const redirectUri = `${suite.server.url}/callback/${connectorId}`;
      const path = `/verification/social/${connectorId}`;
      const begun = await page.expect(200, 'POST', `${path}/authorization-uri`, { state: 'mine', redirectUri });
      const person = await visit(suite.server);
      const decided = await provider.decide(person, new URL(begun.authorizationUri ?? ''), {
        decision: 'agree',
        persona,
        outcome: 'success',
      });
      const { code } = Object.fromEntries(new URL(decided.headers.get('location') ?? '').searchParams);
      return page.expect(200, 'POST', `${path}/verify`, {
        verificationId: begun.verificationId,
        connectorData: { redirectUri, code },
      });
    };
    const begin = () => openExperience(suite.server, 'SignIn');
    const signsIn = async (page: ExperiencePage, username: string) => {
      const identifier = { type: 'username', value: username };
      const proof = await page.expect(200, 'POST', '/verification/password', { identifier, password });
      await page.expect(204, 'POST', '/identification', proof);
    };
    const link = (proof: object) => ['POST', '/identification', { ...proof, linkSocialIdentity: true }] as const;
    const unknown: [number, string] = [404, 'user.identity_not_exist'];

    // security: social-linking
    it('names the account, and links it only after it was proved in the same sign-in', async () => {
      const { id } = await addMei();
      const page = await begin();
      const proof = await social(page);
      const { data } = await page.refuse(unknown, ...link(proof));
      assert.deepEqual(data, { relatedUser: { type: 'email', value: mail } });
      await page.refuse([404, 'session.identifier_not_found'], 'POST', '/submit');
      await page.refuse([404, 'session.identifier_not_found'], 'POST', '/profile', { type: 'social', ...proof });
      const other = await begin();
      await other.refuse([404, 'session.verification_session_not_found'], ...link(proof));
      await signsIn(other, 'mei');
      await other.refuse([404, 'session.verification_session_not_found'], ...link(proof));
      await other.refuse([404, 'session.verification_session_not_found'], 'POST', '/profile', {
        type: 'social',
        ...proof,
      });
      assert.equal(await googleOf(id), undefined);
      await signsIn(page, 'mei');
      await page.expect(204, ...link(proof));
      await page.expect(200, 'POST', '/submit');
      assert.equal(await googleOf(id), 'sandbox-mei');
    });

    // security: social-linking
    it('links at once under the same conditions as the pages, only on request', async () => {
      const { id } = await addMei();
      await answersFor(trusting, 'people.example');
      await answersFor(google, 'people.example');
      const refused = await begin();
      await refused.refuse(unknown, ...link(await social(refused)));
      await suite.operator.configure(automatic);
      const page = await begin();
      const proof = await social(page);
      await page.refuse(unknown, 'POST', '/identification', proof);
      await page.expect(204, ...link(proof));
      await page.expect(200, 'POST', '/submit');
      assert.equal(await googleOf(id), 'sandbox-mei');
      await suite.operator.call('PATCH', `/api/users/${id}`, { primaryEmail: 'aino@people.example' });
      const unverified = await begin();
      await unverified.refuse(unknown, ...link(await social(unverified, trusting, 'aino')));
    });

    // security: social-linking
    it('refuses an identity that another account has, also in a race', async () => {
      for (const username of ['ada', 'bob']) await suite.operator.call('POST', '/api/users', { username, password });
      const prepared = async (username: string) => {
        const page = await begin();
        await signsIn(page, username);
        await page.expect(204, ...link(await social(page)));
        return page;
      };
      const pages = [await prepared('ada'), await prepared('bob')];
      const answers = await race(
        suite.server.app.database,
        'users',
        pages.map((page) => () => page.call('POST', '/submit')),
      );
      const outcomes = answers.map(({ status, body }) => [status, body.code]).sort();
      assert.deepEqual(outcomes, [
        [200, undefined],
        [422, 'user.identity_already_in_use'],
      ]);
      const linked = (await suite.operator.users()).filter(({ identities }) => identities.google);
      assert.equal(linked.length, 1);
      const late = await begin();
      await signsIn(late, linked[0]?.username === 'ada' ? 'bob' : 'ada');
      await late.refuse([422, 'user.identity_already_in_use'], ...link(await social(late)));
    });
  });
});
