import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Operator } from '../../../../test/support/operator.ts';
import { shownError, type Visit, visit } from '../../../../test/support/page-agent.ts';
import { type PostOffice, type PostServer, startPostServer } from '../../../../test/support/post-office.ts';
import type { TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
type Ways = { password?: boolean; code?: boolean; first?: 'password' | 'code' };
const method = (identifier: string, { password: byPassword = false, code = false, first = 'password' }: Ways) => ({
  identifier,
  password: byPassword,
  verificationCode: code,
  isPasswordPrimary: first === 'password',
});
const both = {
  signInMode: 'SignInAndRegister',
  signIn: {
    methods: [method('username', { password: true }), method('email', { password: true, code: true })],
  },
  signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] },
  agreeToTermsPolicy: 'Automatic',
  termsOfUseUrl: null,
};
/** Accounts need an address and no password. */
const byAddress = { identifiers: ['email'], password: false, verify: true, secondaryIdentifiers: [] };
const pathOf = (answer: Response) => new URL(answer.headers.get('location') ?? '', 'http://server').pathname;

describe('a sign-in that asks for the identifier first, without scripts,', () => {
  let world: PostServer;
  let post: PostOffice;
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    world = await startPostServer();
    ({ post, server, operator } = world);
    await post.addEmail(operator);
    await operator.call('POST', '/api/users', { username: 'ana', primaryEmail: 'ana@example.com', password });
    await operator.call('POST', '/api/users', { username: 'leo', primaryEmail: 'leo@example.com' });
  });
  beforeEach(() => operator.configure(both));
  after(() => world?.close());

  const app = '?app_id=demo-app';
  const html = async (person: Visit, path: string) => (await person.get(`${path}${app}`)).text();
  const give = async (person: Visit, username: string, fields: Record<string, string> = {}) => {
    const answer = await person.post('/sign-in/identifier', { username, ...fields });
    assert.equal(answer.status, 303, await answer.clone().text());
    return pathOf(answer);
  };
  const arrives = async (person: Visit, answer: Response) =>
    assert.ok((await person.arrive(answer)).searchParams.get('code'));

  it('has one field where codes are a way in, and both on one page where they are not', async () => {
    const person = await visit(server);
    const first = await html(person, '/sign-in');
    assert.match(first, /action="\/sign-in\/identifier"/);
    assert.doesNotMatch(first, /type="password"/);
    await operator.configure({ signIn: { methods: [method('username', { password: true })] } });
    const single = await html(person, '/sign-in');
    assert.match(single, /action="\/sign-in"/);
    assert.match(single, /type="password"/);
    await operator.configure({ signUp: byAddress, signIn: { methods: [method('email', { code: true })] } });
    assert.match(await html(person, '/sign-in'), /action="\/sign-in\/code"/);
  });

  it('asks for the password next, with a code and a new password as other ways', async () => {
    const person = await visit(server);
    assert.equal(await give(person, ' ana@example.com '), '/sign-in/password');
    const page = await html(person, '/sign-in/password');
    assert.match(page, /<input type="text" name="username" autocomplete="username" value="ana@example.com"/);
    assert.match(page, /formaction="\/sign-in\/code"/);
    assert.match(page, /href="\/forgot-password\?app_id=demo-app/);
    const refused = await person.post('/sign-in', { username: 'ana@example.com', password: 'wrong' });
    assert.equal(refused.status, 422);
    const again = await refused.clone().text();
    assert.match(again, /class="view-sign-in-password"/);
    assert.match(again, /value="ana@example.com"/);
    assert.equal((await shownError(refused)).code, 'session.invalid_credentials');
    await arrives(person, await person.post('/sign-in', { username: 'ana@example.com', password }));
  });

  it('changes from the password to a code and back', async () => {
    await operator.configure({ signUp: byAddress });
    const person = await visit(server);
    await give(person, 'leo@example.com');
    const sent = await person.post('/sign-in/code', { username: 'leo@example.com' });
    assert.equal(pathOf(sent), '/verification-code');
    assert.match(await html(person, '/verification-code'), /href="\/sign-in\/password\?app_id=demo-app/);
    const code = await post.codeTo('leo@example.com');
    assert.match(await html(person, '/sign-in/password'), /value="leo@example.com"/);
    await arrives(person, await person.post('/verification-code', { code }));
  });

  it('sends the code at once where the policy puts it first, or where the identifier has no password', async () => {
    for (const ways of [{ password: true, code: true, first: 'code' } as const, { code: true }]) {
      const methods = [method('username', { password: true }), method('email', ways)];
      await operator.configure({ signUp: byAddress, signIn: { methods } });
      const person = await visit(server);
      assert.equal(await give(person, 'leo@example.com'), '/verification-code');
      const page = await html(person, '/verification-code');
      assert.equal(page.includes('/sign-in/password'), ways.password === true);
      if (!ways.password) assert.equal(pathOf(await person.get(`/sign-in/password${app}`)), '/sign-in');
      await arrives(person, await person.post('/verification-code', { code: await post.codeTo('leo@example.com') }));
      const byName = await visit(server);
      assert.equal(await give(byName, 'ana'), '/sign-in/password');
      assert.doesNotMatch(await html(byName, '/sign-in/password'), /\/sign-in\/code/);
    }
  });

  it('shows the same pages for known and unknown identifiers, with and without a password', async () => {
    const people = ['ana@example.com', 'leo@example.com', 'nobody@example.com', 'ana', 'no_such_name'];
    for (const first of ['password', 'code'] as const) {
      await operator.configure({
        signIn: {
          methods: [method('username', { password: true }), method('email', { password: true, code: true, first })],
        },
      });
      const seen = new Map<string, Set<string>>();
      for (const name of people) {
        const person = await visit(server);
        const next = await give(person, name);
        const page = (await html(person, next))
          .replaceAll(name, 'NAME')
          .replaceAll(/interaction(=|" value=")[^"&]*/g, '');
        const kind = name.includes('@') ? 'email' : 'username';
        seen.set(kind, (seen.get(kind) ?? new Set()).add(`${next} ${page.replaceAll(/data-after="\d+"/g, '')}`));
      }
      assert.deepEqual(
        [...seen.values()].map(({ size }) => size),
        [1, 1],
        first,
      );
    }
  });

  it('says what is wrong with an identifier that cannot be one', async () => {
    const person = await visit(server);
    const refused = async (username: string) => {
      const answer = await person.post('/sign-in/identifier', { username });
      const { field, code } = await shownError(answer);
      return [answer.status, field, code];
    };
    assert.deepEqual(await refused(''), [422, 'username', 'user.username_required']);
    assert.deepEqual(await refused('ana@'), [400, 'username', 'user.invalid_email']);
  });

  it('asks for agreement to the terms once, before the password', async () => {
    await operator.configure({ agreeToTermsPolicy: 'Manual', termsOfUseUrl: 'https://example.com/terms' });
    const person = await visit(server);
    const refused = await person.post('/sign-in/identifier', { username: 'ana' });
    assert.equal((await shownError(refused)).code, 'user.terms_required');
    await give(person, 'ana', { terms: 'yes' });
    assert.match(await html(person, '/sign-in/password'), /<input type="hidden" name="terms" value="yes"/);
    await arrives(person, await person.post('/sign-in', { username: 'ana', password, terms: 'yes' }));
  });

  it('leads back to the first page when nothing was given', async () => {
    const person = await visit(server);
    assert.equal(pathOf(await person.get(`/sign-in/password${app}`)), '/sign-in');
  });
});
