import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pageOf } from '../../../../test/support/agent.ts';
import { createAuthenticator } from '../../../../test/support/authenticator.ts';
import { shownError, type Visit, visit } from '../../../../test/support/page-agent.ts';
import { race } from '../../../../test/support/race.ts';
import { type FactorWorld, openFactorWorld, type Person, password } from '../../../../test/support/second-factors.ts';
import { totpCode } from '../../../../test/support/totp-app.ts';

const own = (path: string): string => `${path}?app_id=demo-app`;
const decoded = (html: string): string => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const passkeyOptions = (html: string) =>
  JSON.parse(
    /data-options="([^"]*)"/.exec(html)?.[1] === undefined
      ? ''
      : decoded(/data-options="([^"]*)"/.exec(html)?.[1] ?? ''),
  );
const totpSecret = (html: string): string =>
  (/<code class="secret" id="secret">(.*?)<\/code>/s.exec(html)?.[1] ?? '').replaceAll(/<[^>]*>/g, '');
const backupCodes = (html: string): string[] =>
  [...html.matchAll(/<li><code>([^<]*)<\/code><\/li>/g)].map((match) => match[1] ?? '');

describe('the pages of second factors', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
  });
  after(() => world?.close());

  const useFactors = (factors: string[], policy = 'NoPrompt', more: object = {}) =>
    world.configure({ mfa: { factors, policy }, adaptiveMfa: { enabled: false }, ...more });
  /** From the right password to the page that follows. */
  const arrive = async ({ username }: Pick<Person, 'username'>): Promise<{ page: Visit; location: string }> => {
    const page = await visit(world.server);
    const answer = await page.post('/sign-in', { username, password });
    return { page, location: leads(answer) };
  };
  const register = async (username: string): Promise<{ page: Visit; location: string }> => {
    const page = await visit(world.server, { first_screen: 'register' });
    return { page, location: leads(await page.post('/register', { username, password })) };
  };
  const leads = (answer: Response): string => {
    assert.equal(answer.status, 303);
    return pageOf(answer) ?? '';
  };
  const text = async (page: Visit, path: string): Promise<string> => {
    const answer = await page.get(own(path));
    assert.equal(answer.status, 200, `${path} ${answer.status} ${answer.headers.get('location')}`);
    return answer.text();
  };
  const isBack = async (page: Visit, answer: Response) =>
    assert.ok((await page.arrive(answer)).searchParams.get('code'), 'the app has its code');
  const refuses = async (answer: Response, expected: { field?: string; code: string }) => {
    assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
    const { field, code } = await shownError(answer);
    assert.deepEqual({ ...(field === undefined ? {} : { field }), code }, expected);
  };
  /** Sets an authenticator app up on the page that asks for it. */
  const bindTotp = async (page: Visit): Promise<{ secret: string; answer: Response }> => {
    const secret = totpSecret(await text(page, '/mfa-binding/Totp'));
    return { secret, answer: await page.post('/mfa-binding/Totp', { code: totpCode(secret, world.clock.time) }) };
  };

  describe('at sign-in', () => {
    beforeEach(() => useFactors(['Totp', 'WebAuthn', 'BackupCode', 'EmailVerificationCode']));

    it('ask for the code of the app, say that one is wrong, and sign in with the right one, blanks or not', async () => {
      const ana = await world.addPerson();
      const secret = await world.giveTotp(ana);
      const { page, location } = await arrive(ana);
      assert.equal(location, own('/mfa-verification/Totp'));
      await text(page, '/mfa-verification/Totp');
      const wrong = await page.post('/mfa-verification/Totp', { code: '000000' });
      await refuses(wrong, { field: 'code', code: 'session.mfa.invalid_totp_code' });
      const typed = world.nextCode(secret).replace(/^.../, '$& ');
      await isBack(page, await page.post('/mfa-verification/Totp', { code: typed }));
    });

    it('lead back to the first page, where another account can sign in', async () => {
      const [ana, bea] = [await world.addPerson(), await world.addPerson()];
      await world.giveTotp(ana);
      const { page } = await arrive(ana);
      const link = /href="([^"]*)">Sign in with another account</.exec(await text(page, '/mfa-verification/Totp'));
      const first = await page.get(decoded(link?.[1] ?? ''));
      assert.equal(first.status, 200);
      assert.match(await first.text(), /view-sign-in/);
      await isBack(page, await page.post('/sign-in', { username: bea.username, password }));
    });

    it('say that the account was deleted while it signed in, and lead back to the first page', async () => {
      const ana = await world.addPerson();
      await world.giveTotp(ana);
      const { page } = await arrive(ana);
      await world.operator.call('DELETE', `/api/users/${ana.id}`);
      const path = '/mfa-verification/Totp';
      const answers = [
        await page.get(own(path)),
        await page.post(path, { code: '000000' }),
        await page.get(own('/continue')),
      ];
      for (const answer of answers) {
        assert.equal(answer.status, 404);
        const html = await answer.text();
        assert.match(html, /This account was deleted while you were signing in/);
        const link = /class="button primary" href="([^"]*)"/.exec(html);
        const first = await page.get(decoded(link?.[1] ?? ''));
        assert.equal(first.status, 200);
        assert.match(await first.text(), /view-sign-in/);
      }
    });

    // security: second-factor-bypass
    it('come before all other pages: the first factor alone opens none', async () => {
      const ana = await world.addPerson();
      await world.giveTotp(ana);
      const { page } = await arrive(ana);
      const paths = [
        '/mfa-binding',
        '/mfa-binding/Totp',
        '/mfa-binding/WebAuthn',
        '/mfa-binding/BackupCode',
        '/continue',
      ];
      for (const path of paths) {
        assert.equal(leads(await page.get(own(path))), own('/mfa-verification/Totp'), path);
        if (path !== '/mfa-binding' && path !== '/continue')
          assert.equal(leads(await page.post(path, { code: '123456' })), own('/mfa-verification/Totp'), path);
      }
      assert.equal(leads(await page.post('/mfa-binding/skip', {})), own('/mfa-verification/Totp'));
    });

    // security: second-factor-bypass
    it('send a code to the address of the account on request, and show the address only masked', async () => {
      const ana = await world.addPerson({ email: true });
      await world.giveTotp(ana);
      const path = '/mfa-verification/EmailVerificationCode';
      const { page } = await arrive(ana);
      const before = await text(page, path);
      assert.ok(before.includes(`${path}/send`) && before.includes('a****@example.com') && !before.includes(ana.email));
      assert.doesNotMatch(before, /id="code"/);
      assert.ok(!world.post.received().includes(ana.email));
      // Without a code that was sent, no answer is right.
      assert.equal(leads(await page.post(path, { code: '123456' })), own(path));
      assert.equal(leads(await page.post(`${path}/send`, {})), own(path));
      const code = await world.post.codeTo(ana.email);
      assert.match(await text(page, path), /id="code"/);
      const wrong = code === '000000' ? '000001' : '000000';
      await refuses(await page.post(path, { code: wrong }), { field: 'code', code: 'verification_code.code_mismatch' });
      await isBack(page, await page.post(path, { code }));
    });

    it('take each backup code once', async () => {
      const ana = await world.addPerson();
      await world.giveTotp(ana);
      const made = await world.operator.call<{ codes: string[] }>('POST', `/api/users/${ana.id}/mfa-verifications`, {
        type: 'BackupCode',
      });
      const [code = ''] = made.codes;
      const first = await arrive(ana);
      assert.match(await text(first.page, '/mfa-verification/Totp'), /href="\/mfa-verification\/BackupCode\?/);
      await isBack(first.page, await first.page.post('/mfa-verification/BackupCode', { code }));
      const second = await arrive(ana);
      const again = await second.page.post('/mfa-verification/BackupCode', { code });
      await refuses(again, { field: 'code', code: 'session.mfa.invalid_backup_code' });
    });

    // security: second-factor-bypass
    it('refuse further codes for a while after many wrong ones, the right one included', async () => {
      const ana = await world.addPerson();
      const secret = await world.giveTotp(ana);
      await world.configure({ sentinelPolicy: { maxAttempts: 5, lockoutDuration: 10 } });
      const { page } = await arrive(ana);
      for (let tries = 0; tries < 5; tries += 1) await page.post('/mfa-verification/Totp', { code: '000000' });
      const locked = await page.post('/mfa-verification/Totp', { code: world.nextCode(secret) });
      await refuses(locked, { code: 'session.verification_blocked_too_many_attempts' });
      await world.configure({ sentinelPolicy: {} });
    });

    it('lead a user who returns to a page, or submits it twice, to the current step', async () => {
      const ana = await world.addPerson();
      const secret = await world.giveTotp(ana);
      const stranger = await visit(world.server);
      for (const path of ['/mfa-verification/Totp', '/mfa-binding', '/mfa-binding/BackupCode']) {
        assert.equal(leads(await stranger.get(own(path))), own('/sign-in'), path);
      }
      const { page } = await arrive(ana);
      for (const path of ['/mfa-verification/Nothing', '/mfa-verification/WebAuthn', '/mfa-verification/BackupCode'])
        assert.equal(leads(await page.get(own(path))), own('/mfa-verification/Totp'), path);
      assert.equal(leads(await page.post('/mfa-verification/Totp/send', {})), own('/mfa-verification/Totp'));
      await isBack(page, await page.post('/mfa-verification/Totp', { code: world.nextCode(secret) }));
      for (const late of [
        await page.post('/mfa-verification/Totp', { code: world.nextCode(secret) }),
        await page.get(own('/mfa-verification/Totp')),
      ]) {
        assert.equal(late.status, 400);
        assert.match(await late.text(), /view-unknown-session/);
      }
    });

    it('refuse forms that another site sent', async () => {
      const ana = await world.addPerson();
      await world.giveTotp(ana);
      const { page } = await arrive(ana);
      for (const path of [
        '/mfa-verification/Totp',
        '/mfa-verification/EmailVerificationCode/send',
        '/mfa-binding/Totp',
        '/mfa-binding/skip',
        '/mfa-binding/BackupCode',
      ]) {
        const answer = await page.post(path, { code: '123456' }, { origin: 'https://evil.example' });
        assert.equal(answer.status, 403, path);
      }
    });
  });

  describe('that an operator disables', () => {
    beforeEach(() => useFactors(['Totp', 'BackupCode'], 'Mandatory'));

    it('sign the user in when the form of a factor that is no longer required is sent', async () => {
      for (const path of ['/mfa-binding/Totp', '/mfa-binding/skip']) {
        await useFactors(['Totp', 'BackupCode'], 'Mandatory');
        const { page, location } = await arrive(await world.addPerson());
        assert.equal(location, own('/mfa-binding'));
        await useFactors([]);
        await isBack(page, await page.post(path, { code: '123456' }));
      }
    });

    it('sign the user in who was asked for a code', async () => {
      const ana = await world.addPerson();
      await world.giveTotp(ana);
      const { page, location } = await arrive(ana);
      assert.equal(location, own('/mfa-verification/Totp'));
      await useFactors([]);
      await isBack(page, await page.post('/mfa-verification/Totp', { code: '123456' }));
    });
  });

  describe('that has to be set up', () => {
    it('show the secret of an app until its code is right, then backup codes, and end the registration', async () => {
      await useFactors(['Totp', 'BackupCode'], 'Mandatory');
      const { page, location } = await register('bo');
      assert.equal(location, own('/mfa-binding'));
      assert.equal(leads(await page.get(location)), own('/mfa-binding/Totp'));
      const secret = totpSecret(await text(page, '/mfa-binding/Totp'));
      assert.match(secret, /^[A-Z2-7]{32}$/);
      assert.equal(totpSecret(await text(page, '/mfa-binding/Totp')), secret);
      const wrong = await page.post('/mfa-binding/Totp', { code: '000000' });
      assert.equal(totpSecret(await wrong.clone().text()), secret);
      await refuses(wrong, { field: 'code', code: 'session.mfa.invalid_totp_code' });
      // A required factor cannot be skipped.
      assert.equal(leads(await page.post('/mfa-binding/skip', {})), own('/mfa-binding'));
      const right = await page.post('/mfa-binding/Totp', { code: totpCode(secret, world.clock.time) });
      assert.equal(leads(right), own('/mfa-binding/BackupCode'));
      const codes = backupCodes(await text(page, '/mfa-binding/BackupCode'));
      assert.equal(codes.length, 10);
      assert.deepEqual(backupCodes(await text(page, '/mfa-binding/BackupCode')), codes);
      await isBack(page, await page.post('/mfa-binding/BackupCode', {}));

      const next = await arrive({ username: 'bo' });
      await isBack(next.page, await next.page.post('/mfa-verification/BackupCode', { code: codes[3] ?? '' }));
    });

    // security: second-factor-bypass
    it('do not store backup codes that were never shown', async () => {
      await useFactors(['Totp', 'BackupCode'], 'Mandatory');
      const { page } = await register('cy');
      const { answer } = await bindTotp(page);
      assert.equal(leads(answer), own('/mfa-binding/BackupCode'));
      assert.equal(leads(await page.post('/mfa-binding/BackupCode', {})), own('/mfa-binding/BackupCode'));
    });

    // security: second-factor-bypass
    it('make a passkey, and sign in with it; an answer counts once, and only for its question', async () => {
      await useFactors(['WebAuthn'], 'Mandatory');
      const device = createAuthenticator({ origin: world.server.url });
      const { page } = await register('di');
      const html = await text(page, '/mfa-binding/WebAuthn');
      const old = device.create(passkeyOptions(html));
      const payload = JSON.stringify(device.create(passkeyOptions(await text(page, '/mfa-binding/WebAuthn'))));
      const answerOf = (value: unknown) => page.post('/mfa-binding/WebAuthn', { payload: JSON.stringify(value) });
      await refuses(await answerOf(old), { code: 'session.mfa.webauthn_verification_failed' });
      // The previous challenge was consumed by a wrong answer.
      await refuses(await page.post('/mfa-binding/WebAuthn', { payload }), {
        code: 'session.mfa.webauthn_verification_failed',
      });
      const fresh = device.create(passkeyOptions(await text(page, '/mfa-binding/WebAuthn')));
      await isBack(page, await answerOf(fresh));

      const next = await arrive({ username: 'di' });
      const ask = async () => passkeyOptions(await text(next.page, '/mfa-verification/WebAuthn'));
      for (const broken of [
        '',
        'null',
        '{"id":1}',
        '{',
        JSON.stringify(device.get(await ask(), { origin: 'https://evil.example' })),
      ])
        await refuses(await next.page.post('/mfa-verification/WebAuthn', { payload: broken }), {
          code: 'session.mfa.webauthn_verification_failed',
        });
      const shown = JSON.stringify(device.get(await ask()));
      await isBack(next.page, await next.page.post('/mfa-verification/WebAuthn', { payload: shown }));
    });

    it('offer the other factors to a user whose passkey belongs to another host', async () => {
      await useFactors(['WebAuthn', 'Totp'], 'Mandatory');
      const device = createAuthenticator({ origin: world.server.url });
      const { page } = await register('io');
      const made = device.create(passkeyOptions(await text(page, '/mfa-binding/WebAuthn')));
      await isBack(page, await page.post('/mfa-binding/WebAuthn', { payload: JSON.stringify(made) }));
      const { system } = world.server.app.database;
      const [owner] = await system.raw<{ id: string }>(
        `update mfa_verifications f set rp_id = 'moved.example' from users u
          where u.id = f.user_id and u.username = 'io' returning u.id`,
      );
      const secret = await world.giveTotp({ id: owner?.id ?? '', username: 'io', email: '' });
      const next = await arrive({ username: 'io' });
      const answer = await next.page.get(own('/mfa-verification/WebAuthn'));
      assert.match(await answer.clone().text(), /href="[^"]*\/mfa-verification\/Totp/);
      const { message } = await shownError(answer);
      assert.equal(message, 'This second factor cannot be used here. Choose another.');
      await isBack(next.page, await next.page.post('/mfa-verification/Totp', { code: world.nextCode(secret) }));
    });

    it('ask for an address where codes can go, and count it as soon as its code was right', async () => {
      await useFactors(['EmailVerificationCode', 'BackupCode'], 'Mandatory');
      const { page } = await register('ed');
      const path = '/mfa-binding/EmailVerificationCode';
      assert.equal(leads(await page.get(own('/mfa-binding'))), own(path));
      assert.match(await text(page, path), /id="address"/);
      await refuses(await page.post(path, { address: 'not an address' }), {
        field: 'address',
        code: 'user.invalid_email',
      });
      assert.equal(leads(await page.post(path, { address: 'ed@example.com' })), own('/verification-code'));
      const code = await world.post.codeTo('ed@example.com');
      await isBack(page, await page.post('/verification-code', { code }));
      const next = await arrive({ username: 'ed' });
      assert.equal(next.location, own('/mfa-verification/EmailVerificationCode'));
    });
  });

  describe('that may be set up', () => {
    beforeEach(() => useFactors(['Totp', 'WebAuthn', 'EmailVerificationCode'], 'PromptAtSignInAndSignUp'));

    it('offer the choice, go on without a factor, and do not ask again', async () => {
      const fay = await world.addPerson();
      const { page, location } = await arrive(fay);
      assert.equal(location, own('/mfa-binding'));
      const choice = await text(page, '/mfa-binding');
      for (const factor of ['Totp', 'WebAuthn', 'EmailVerificationCode'])
        assert.ok(choice.includes(`href="/mfa-binding/${factor}?`), factor);
      await isBack(page, await page.post('/mfa-binding/skip', {}));
      const again = await arrive(fay);
      assert.match(again.location, /\/oidc\/auth\//);
    });

    it('make codes to the known address a factor at one press', async () => {
      const gil = await world.addPerson({ email: true });
      const { page } = await arrive(gil);
      const path = '/mfa-binding/EmailVerificationCode';
      assert.ok((await text(page, '/mfa-binding')).includes(`action="${path}"`));
      assert.equal(leads(await page.get(own(path))), own('/mfa-binding'));
      await isBack(page, await page.post(path, {}));
      const again = await arrive(gil);
      assert.equal(again.location, own('/mfa-verification/EmailVerificationCode'));
    });

    it('make codes to an address a factor that was added for it', async () => {
      const hal = await world.addPerson();
      const { page } = await arrive(hal);
      await page.post('/mfa-binding/EmailVerificationCode', { address: 'hal@example.com' });
      const code = await world.post.codeTo('hal@example.com');
      await isBack(page, await page.post('/verification-code', { code }));
      const again = await arrive(hal);
      assert.equal(again.location, own('/mfa-verification/EmailVerificationCode'));
    });

    it('set an app up after another one was looked at', async () => {
      const ida = await world.addPerson();
      const { page } = await arrive(ida);
      await text(page, '/mfa-binding/WebAuthn');
      const { secret, answer } = await bindTotp(page);
      await isBack(page, answer);
      const again = await arrive(ida);
      await isBack(again.page, await again.page.post('/mfa-verification/Totp', { code: world.nextCode(secret) }));
    });

    it('can be opened twice concurrently', async () => {
      for (const path of ['/mfa-binding/Totp', '/mfa-binding/WebAuthn']) {
        const { page } = await arrive(await world.addPerson());
        const answers = await race(world.server.app.database, 'interactions', [
          () => page.get(own(path)),
          () => page.get(own(path)),
        ]);
        assert.deepEqual(
          answers.map(({ status }) => status),
          [200, 200],
          path,
        );
      }
    });

    it('suggest a better factor than an address when one is required, and accept that the user declines', async () => {
      await useFactors(['Totp', 'EmailVerificationCode'], 'Mandatory');
      const jo = await world.addPerson({ email: true });
      const { page } = await arrive(jo);
      assert.equal(
        leads(await page.post('/mfa-verification/EmailVerificationCode/send', {})),
        own('/mfa-verification/EmailVerificationCode'),
      );
      const code = await world.post.codeTo(jo.email);
      assert.equal(leads(await page.post('/mfa-verification/EmailVerificationCode', { code })), own('/mfa-binding'));
      assert.match(await text(page, '/mfa-binding/Totp'), /action="\/mfa-binding\/skip"/);
      await isBack(page, await page.post('/mfa-binding/skip', {}));
    });
  });

  it('explain an unusual sign-in when it is the only reason to ask for a factor', async () => {
    await useFactors(['Totp'], 'NoPrompt', { adaptiveMfa: { enabled: true } });
    const kit = await world.addPerson();
    const secret = await world.giveTotp(kit);
    await world.operator.call('PATCH', `/api/users/${kit.id}/logto-configs`, { mfa: { skipMfaOnSignIn: true } });
    const first = await arrive(kit);
    assert.match(first.location, /\/oidc\/auth\//);
    world.clock.time += 400 * 24 * 3_600_000;
    const later = await arrive(kit);
    assert.equal(later.location, own('/mfa-verification/Totp'));
    assert.match(await text(later.page, '/mfa-verification/Totp'), /unusual|not usual|different/i);
    await isBack(later.page, await later.page.post('/mfa-verification/Totp', { code: world.nextCode(secret) }));
  });
});
