import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent, pageOf, withoutHandle } from '../../../../test/support/agent.ts';
import { type Operator, operate } from '../../../../test/support/operator.ts';
import { shownError, visit, visitOf } from '../../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const ada = { username: 'ada', password };

describe('the sign-in pages without scripts', () => {
  let server: TestServer;
  let operator: Operator;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(ada);
  });
  after(() => server?.close());

  it('register with a username and a password, and sign in with them', async () => {
    const first = await visit(server, { first_screen: 'register' });
    const home = await first.arrive(await first.post('/register', { username: 'grace', password }));
    assert.ok(home.searchParams.get('code'));
    const second = await visit(server);
    assert.ok(
      (await second.arrive(await second.post('/sign-in', { username: 'grace', password }))).searchParams.get('code'),
    );
  });

  // security: account-enumeration
  it('never tell an unknown name from a wrong password', async () => {
    const pages: string[] = [];
    for (const username of ['ada', 'eve']) {
      const person = await visit(server);
      const answer = await person.post('/sign-in', { username, password: 'not the password' });
      assert.equal(answer.status, 422);
      pages.push(withoutHandle(await answer.text()).replaceAll(`value="${username}"`, 'value="?"'));
    }
    assert.equal(pages[0], pages[1]);
    assert.ok(!pages[0]?.includes('not the password'));
  });

  it('lead from an error back to the application that it names, and nowhere else', async () => {
    const redirectUri = 'https://app.example/callback';
    const { id } = await operator.addApplication({ name: 'Harbour', type: 'SPA', redirectUri });
    const errorOf = async (clientId: string) => {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: 'https://evil.example/',
        response_type: 'code',
      });
      const answer = await fetch(`${server.url}/oidc/auth?${query}`, { headers: { accept: 'text/html' } });
      const html = await answer.text();
      assert.match(html, /view-error/);
      return html;
    };
    const html = await errorOf(id);
    assert.match(html, /<a class="button primary" href="https:\/\/app\.example\/">.*Back to Harbour/);
    assert.doesNotMatch(html, /href="https:\/\/evil/);
    assert.doesNotMatch(await errorOf('unknown'), /class="button primary"/);
  });

  // security: account-enumeration
  it('reveal a suspension only after the right password', async () => {
    const { id } = await operator.addUser({ username: 'mallory', password });
    await operator.call('PATCH', `/api/users/${id}/is-suspended`, { isSuspended: true });
    const person = await visit(server);
    assert.equal((await person.post('/sign-in', { username: 'mallory', password: 'wrong' })).status, 422);
    const answer = await person.post('/sign-in', { username: 'mallory', password });
    assert.equal(answer.status, 401);
    assert.equal((await shownError(answer)).code, 'user.suspended');
  });

  const refusals: { name: string; fields: Record<string, string>; field: string; code: string; status: number }[] = [
    {
      name: 'a taken username',
      fields: { username: 'ada', password },
      field: 'username',
      code: 'user.username_already_in_use',
      status: 422,
    },
    {
      name: 'a username that starts with a digit',
      fields: { username: '1ada', password },
      field: 'username',
      code: 'username_rejected.starts_with_digit',
      status: 422,
    },
    {
      name: 'no username',
      fields: { username: ' ', password },
      field: 'username',
      code: 'user.username_required',
      status: 422,
    },
    {
      name: 'one of the commonest passwords',
      fields: { username: 'bob', password: 'Password1' },
      field: 'password',
      code: 'password_rejected.pwned',
      status: 422,
    },
    {
      name: 'no password',
      fields: { username: 'bob', password: '' },
      field: 'password',
      code: 'user.password_required',
      status: 422,
    },
    {
      name: 'a short password',
      fields: { username: 'bob', password: 'a1b2' },
      field: 'password',
      code: 'password_rejected.too_short',
      status: 422,
    },
    {
      name: 'a password that repeats the username',
      fields: { username: 'barnaby', password: 'barnaby1' },
      field: 'password',
      code: 'password_rejected.restricted.user_info',
      status: 422,
    },
  ];
  for (const { name, fields, field, code, status } of refusals) {
    it(`show ${name} at its field, with the rest kept`, async () => {
      const person = await visit(server, { first_screen: 'register' });
      const answer = await person.post('/register', fields);
      assert.equal(answer.status, status);
      const copy = answer.clone();
      const shown = await shownError(answer);
      assert.deepEqual({ field: shown.field, code: shown.code }, { field, code });
      if (fields.username?.trim()) assert.match(await copy.text(), new RegExp(`value="${fields.username}"`));
    });
  }

  const rules: [username: string, policy: object, code: string, sentences: string[]][] = [
    [
      'ada',
      { minLength: 6 },
      'too_short',
      [
        'The username is too short. Use at least 6 characters.',
        'El nombre de usuario es demasiado corto. Usa al menos 6 caracteres.',
        '用户名太短，请至少使用 6 个字符。',
      ],
    ],
    ['long_name', { maxLength: 4 }, 'too_long', ['The username is too long. Use at most 4 characters.']],
    ['a b', {}, 'unsupported_characters', ['Use only the letters a to z, digits and underscores.']],
    [
      'Ada',
      { allowedChars: { uppercase: false } },
      'uppercase_not_allowed',
      ['Uppercase letters are not allowed. Use lowercase letters.'],
    ],
    [
      'ada',
      { allowedChars: { lowercase: false } },
      'lowercase_not_allowed',
      ['Lowercase letters are not allowed. Use uppercase letters.'],
    ],
    ['ada7', { allowedChars: { numbers: false } }, 'numbers_not_allowed', ['Digits are not allowed in a username.']],
    [
      'a_da',
      { allowedChars: { underscore: false } },
      'underscore_not_allowed',
      ['Underscores are not allowed in a username.'],
    ],
  ];
  const again = [
    ' Then enter the password again.',
    ' Después, escribe de nuevo la contraseña.',
    '然后请重新输入密码。',
  ];
  for (const [username, usernamePolicy, code, sentences] of rules) {
    it(`say which rule a username breaks (${code}), in the language of the person`, async () => {
      await operator.configure({ usernamePolicy });
      for (const [at, sentence] of sentences.entries()) {
        const person = await visit(server, { ui_locales: ['en', 'es', 'zh-CN'][at] ?? 'en' });
        const shown = await shownError(await person.post('/register', { username, password }));
        assert.deepEqual([shown.field, shown.code], ['username', `username_rejected.${code}`]);
        assert.equal(shown.message, `${sentence}${again[at]}`);
      }
      await operator.configure({ usernamePolicy: {} });
    });
  }

  it('speak the language that the application asked for', async () => {
    const person = await visit(server, { ui_locales: 'es-MX' });
    const page = await person.get('/sign-in?app_id=demo-app');
    assert.equal(page.headers.get('content-language'), 'es');
    const { message } = await shownError(await person.post('/register', { username: 'bob', password: 'corta' }));
    assert.match(message, /contraseña/);
  });

  it('show that the sign-in has expired without its cookie and after it was finished', async () => {
    const stranger = visitOf(server, createAgent());
    for (const answer of [
      await stranger.get('/sign-in?app_id=demo-app'),
      await stranger.get('/register'),
      await stranger.get('/continue'),
      await stranger.post('/sign-in', { ...ada }, { 'sec-fetch-site': 'same-origin' }),
    ]) {
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), /view-unknown-session/);
    }
    const person = await visit(server);
    await person.arrive(await person.post('/sign-in', ada));
    const late = await person.post('/sign-in', ada);
    assert.equal(late.status, 400);
    assert.match(await late.text(), /view-unknown-session/);
  });

  // security: foreign-forms
  it('refuse forms that another site sent', async () => {
    const person = await visit(server);
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: new URL(server.url).origin, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      for (const path of ['/sign-in', '/register', '/continue', '/sign-in/social/any']) {
        const answer = await person.post(path, ada, headers);
        assert.equal(answer.status, 403, `${path} ${JSON.stringify(headers)}`);
      }
    }
    const oldWebView = await person.agent.fetch(`${server.url}/sign-in`, {
      method: 'POST',
      body: new URLSearchParams({ app_id: 'demo-app', ...ada }),
    });
    assert.equal(oldWebView.status, 303);
  });

  // security: foreign-forms
  it('forbid framing, caching and inline scripts', async () => {
    const person = await visit(server);
    const { headers } = await person.get('/sign-in?app_id=demo-app');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  it('serve immutable files, in the encoding that the browser accepts', async () => {
    const person = await visit(server);
    const html = await (await person.get('/sign-in?app_id=demo-app')).text();
    const paths = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
    assert.ok(paths.length >= 2);
    for (const path of paths) {
      for (const encoding of ['br', 'gzip', 'identity']) {
        const answer = await person.get(path, { 'accept-encoding': encoding });
        assert.equal(answer.headers.get('content-encoding'), encoding === 'identity' ? null : encoding);
        assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
        assert.ok((await answer.text()).length > 100);
      }
    }
    assert.equal((await person.get('/assets/page.0000000000.css')).status, 404);
  });

  // security: closed-registration
  it('keep registration closed on every path when it is switched off', async () => {
    await operator.configure({ signInMode: 'SignIn' });
    const person = await visit(server, { first_screen: 'register' });
    assert.equal(pageOf(await person.get('/register?app_id=demo-app')), '/sign-in?app_id=demo-app');
    assert.doesNotMatch(await (await person.get('/sign-in?app_id=demo-app')).text(), /href="\/register/);
    const answer = await person.post('/register', { username: 'zoe', password });
    assert.equal(answer.status, 422);
    assert.equal((await shownError(answer)).code, 'user.sign_up_method_not_enabled');
    await operator.configure({ signInMode: 'SignInAndRegister' });
    assert.ok(!(await operator.users()).some(({ username }) => username === 'zoe'));
  });

  it('keep sign-in closed when only registration is on', async () => {
    await operator.configure({ signInMode: 'Register' });
    const person = await visit(server);
    assert.equal(pageOf(await person.get('/sign-in?app_id=demo-app')), '/register?app_id=demo-app');
    assert.equal((await person.post('/sign-in', ada)).status, 422);
    await operator.configure({ signInMode: 'SignInAndRegister' });
  });

  it('ask to accept the terms when the tenant requires it', async () => {
    await operator.configure({
      termsOfUseUrl: 'https://example.com/terms',
      agreeToTermsPolicy: 'ManualRegistrationOnly',
    });
    const person = await visit(server);
    const refused = await person.post('/register', { username: 'tess', password });
    assert.equal(refused.status, 422);
    assert.deepEqual((await shownError(refused)).field, 'terms');
    assert.equal((await person.post('/register', { username: 'tess', password, terms: 'yes' })).status, 303);
    const known = await visit(server);
    assert.equal((await known.post('/sign-in', ada)).status, 303);
    await operator.configure({ termsOfUseUrl: null, agreeToTermsPolicy: 'Automatic' });
  });

  it('ask new users for the chosen profile fields once, and keep invalid input in the form', async () => {
    const parts = [
      { name: 'locality', type: 'Text', enabled: true, required: true },
      { name: 'country', type: 'Text', enabled: true, required: false },
      { name: 'region', type: 'Text', enabled: false, required: true },
    ];
    await operator.call('POST', '/api/custom-profile-fields/batch', [
      { name: 'name', type: 'Text', required: true },
      { name: 'address', type: 'Address', required: false, config: { parts } },
      { name: 'birthdate', type: 'Date', required: true, config: { format: 'dd/MM/yyyy' } },
      { name: 'news', type: 'Checkbox', label: 'Send me news', required: false },
      { name: 'plan', type: 'Select', required: true, config: { options: [{ value: 's', label: 'Small' }] } },
      { name: 'code', type: 'Regex', required: true, config: { format: '^[A-Z]{3}$' } },
    ]);
    const person = await visit(server);
    const begun = await person.post('/register', { username: 'mei', password });
    assert.equal(pageOf(begun), '/continue?app_id=demo-app');
    const page = await (await person.get('/continue?app_id=demo-app')).text();
    for (const shown of ['Date of birth', 'City', 'Send me news', '<option value="s">Small</option>'])
      assert.ok(page.includes(shown), shown);
    assert.ok(!page.includes('region'));
    const answers = {
      'profile.name': 'Mei',
      'profile.address.locality': 'Vigo',
      'profile.birthdate': '2001-12-31',
      'profile.news': 'yes',
      'profile.plan': 's',
      'profile.code': 'ABC',
    };
    const wrong: [string, string, RegExp][] = [
      ['profile.address.locality', '', /Fill this in/],
      ['profile.birthdate', '2001-02-30', /dd\/MM\/yyyy/],
      ['profile.plan', 'xl', /Choose one/],
      ['profile.code', 'abc', /Check the format/],
    ];
    for (const [name, value, sentence] of wrong) {
      const refused = await person.post('/continue', { ...answers, [name]: value });
      assert.equal(refused.status, 400, name);
      assert.match(await refused.clone().text(), /value="Mei"/);
      const error = await shownError(refused);
      assert.equal(error.field, name.replaceAll('.', '-'));
      assert.match(error.message, sentence);
    }
    const home = await person.arrive(await person.post('/continue', answers));
    assert.ok(home.searchParams.get('code'));
    const mei = (await operator.users()).find(({ username }) => username === 'mei') as unknown as Record<
      string,
      unknown
    >;
    assert.equal(mei.name, 'Mei');
    assert.deepEqual(mei.profile, { address: { locality: 'Vigo' }, birthdate: '31/12/2001' });
    assert.deepEqual(mei.customData, { news: true, plan: 's', code: 'ABC' });
    const back = await visit(server);
    assert.ok((await back.arrive(await back.post('/sign-in', { username: 'mei', password }))).searchParams.get('code'));
    await operator.configure({ signUpProfileFields: [] });
  });

  it('ask for a new password when the old one has expired, before the sign-in completes', async () => {
    const { id } = await operator.addUser({ username: 'pia', password });
    await operator.call('PATCH', `/api/users/${id}/password/expiration`, { isExpired: true });
    const person = await visit(server);
    const answer = await person.post('/sign-in', { username: 'pia', password });
    assert.equal(pageOf(answer), '/continue?app_id=demo-app');
    const page = await (await person.get('/continue?app_id=demo-app')).text();
    assert.match(page, /Your password has expired/);
    // The password manager keeps the new password under that name.
    assert.match(page, /autocomplete="username" value="pia"/);
    const same = await person.post('/continue', { password });
    assert.deepEqual([same.status, (await shownError(same)).code], [422, 'user.same_password']);
    const home = await person.arrive(await person.post('/continue', { password: 'hyacinths over sand' }));
    assert.ok(home.searchParams.get('code'));
    const back = await visit(server);
    const again = await back.post('/sign-in', { username: 'pia', password: 'hyacinths over sand' });
    assert.ok((await back.arrive(again)).searchParams.get('code'));
    await operator.call('PATCH', `/api/users/${id}/password/expiration`, { isExpired: true });
    await operator.call('PATCH', `/api/users/${id}/password/expiration`, { isExpired: false });
    const restored = await visit(server);
    const last = await restored.post('/sign-in', { username: 'pia', password: 'hyacinths over sand' });
    assert.ok((await restored.arrive(last)).searchParams.get('code'));
  });

  it('find a user regardless of case when usernames are not case sensitive', async () => {
    await operator.addUser({ username: 'KarlA', password });
    await operator.configure({ usernamePolicy: { caseSensitive: false } });
    for (const username of ['KarlA', 'karla', 'KARLA']) {
      const person = await visit(server);
      assert.ok((await person.arrive(await person.post('/sign-in', { username, password }))).searchParams.get('code'));
    }
    const other = await visit(server);
    const taken = await other.post('/register', { username: 'karlA', password });
    assert.equal((await shownError(taken)).code, 'user.username_already_in_use');
    await operator.configure({ usernamePolicy: { caseSensitive: true } });
    const strict = await visit(server);
    assert.equal((await strict.post('/sign-in', { username: 'karla', password })).status, 422);
  });

  it('begin with the nearest existing page for unknown screens', async () => {
    const person = await visit(server);
    for (const [path, target] of [
      ['/identifier-register', '/register'],
      ['/identifier-sign-in', '/sign-in'],
      ['/single-sign-on', '/single-sign-on/email'],
      ['/single-sign-on/email', '/sign-in'],
      ['/single-sign-on/connectors', '/sign-in'],
      ['/reset-password', '/forgot-password'],
      ['/direct/sso/unknown', '/sign-in'],
      ['/direct/social/unknown', '/sign-in'],
    ]) {
      const answer = await person.get(`${path}?app_id=demo-app`);
      assert.equal(answer.status, 303, path);
      assert.equal(pageOf(answer), `${target}?app_id=demo-app`, path);
    }
  });

  it('use few SQL statements for a sign-in', async () => {
    const person = await visit(server);
    const before = server.app.database.statements.count;
    await person.post('/sign-in', ada);
    assert.ok(server.app.database.statements.count - before <= 12, `${server.app.database.statements.count - before}`);
  });
});
