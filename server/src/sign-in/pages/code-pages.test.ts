import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { pageOf, withoutHandle } from '../../../../test/support/agent.ts';
import type { Operator } from '../../../../test/support/operator.ts';
import { shownError, type Visit, visit } from '../../../../test/support/page-agent.ts';
import { type PostOffice, type PostServer, startPostServer } from '../../../../test/support/post-office.ts';
import type { TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const method = (identifier: string, byPassword: boolean) => ({
  identifier,
  password: byPassword,
  verificationCode: identifier !== 'username',
  isPasswordPrimary: byPassword,
});
const open = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [method('username', true), method('email', true), method('phone', false)] },
  signUp: { identifiers: ['email'], password: false, verify: true, secondaryIdentifiers: [] },
  agreeToTermsPolicy: 'Automatic',
  termsOfUseUrl: null,
  emailBlocklistPolicy: {},
  signUpProfileFields: [],
  sentinelPolicy: {},
};
const at = (page: string) => `${page}?app_id=demo-app`;
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('codes on the sign-in pages, without scripts,', () => {
  let world: PostServer;
  let post: PostOffice;
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    world = await startPostServer();
    ({ post, server, operator } = world);
    await post.addEmail(operator);
    await post.addPhone(operator);
    await operator.configure(open);
  });
  after(() => world?.close());
  afterEach(async () => {
    world.clock.ahead = 0;
    await operator.configure(open);
  });

  let number = 0;
  const newEmail = () => {
    number += 1;
    return `person${number}@example.com`;
  };
  const addUser = async (more: object = {}) => {
    const user = { username: `user${number + 1}`, primaryEmail: newEmail(), password, ...more };
    const { id } = await operator.call<{ id: string }>('POST', '/api/users', user);
    return { ...user, id };
  };
  const find = async (address: string) => {
    const people = await operator.call<{ primaryEmail: string | null; primaryPhone: string | null }[]>(
      'GET',
      `/api/users?search=%25${encodeURIComponent(address)}%25`,
    );
    return people.length === 1 ? people[0] : undefined;
  };
  /** Asks for a code with a form of the pages. */
  const ask = async (person: Visit, path: string, fields: Record<string, string>) => {
    const answer = await person.post(path, fields);
    assert.deepEqual([answer.status, pageOf(answer)], [303, at('/verification-code')], await answer.text());
  };
  const answer = async (person: Visit, recipient: string) =>
    person.post('/verification-code', { code: await post.codeTo(recipient) });
  const arrives = async (person: Visit, sent: Response) =>
    assert.ok((await person.arrive(sent)).searchParams.get('code'));
  const refuses = async (sent: Response, expected: [status: number, field: string | undefined, code: string]) => {
    const shown = await shownError(sent);
    assert.deepEqual([sent.status, shown.field, shown.code], expected);
  };

  it('sign in by email and by phone', async () => {
    const { primaryEmail } = await addUser({ primaryPhone: '34600111333' });
    const person = await visit(server);
    assert.match(await (await person.get(at('/sign-in'))).text(), /action="\/sign-in\/identifier"/);
    const typed = primaryEmail.replace('person', 'Person');
    await ask(person, '/sign-in/code', { username: ` ${typed} ` });
    const page = await (await person.get(at('/verification-code'))).text();
    assert.match(page, new RegExp(`<strong>${typed}</strong>`));
    const code = await post.codeTo(typed);
    await refuses(await person.post('/verification-code', { code: wrong(code) }), [
      400,
      'code',
      'verification_code.code_mismatch',
    ]);
    // Messages show codes with blanks in them, and people copy those.
    await arrives(person, await person.post('/verification-code', { code: ` ${code.slice(0, 3)} ${code.slice(3)}` }));

    const other = await visit(server);
    await ask(other, '/sign-in/code', { username: '0034 (600) 111-333' });
    await arrives(other, await answer(other, '34600111333'));
  });

  it('are sent only to addresses that sign in with them', async () => {
    const person = await visit(server);
    const send = (username: string) => person.post('/sign-in/code', { username });
    await refuses(await send('ada'), [400, 'username', 'user.invalid_email']);
    await refuses(await send(''), [400, 'username', 'user.invalid_email']);
    await refuses(await send('12'), [422, 'username', 'user.invalid_phone']);
    const username = { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] };
    await operator.configure({
      signUp: username,
      signIn: { methods: [method('username', true), method('phone', true)] },
    });
    await refuses(await send('ada@example.com'), [422, 'username', 'user.invalid_phone']);
    await operator.configure({ signIn: { methods: [method('username', true)] } });
    assert.doesNotMatch(await (await person.get(at('/sign-in'))).text(), /\/sign-in\/code/);
    assert.equal((await send('ada@example.com')).status, 422);
  });

  it('are the only way in where there is no password', async () => {
    const { primaryEmail } = await addUser();
    await operator.configure({ signIn: { methods: [method('email', false)] } });
    const person = await visit(server);
    const page = await (await person.get(at('/sign-in'))).text();
    assert.match(page, /action="\/sign-in\/code"/);
    assert.doesNotMatch(page, /type="password"|\/forgot-password/);
    await ask(person, '/sign-in/code', { username: primaryEmail });
    await arrives(person, await answer(person, primaryEmail));
  });

  // security: account-enumeration
  it('do not reveal whether an account exists when registration is closed', async () => {
    const { primaryEmail } = await addUser();
    await operator.configure({ signInMode: 'SignIn' });
    const ways: string[][] = [];
    for (const username of [primaryEmail, 'nobody@example.com']) {
      const person = await visit(server);
      const way: string[] = [];
      const keep = async (sent: Response) =>
        way.push(`${sent.status} ${pageOf(sent)} ${withoutHandle(await sent.text()).replaceAll(username, '?')}`);
      await keep(await person.post('/sign-in/code', { username }));
      await keep(await person.get(at('/verification-code')));
      await keep(await person.post('/verification-code', { code: 'wrong' }));
      await keep(await person.post('/verification-code/send', {}));
      ways.push(way);
    }
    assert.deepEqual(ways[0], ways[1]);
    await post.codeTo(primaryEmail);
    assert.doesNotMatch(post.received(), /nobody@/);
  });

  it('create an account for a new address after the user accepted the terms', async () => {
    const [first, second] = [newEmail(), newEmail()];
    const person = await visit(server);
    await ask(person, '/sign-in/code', { username: first });
    await arrives(person, await answer(person, first));
    assert.ok(await find(first));

    await operator.configure({
      termsOfUseUrl: 'https://example.com/terms',
      agreeToTermsPolicy: 'ManualRegistrationOnly',
    });
    const asked = await visit(server);
    await ask(asked, '/sign-in/code', { username: second });
    const page = await answer(asked, second);
    const copy = await page.clone().text();
    assert.match(copy, /action="\/register\/code"/);
    assert.match(copy, new RegExp(`name="address" value="${second}"`));
    await refuses(page, [422, 'terms', 'user.terms_required']);
    assert.equal(await find(second), undefined);
    await refuses(await asked.post('/register/code', { address: second }), [422, 'terms', 'user.terms_required']);
    // The address is proved, so no other code is asked for.
    await arrives(asked, await asked.post('/register/code', { address: second, terms: 'yes' }));
    assert.ok(await find(second));
    const known = await visit(server);
    await ask(known, '/sign-in/code', { username: second });
    await arrives(known, await answer(known, second));
  });

  it('register with an address, and ask for the other required details after it', async () => {
    await operator.configure({
      signIn: { methods: [method('email', true), method('phone', true)] },
      signUp: { ...open.signUp, identifiers: ['email', 'phone'], password: true },
    });
    const address = newEmail();
    const person = await visit(server, { first_screen: 'register' });
    assert.match(await (await person.get(at('/register'))).text(), /action="\/register\/code"/);
    await refuses(await person.post('/register/code', { address: 'ada@' }), [400, 'address', 'user.invalid_email']);
    await refuses(await person.post('/register/code', { address: '+34' }), [422, 'address', 'user.invalid_phone']);
    await ask(person, '/register/code', { address });
    assert.equal(pageOf(await answer(person, address)), at('/continue'));
    assert.equal(pageOf(await person.get(at('/verification-code'))), at('/continue'));
    // A password must not contain the details that were just entered.
    const same = await person.post('/continue', { password: address });
    await refuses(same, [422, 'password', 'password_rejected.restricted.user_info']);
    await arrives(person, await person.post('/continue', { password }));
    const back = await visit(server);
    await arrives(back, await back.post('/sign-in', { username: address, password }));
  });

  // security: account-enumeration
  it('register no account with a taken address, which only its owner learns, or with an address that is not accepted', async () => {
    const { primaryEmail } = await addUser();
    const person = await visit(server, { first_screen: 'register' });
    await ask(person, '/register/code', { address: primaryEmail });
    const page = await answer(person, primaryEmail);
    await refuses(page, [422, undefined, 'user.email_already_in_use']);
    await operator.configure({ emailBlocklistPolicy: { customBlocklist: ['@example.org'] } });
    const blocked = await person.post('/register/code', { address: 'ada@example.org' });
    await refuses(blocked, [422, 'address', 'session.email_blocklist.email_not_allowed']);
    // From the sign-in page the user learns it with the code, before other details are asked for.
    await operator.configure({ signUp: { identifiers: ['email'], password: true, verify: true } });
    await ask(person, '/sign-in/code', { username: 'ada@example.org' });
    const told = await answer(person, 'ada@example.org');
    await refuses(told, [422, undefined, 'session.email_blocklist.email_not_allowed']);
    await operator.configure({ signInMode: 'SignIn' });
    assert.equal((await person.post('/register/code', { address: newEmail() })).status, 422);
  });

  it('ask for a missing address before other details', async () => {
    await operator.configure({
      signUp: {
        identifiers: ['username'],
        password: true,
        verify: true,
        secondaryIdentifiers: [{ identifier: 'email', verify: true }],
      },
    });
    const address = newEmail();
    const taken = await addUser();
    const person = await visit(server, { first_screen: 'register' });
    assert.equal(pageOf(await person.post('/register', { username: `new${number}`, password })), at('/continue'));
    assert.match(await (await person.get(at('/continue'))).text(), /action="\/continue\/address"/);
    assert.equal(pageOf(await person.get(at('/verification-code'))), at('/continue'));
    await refuses(await person.post('/continue/address', { address: 'ada' }), [400, 'address', 'user.invalid_email']);
    await ask(person, '/continue/address', { address: taken.primaryEmail });
    await refuses(await answer(person, taken.primaryEmail), [422, undefined, 'user.email_already_in_use']);
    assert.match(
      await (await person.get(at('/verification-code'))).text(),
      /href="\/continue\?app_id=demo-app&amp;interaction=/,
    );
    await ask(person, '/continue/address', { address });
    await arrives(person, await answer(person, address));
    assert.ok(await find(address));

    const old = await addUser({ primaryEmail: undefined, username: `old${number}` });
    const own = newEmail();
    const back = await visit(server);
    assert.equal(pageOf(await back.post('/sign-in', { username: old.username, password })), at('/continue'));
    await ask(back, '/continue/address', { address: own });
    await arrives(back, await answer(back, own));
    const again = await visit(server);
    await arrives(again, await again.post('/sign-in', { username: old.username, password }));
  });

  it('take either an email address or a phone number, and the one that was asked for last', async () => {
    await operator.configure({
      signUp: {
        identifiers: ['username'],
        password: true,
        verify: true,
        secondaryIdentifiers: [{ identifier: 'emailOrPhone', verify: true }],
      },
    });
    const person = await visit(server, { first_screen: 'register' });
    await person.post('/register', { username: `either${number}`, password });
    const address = newEmail();
    await ask(person, '/continue/address', { address });
    await post.codeTo(address);
    await ask(person, '/continue/address', { address: '+34 600 111 444' });
    await arrives(person, await answer(person, '34600111444'));
    assert.ok(await find('34600111444'));
    assert.equal(await find(address), undefined);
  });

  it('can be requested again up to the limit, and a new code replaces the one before', async () => {
    const { primaryEmail } = await addUser();
    const person = await visit(server);
    await ask(person, '/sign-in/code', { username: primaryEmail });
    const first = await post.codeTo(primaryEmail);
    const seconds = async () =>
      Number(/data-after="(\d+)"/.exec(await (await person.get(at('/verification-code'))).text())?.[1] ?? 0);
    const wait = await seconds();
    assert.ok(wait > 10 && wait <= 30, `the page asks to wait ${wait} s for the message`);
    world.clock.ahead = 30_000;
    assert.equal(await seconds(), 0);
    const again = await person.post('/verification-code/send', {});
    assert.equal(pageOf(again), `${at('/verification-code')}&notice=resent`);
    assert.match(await (await person.get(`${at('/verification-code')}&notice=resent`)).text(), /We sent another code/);
    const second = await post.codeTo(primaryEmail);
    if (first !== second) assert.equal((await person.post('/verification-code', { code: first })).status, 400);
    for (let count = 2; count < 10; count += 1) await person.post('/verification-code/send', {});
    const last = await person.post('/verification-code/send', {});
    assert.match(await last.clone().text(), /Too many messages were sent/);
    await refuses(last, [429, undefined, 'request.message_rate_limited']);
    let code = second;
    for (let count = 2; count < 10; count += 1) code = await post.codeTo(primaryEmail);
    await arrives(person, await person.post('/verification-code', { code }));
  });

  it('accept only a few attempts, for a limited time', async () => {
    const { primaryEmail } = await addUser();
    await operator.configure({ sentinelPolicy: { maxAttempts: 2, lockoutDuration: 60 } });
    const person = await visit(server);
    await ask(person, '/sign-in/code', { username: primaryEmail });
    world.clock.ahead = 601_000;
    const code = await post.codeTo(primaryEmail);
    const expired = await person.post('/verification-code', { code });
    await refuses(expired, [400, 'code', 'verification_code.expired']);
    await person.post('/verification-code', { code: wrong(code) });
    const blocked = await person.post('/verification-code', { code });
    assert.match(await blocked.clone().text(), /Try again in 60 minutes/);
    await refuses(blocked, [400, undefined, 'session.verification_blocked_too_many_attempts']);
  });

  it('can be replaced by a password, also after the Back button', async () => {
    const { username, primaryEmail } = await addUser();
    const person = await visit(server);
    await ask(person, '/sign-in/code', { username: primaryEmail });
    const code = await post.codeTo(primaryEmail);
    assert.match(
      await (await person.get(at('/verification-code'))).text(),
      /href="\/sign-in\?app_id=demo-app&amp;interaction=/,
    );
    await arrives(person, await person.post('/sign-in', { username, password }));
    const late = await person.post('/verification-code', { code });
    assert.equal(late.status, 400);
    assert.match(await late.text(), /view-unknown-session/);
  });

  it('go on where the first form led when one is sent twice', async () => {
    await operator.configure({
      signIn: { methods: [method('email', true)] },
      signUp: { ...open.signUp, password: true },
    });
    const address = newEmail();
    const person = await visit(server);
    const asked = await Promise.all([1, 2].map(() => person.post('/register/code', { address })));
    assert.deepEqual(asked.map(pageOf), [at('/verification-code'), at('/verification-code')]);
    const page = await person.get(at('/verification-code'));
    assert.equal(page.status, 200);
    await person.post('/verification-code/send', {});
    await post.codeTo(address);
    await post.codeTo(address);
    const code = await post.codeTo(address);
    const answers = await Promise.all([1, 2].map(() => person.post('/verification-code', { code })));
    assert.ok(answers.some((sent) => pageOf(sent) === at('/continue')));
    for (const { status } of answers) assert.ok(status < 500, String(status));
    assert.equal(pageOf(await person.post('/verification-code', { code })), at('/continue'));
    assert.equal(pageOf(await person.post('/verification-code/send', {})), at('/continue'));
  });

  it('are written in the language of the page', async () => {
    const templates = [
      {
        languageTag: 'es',
        templateType: 'Generic',
        details: { subject: 'Hola', content: 'Code {{code}}: tu código' },
      },
    ];
    await operator.call('PUT', '/api/email-templates', { templates });
    const { primaryEmail } = await addUser();
    const person = await visit(server, { ui_locales: 'es-MX' });
    await ask(person, '/sign-in/code', { username: primaryEmail });
    await post.codeTo(primaryEmail);
    assert.match(post.received(), /Code \d{6}: tu/);
  });

  it('are refused from forms of other sites, and their page needs a sign-in in progress', async () => {
    const person = await visit(server);
    for (const path of ['/sign-in/code', '/register/code', '/continue/address', '/verification-code']) {
      assert.equal((await person.post(path, {}, { origin: 'https://evil.example' })).status, 403, path);
    }
  });
});
