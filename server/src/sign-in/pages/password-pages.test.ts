import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { pageOf, withoutHandle } from '../../../../test/support/agent.ts';
import type { Operator } from '../../../../test/support/operator.ts';
import { shownError, type Visit, visit } from '../../../../test/support/page-agent.ts';
import { type PostOffice, type PostServer, startPostServer } from '../../../../test/support/post-office.ts';
import type { TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const newPassword = 'hyacinths over sand';
const at = (page: string, notice?: string) => `${page}?app_id=demo-app${notice ? `&notice=${notice}` : ''}`;
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const isGone = async (answer: Response) => /view-unknown-session/.test(await answer.text());

describe('a forgotten password, without scripts,', () => {
  let world: PostServer;
  let post: PostOffice;
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    world = await startPostServer();
    ({ post, server, operator } = world);
  });
  after(() => world?.close());
  afterEach(() => {
    world.clock.ahead = 0;
  });

  let number = 0;
  const addUser = async () => {
    number += 1;
    const user = { username: `ana${number}`, primaryEmail: `ana${number}@example.com`, password };
    const { id } = await operator.call<{ id: string }>('POST', '/api/users', user);
    return { ...user, id };
  };
  const ask = async (person: Visit, address: string) => {
    const answer = await person.post('/forgot-password', { address });
    assert.equal(pageOf(answer), at('/verification-code'), await answer.text());
  };
  /** A visitor who has shown the code that was sent to an address. */
  const recover = async (address: string) => {
    const person = await visit(server);
    await ask(person, address);
    const shown = await person.post('/verification-code', { code: await post.codeTo(address) });
    assert.equal(pageOf(shown), at('/forgot-password/reset'), await shown.text());
    return person;
  };
  const signsIn = async (username: string, secret: string) => {
    const person = await visit(server);
    return (await person.post('/sign-in', { username, password: secret })).status === 303;
  };

  it('is not offered when nothing can send a code', async () => {
    const person = await visit(server, { first_screen: 'reset_password' });
    assert.equal(pageOf(await person.get(at('/reset-password'))), at('/forgot-password'));
    assert.equal(pageOf(await person.get(at('/forgot-password'))), at('/sign-in'));
    assert.doesNotMatch(await (await person.get(at('/sign-in'))).text(), /href="\/forgot-password/);
    assert.equal(pageOf(await person.post('/forgot-password', { address: 'ana@example.com' })), at('/sign-in'));
    await post.addEmail(operator);
    assert.match(
      await (await person.get(at('/sign-in'))).text(),
      /href="\/forgot-password\?app_id=demo-app&amp;interaction=/,
    );
    assert.match(await (await person.get(at('/forgot-password'))).text(), /name="address"[^>]*inputmode="email"/);
    assert.equal((await shownError(await person.post('/forgot-password', { address: 'ana' }))).field, 'address');
    await operator.configure({ forgotPasswordMethods: [] });
    assert.equal(pageOf(await person.get(at('/forgot-password'))), at('/sign-in'));
    await operator.configure({ forgotPasswordMethods: null });
  });

  // security: skipped-steps
  it('is replaced with a code, which does not sign the user in, and the old one is no longer accepted', async () => {
    const { username, primaryEmail } = await addUser();
    const person = await recover(primaryEmail.toUpperCase().replace('EXAMPLE.COM', 'example.com'));
    // The password manager keeps the new one under the name that signs in.
    assert.match(await (await person.get(at('/forgot-password/reset'))).text(), new RegExp(`value="${username}"`));
    const done = await person.post('/forgot-password/reset', { password: newPassword });
    assert.deepEqual([done.status, pageOf(done)], [303, at('/sign-in', 'password-changed')]);
    assert.match(await (await person.get(at('/sign-in', 'password-changed'))).text(), /Your password was changed/);
    assert.equal(await signsIn(username, password), false);
    const home = await person.arrive(await person.post('/sign-in', { username, password: newPassword }));
    assert.ok(home.searchParams.get('code'));
  });

  it('is replaced without running the operator’s scripts, which run at the next sign-in', async () => {
    const { username, primaryEmail } = await addUser();
    const moments = ['action.postFirstFactorVerification', 'action.postSignIn'];
    const script = 'const runAction = ({ api }) => api.denyAccess();';
    for (const moment of moments) await operator.call('PUT', `/api/configs/actions/${moment}`, { script });
    const person = await recover(primaryEmail);
    const done = await person.post('/forgot-password/reset', { password: newPassword });
    assert.equal(pageOf(done), at('/sign-in', 'password-changed'));
    const { code } = await shownError(await person.post('/sign-in', { username, password: newPassword }));
    assert.equal(code, 'action.access_denied');
    for (const moment of moments) await operator.call('DELETE', `/api/configs/actions/${moment}`);
    assert.equal(await signsIn(username, newPassword), true);
  });

  it('is replaced with a code that was sent to a phone', async () => {
    await post.addPhone(operator);
    const { id, username } = await addUser();
    await operator.call('PATCH', `/api/users/${id}`, { primaryPhone: '34600111222' });
    const person = await visit(server);
    await ask(person, '+34 600 111-222');
    assert.match(await (await person.get(at('/verification-code'))).text(), /<strong>\+34600111222<\/strong>/);
    await person.post('/verification-code', { code: await post.codeTo('34600111222') });
    assert.equal((await person.post('/forgot-password/reset', { password: newPassword })).status, 303);
    assert.equal(await signsIn(username, newPassword), true);
  });

  // security: account-enumeration
  it('does not reveal whether an account exists: pages, statuses and redirects are the same', async () => {
    const { primaryEmail } = await addUser();
    const ways: string[][] = [];
    for (const address of [primaryEmail, 'nobody@example.com']) {
      const person = await visit(server);
      const way: string[] = [];
      const keep = async (answer: Response) =>
        way.push(`${answer.status} ${pageOf(answer)} ${withoutHandle(await answer.text()).replaceAll(address, '?')}`);
      await keep(await person.post('/forgot-password', { address }));
      await keep(await person.get(at('/verification-code')));
      await keep(await person.post('/verification-code', { code: '' }));
      await keep(await person.post('/verification-code', { code: 'wrong' }));
      await keep(await person.post('/verification-code/send', {}));
      await keep(await person.get(at('/verification-code', 'resent')));
      await keep(await person.get(at('/forgot-password/reset')));
      await keep(await person.post('/forgot-password/reset', { password: newPassword }));
      ways.push(way);
    }
    assert.deepEqual(ways[0], ways[1]);
    await post.codeTo(primaryEmail);
    assert.doesNotMatch(post.received(), /nobody@/);
  });

  it('shows the error of the new password at its field, and accepts a valid one', async () => {
    const { username, primaryEmail } = await addUser();
    const person = await recover(primaryEmail);
    const refusals: [string, string][] = [
      ['', 'user.password_required'],
      ['a1b2', 'password_rejected.too_short'],
      [`${primaryEmail}1`, 'password_rejected.restricted.user_info'],
      [password, 'user.same_password'],
    ];
    for (const [refused, code] of refusals) {
      const answer = await person.post('/forgot-password/reset', { password: refused });
      assert.equal(answer.status, 422, code);
      const shown = await shownError(answer);
      assert.deepEqual([shown.field, shown.code], ['password', code]);
    }
    assert.equal((await person.post('/forgot-password/reset', { password: newPassword })).status, 303);
    assert.equal(await signsIn(username, newPassword), true);
  });

  // security: skipped-steps
  it('is replaced once; pages whose moment has not come, or is over, lead to where the sign-in stands', async () => {
    const { username, primaryEmail } = await addUser();
    const early = await visit(server);
    for (const path of ['/forgot-password/reset', '/verification-code'])
      assert.equal(pageOf(await early.get(at(path))), at('/sign-in'), path);
    assert.equal(pageOf(await early.post('/forgot-password/reset', { password: newPassword })), at('/sign-in'));
    await ask(early, primaryEmail);
    await post.codeTo(primaryEmail);
    assert.equal(pageOf(await early.get(at('/forgot-password/reset'))), at('/verification-code'));
    assert.equal(
      pageOf(await early.post('/forgot-password/reset', { password: newPassword })),
      at('/verification-code'),
    );

    const person = await recover(primaryEmail);
    assert.equal(pageOf(await person.get(at('/verification-code'))), at('/forgot-password/reset'));
    assert.equal((await person.post('/forgot-password/reset', { password: newPassword })).status, 303);
    const again = await person.post('/forgot-password/reset', { password: 'irises beside water' });
    assert.equal(pageOf(again), at('/forgot-password'));
    assert.equal(await signsIn(username, newPassword), true);
  });

  it('is reported as changed only when it was', async () => {
    const { primaryEmail } = await addUser();
    const person = await visit(server);
    const saysSo = async (page: string) => /password was changed/.test(await (await person.get(page)).text());
    assert.equal(await saysSo(at('/sign-in', 'password-changed')), false);
    await ask(person, primaryEmail);
    assert.equal(await saysSo(at('/sign-in', 'password-changed')), false);
    await person.post('/verification-code', { code: await post.codeTo(primaryEmail) });
    assert.equal(await saysSo(at('/sign-in', 'password-changed')), false);
    await person.post('/forgot-password/reset', { password: newPassword });
    assert.equal(await saysSo(at('/sign-in', 'anything-else')), false);
    assert.equal(await saysSo(at('/sign-in', 'password-changed')), true);
  });

  it('is not replaced for a suspended user, or after the sign-in has expired', async () => {
    const mallory = await addUser();
    await operator.call('PATCH', `/api/users/${mallory.id}/is-suspended`, { isSuspended: true });
    const suspended = await visit(server);
    await ask(suspended, mallory.primaryEmail);
    const refused = await suspended.post('/verification-code', { code: await post.codeTo(mallory.primaryEmail) });
    assert.equal((await shownError(refused)).code, 'user.suspended');
    assert.equal(pageOf(await suspended.get(at('/forgot-password/reset'))), at('/verification-code'));

    const { username, primaryEmail } = await addUser();
    const late = await recover(primaryEmail);
    world.clock.ahead = 3_601_000;
    assert.ok(await isGone(await late.get(at('/forgot-password/reset'))));
    assert.ok(await isGone(await late.post('/forgot-password/reset', { password: newPassword })));
    assert.equal(await signsIn(username, newPassword), false);
  });

  it('is written to the log without codes', async () => {
    const { primaryEmail } = await addUser();
    const person = await visit(server);
    await ask(person, primaryEmail);
    const code = await post.codeTo(primaryEmail);
    await person.post('/verification-code', { code: wrong(code) });
    await person.post('/verification-code', { code });
    await person.post('/forgot-password/reset', { password: newPassword });
    const logs = JSON.stringify(await operator.call('GET', '/api/logs?page_size=100'));
    assert.match(logs, /Interaction\.ForgotPassword\.Verification\.EmailVerificationCode\.Submit/);
    for (const secret of [code, wrong(code), newPassword]) assert.ok(!logs.includes(`"${secret}"`));
  });

  it('is not replaced by forms of other sites', async () => {
    const person = await visit(server);
    for (const path of [
      '/forgot-password',
      '/forgot-password/reset',
      '/verification-code',
      '/verification-code/send',
    ]) {
      const answer = await person.post(path, {}, { origin: 'https://evil.example' });
      assert.equal(answer.status, 403, path);
    }
  });
});
