import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pageOf } from '../../../../test/support/agent.ts';
import { type Authenticator, createAuthenticator } from '../../../../test/support/authenticator.ts';
import { shownError, type Visit, visit } from '../../../../test/support/page-agent.ts';
import { type FactorWorld, openFactorWorld, password } from '../../../../test/support/second-factors.ts';

const decoded = (html: string): string => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
/** What the page's form asks of the browser. */
const optionsOn = (html: string) => JSON.parse(decoded(/data-options="([^"]*)"/.exec(html)?.[1] ?? 'null'));
const formOn = (html: string): string => /<form class="passkey[^>]*>/.exec(html)?.[0] ?? '';
const own = (path: string): string => `${path}?app_id=demo-app`;

const settings = {
  mfa: { factors: [], policy: 'NoPrompt' },
  passkeySignIn: { enabled: true, showPasskeyButton: true, allowAutofill: true },
};
const byIdentifier = {
  signIn: {
    methods: [
      { identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true },
      { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true },
    ],
  },
};
const byPassword = { signIn: { methods: byIdentifier.signIn.methods.slice(0, 1) } };

describe('the pages where passkeys sign in', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
  });
  beforeEach(() => world.configure({ ...settings, ...byPassword }));
  after(() => world?.close());

  const text = async (page: Visit, path: string) => {
    const answer = await page.get(own(path));
    assert.equal(answer.status, 200, `${path} ${answer.status} ${answer.headers.get('location')}`);
    return answer.text();
  };
  const isBack = async (page: Visit, answer: Response) =>
    assert.ok((await page.arrive(answer)).searchParams.get('code'), 'the app has its code');
  const leads = (answer: Response): string => {
    assert.equal(answer.status, 303);
    return pageOf(answer) ?? '';
  };
  /** From the password to the page that offers a passkey. */
  const arrive = async (username: string) => {
    const page = await visit(world.server);
    assert.equal(leads(await page.post('/sign-in', { username, password })), own('/mfa-binding'));
    assert.equal(leads(await page.get(own('/mfa-binding'))), own('/mfa-binding/WebAuthn'));
    return page;
  };
  const create = async (page: Visit, device: Authenticator) => {
    const payload = device.create(optionsOn(await text(page, '/mfa-binding/WebAuthn')));
    return page.post('/mfa-binding/WebAuthn', { payload: JSON.stringify(payload) });
  };
  const holder = async () => {
    const device = createAuthenticator({ origin: world.server.url });
    const person = await world.addPerson();
    const page = await arrive(person.username);
    await isBack(page, await create(page, device));
    return { person, device };
  };
  const answer = (page: Visit, device: Authenticator, html: string, more: Record<string, string> = {}) =>
    page.post('/sign-in/passkey', { payload: JSON.stringify(device.get(optionsOn(html))), ...more });

  it('offer one after a sign-in and after a sign-up, and sign in with it at once', async () => {
    const { device } = await holder();
    const page = await visit(world.server);
    await isBack(page, await answer(page, device, await text(page, '/sign-in')));
    const newcomer = await visit(world.server, { first_screen: 'register' });
    assert.equal(leads(await newcomer.post('/register', { username: 'newcomer', password })), own('/mfa-binding'));
    const offer = await text(newcomer, '/mfa-binding/WebAuthn');
    assert.match(offer, /Sign in faster next time/);
    await isBack(newcomer, await newcomer.post('/mfa-binding/skip', {}));
  });

  it('do not offer it again to a user who skipped it', async () => {
    const { username } = await world.addPerson();
    const page = await arrive(username);
    await isBack(page, await page.post('/mfa-binding/skip', {}));
    const again = await visit(world.server);
    await isBack(again, await again.post('/sign-in', { username, password }));
  });

  it('show the button and the suggestions of the browser as the settings say', async () => {
    const shown = async (passkeySignIn: object) => {
      await world.configure({ passkeySignIn });
      const html = await text(await visit(world.server), '/sign-in');
      return [
        /data-button/.test(formOn(html)),
        /data-autofill/.test(formOn(html)),
        /autocomplete="username webauthn"/.test(html),
        /passkey-sign-in\./.test(html),
      ];
    };
    assert.deepEqual(await shown({ enabled: true, showPasskeyButton: true, allowAutofill: false }), [
      true,
      false,
      false,
      true,
    ]);
    assert.deepEqual(await shown({ enabled: true, showPasskeyButton: false, allowAutofill: true }), [
      false,
      true,
      true,
      true,
    ]);
    assert.deepEqual(await shown({ enabled: true, showPasskeyButton: false, allowAutofill: false }), [
      false,
      false,
      false,
      false,
    ]);
    assert.deepEqual(await shown({ enabled: false, showPasskeyButton: true, allowAutofill: true }), [
      false,
      false,
      false,
      false,
    ]);
  });

  it('hide the button from browsers without scripts, and keep the password working beside it', async () => {
    const { person } = await holder();
    const page = await visit(world.server);
    const html = await text(page, '/sign-in');
    assert.match(formOn(html), / hidden/);
    await isBack(page, await page.post('/sign-in', { username: person.username, password }));
  });

  // security: passkey-sign-in
  it('say that an answer was refused, and ask again', async () => {
    const { device } = await holder();
    const page = await visit(world.server);
    const html = await text(page, '/sign-in');
    const wrong = JSON.stringify(device.get(optionsOn(html), { userVerified: false }));
    const refused = await page.post('/sign-in/passkey', { payload: wrong });
    assert.equal(refused.status, 400);
    const next = await refused.clone().text();
    assert.equal((await shownError(refused)).code, 'session.mfa.webauthn_verification_failed');
    assert.notEqual(optionsOn(next).challenge, optionsOn(html).challenge);
    // The page before it is of no use any more, also to who goes back.
    assert.equal((await answer(page, device, html)).status, 400);
    const latest = await text(page, '/sign-in');
    await isBack(page, await answer(page, device, latest));
    assert.equal((await page.post('/sign-in/passkey', { payload: 'no json' })).status >= 400, true);
  });

  it('ask on the page of the password for a passkey of the identifier, whether it is known or not', async () => {
    await world.configure({ ...settings, ...byIdentifier });
    const { person, device } = await holder();
    const asked = async (username: string) => {
      const page = await visit(world.server);
      assert.equal(leads(await page.post('/sign-in/identifier', { username })), own('/sign-in/password'));
      return { page, html: await text(page, '/sign-in/password') };
    };
    const [known, unknown] = [await asked(person.username), await asked('nobody_here')];
    for (const { html } of [known, unknown]) assert.equal(optionsOn(html).allowCredentials.length, 1);
    const stranger = createAuthenticator({ origin: world.server.url });
    assert.throws(() => stranger.get(optionsOn(unknown.html)));
    const { username } = person;
    const wrong = JSON.stringify(device.get(optionsOn(known.html), { userVerified: false }));
    const refused = await known.page.post('/sign-in/passkey', { payload: wrong, username });
    const again = await refused.text();
    assert.match(again, /view-sign-in-password/);
    await isBack(known.page, await answer(known.page, device, again, { username }));
  });

  it('ask for the terms first where a box has to be ticked', async () => {
    const { device } = await holder();
    const terms = { termsOfUseUrl: 'https://example.com/terms', agreeToTermsPolicy: 'Manual' };
    await world.configure(terms);
    const page = await visit(world.server);
    const refused = await answer(page, device, await text(page, '/sign-in'));
    assert.deepEqual((await shownError(refused.clone())).code, 'user.terms_required');
    await isBack(page, await answer(page, device, await refused.text(), { terms: 'yes' }));
    await world.configure({ termsOfUseUrl: null, agreeToTermsPolicy: 'Automatic' });
  });

  it('say once that a password was replaced, with passkeys beside it', async () => {
    await world.configure({ ...settings, ...byPassword, signIn: byIdentifier.signIn });
    const person = await world.addPerson({ email: true });
    const page = await visit(world.server);
    await page.post('/forgot-password', { address: person.email });
    await page.post('/verification-code', { code: await world.post.codeTo(person.email) });
    const done = await page.post('/forgot-password/reset', { password: 'tulips over stone' });
    const next = await page.get(done.headers.get('location') ?? '');
    assert.match(await next.text(), /Your password was changed/);
  });
});
