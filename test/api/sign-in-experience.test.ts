import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes } from '@aldaba/contract';
import { createLog } from '../../server/src/kernel/log.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage, managerWith } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const password = (identifier: string) => ({
  identifier,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
});

describe('Sign-in experience', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    const warn = (fields: object) => warnings.push(fields);
    server = await startServer({ world: { log: { ...createLog('silent'), warn } } });
    api = await manage(server);
    await api.patch('/api/configs/inbox', { enabled: false });
  });
  after(() => server.close());
  const warnings: object[] = [];
  const change = (settings: object) => api.patch('/api/sign-in-exp', settings);

  it('starts with username and password, and returns every setting', async () => {
    const { body } = await api.get('/api/sign-in-exp');
    assert.deepEqual([body.tenantId, body.id, body.signInMode], ['default', 'default', 'SignInAndRegister']);
    assert.deepEqual(body.signIn.methods, [password('username')]);
    assert.deepEqual(body.passwordPolicy.length, { min: 8, max: 256 });
  });

  it('updates the given settings and keeps the rest', async () => {
    const color = { primaryColor: '#123456', isDarkModeEnabled: true, darkPrimaryColor: '#abcdef' };
    const changed = await change({ color, termsOfUseUrl: 'https://terms.test' });
    assert.deepEqual([changed.status, changed.body.color], [200, color]);
    const again = await change({ branding: { logoUrl: 'https://img.test/logo.svg' } });
    assert.deepEqual(again.body.color, color);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body, again.body);
  });

  it('accepts a sign-up without any identifier', async () => {
    const changed = await change({ signUp: { identifiers: [], password: false, verify: false } });
    assert.equal(changed.status, 200);
    assert.deepEqual(changed.body.signUp.identifiers, []);
    assert.equal((await change({ signIn: { methods: [] } })).status, 200);
    await change({
      signIn: { methods: [password('username')] },
      signUp: { identifiers: ['username'], password: true, verify: false },
    });
  });

  const refusals: [string, string, object][] = [
    [
      'a social connector that does not exist',
      'enabled_connector_not_found',
      { socialSignInConnectorTargets: ['wechat'] },
    ],
    [
      'codes by mail without a mail connector',
      'enabled_connector_not_found',
      { signIn: { methods: [password('username'), { ...password('email'), verificationCode: true }] } },
    ],
    [
      'a username without a password',
      'username_requires_password',
      { signUp: { identifiers: ['username'], password: false, verify: false } },
    ],
    [
      'email addresses that nobody verified',
      'passwordless_requires_verify',
      { signUp: { identifiers: ['email'], password: true, verify: false } },
    ],
    [
      'a way to sign in without a factor',
      'at_least_one_authentication_factor',
      { signIn: { methods: [{ ...password('username'), password: false }] } },
    ],
    [
      'one identifier twice',
      'not_one_and_only_one_primary_sign_in_method',
      { signIn: { methods: [password('username'), password('username')] } },
    ],
    [
      'signing up with what nobody can sign in with',
      'miss_sign_up_identifier_in_sign_in',
      {
        signIn: { methods: [password('phone')] },
        signUp: { identifiers: ['username'], password: true, verify: false },
      },
    ],
    [
      'a language that the pages do not speak',
      'unsupported_default_language',
      { languageInfo: { autoDetect: true, fallbackLanguage: 'tlh' } },
    ],
  ];
  refusals.push(
    [
      'a second factor twice',
      'duplicated_mfa_factors',
      { mfa: { factors: ['Totp', 'Totp'], policy: 'UserControlled' } },
    ],
    [
      'backup codes for nothing',
      'backup_code_cannot_be_enabled_alone',
      { mfa: { factors: ['BackupCode'], policy: 'UserControlled' } },
    ],
  );
  for (const [what, code, settings] of refusals) {
    it(`rejects ${what}, and changes nothing`, async () => {
      const { body: before } = await api.get('/api/sign-in-exp');
      assertRefused(await change(settings), 422, `sign_in_experiences.${code}`);
      assert.deepEqual((await api.get('/api/sign-in-exp')).body, before);
    });
  }

  it('accepts sign-up and sign-in settings one after the other, and warns while they disagree', async () => {
    const { body: before } = await api.get('/api/sign-in-exp');
    assert.equal((await change({ signIn: { methods: [password('email')] } })).status, 200);
    assert.equal(warnings.length, 1);
    assert.deepEqual(warnings[0], {
      tenant: 'default',
      rule: 'sign_in_experiences.miss_sign_up_identifier_in_sign_in',
      identifier: 'username',
    });
    const signUp = { identifiers: [], password: false, verify: false };
    assert.equal((await change({ signUp })).status, 200);
    await change({ signIn: before.signIn, signUp: before.signUp });
  });

  it('rejects unsupported settings, and accepts its own response as input', async () => {
    for (const [setting, settings] of [
      ['captchaPolicy.enabled', { captchaPolicy: { enabled: true } }],
      ['adaptiveMfa.enabled', { adaptiveMfa: { enabled: true } }],
      ['customContent', { customContent: { '/sign-in': '<p>Hello</p>' } }],
    ] as const) {
      const refused = await change(settings);
      assertRefused(refused, 422, 'request.feature_not_supported');
      assert.deepEqual(refused.body.data, { setting });
    }
    const off = {
      captchaPolicy: { enabled: false },
      customContent: {},
      singleSignOnEnabled: false,
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: false },
      passkeySignIn: { enabled: false, showPasskeyButton: false, allowAutofill: false },
      adaptiveMfa: { enabled: true },
      mfa: { factors: ['Totp'], policy: 'NoPrompt' },
    };
    assert.equal((await change(off)).status, 200);
    assertRefused(await change({ mfa: { factors: [], policy: 'NoPrompt' } }), 422, 'request.feature_not_supported');
    const { body: whole } = await api.get('/api/sign-in-exp');
    const { tenantId, id, ...settings } = whole;
    assert.deepEqual([tenantId, id], ['default', 'default']);
    const again = await change(settings);
    assert.deepEqual([again.status, again.body], [200, whole]);
    await change({ adaptiveMfa: {}, mfa: { factors: [], policy: 'UserControlled' } });
  });

  it('stores the sources of its content policy without spaces, uppercase letters and duplicates', async () => {
    const { body } = await change({
      customUiCsp: { scriptSrc: [' HTTPS://CDN.Example.com/Path ', 'https://cdn.example.com/Path', '*.Example.com'] },
    });
    assert.deepEqual(body.customUiCsp, { scriptSrc: ['https://cdn.example.com/Path', '*.example.com'] });
    await change({ customUiCsp: {} });
  });

  it('accepts colors of three digits', async () => {
    const color = { primaryColor: '#f00', isDarkModeEnabled: true, darkPrimaryColor: '#0Af' };
    assert.deepEqual((await change({ color })).body.color, color);
  });

  it('rejects numbers outside their range', async () => {
    const cases = [{ usernamePolicy: { minLength: 9, maxLength: 8 } }, { passwordExpiration: { enabled: true } }];
    for (const settings of cases) assertRefused(await change(settings), 400, 'guard.invalid_input');
  });

  // security: common-passwords
  it('adds defaults to a password policy', async () => {
    const { body } = await change({ passwordPolicy: { length: { max: 256 } } });
    const rejects = { pwned: true, repetitionAndSequence: true, userInfo: true, words: [] };
    assert.deepEqual(body.passwordPolicy, { length: { min: 8, max: 256 }, characterTypes: { min: 1 }, rejects });
    const { body: lax } = await change({ passwordPolicy: { rejects: { pwned: false } } });
    assert.deepEqual(lax.passwordPolicy.rejects, { ...rejects, pwned: false });
    const check = (password: string) => api.post('/api/sign-in-exp/default/check-password', { password });
    assert.deepEqual((await check('password1')).body, { result: true });
    await change({ passwordPolicy: {} });
    assert.deepEqual((await check('password1')).body, { result: false, issues: [{ code: 'password_rejected.pwned' }] });
  });

  // security: common-passwords
  it('requires administrators’ passwords of 12 characters or more', async () => {
    const { app } = server;
    const admin = await app.tenancy.get('admin');
    assert.equal((await app.signInExperiences.get(admin)).passwordPolicy.length.min, 12);
    const changed = await app.signInExperiences.update(admin, {
      passwordPolicy: { ...(await app.signInExperiences.get(admin)).passwordPolicy, length: { min: 4, max: 8 } },
    });
    assert.deepEqual(changed.passwordPolicy.length, { min: 12, max: 12 });
  });

  it('stores the time from which passwords expire', async () => {
    const days = { enabled: true, validPeriodDays: 30 };
    const { body: first } = await change({ passwordExpiration: days });
    const since = first.passwordExpiration.enabledAt;
    assert.ok(Math.abs(since - Date.now()) < 60_000);
    const { body: again } = await change({ passwordExpiration: { ...days, validPeriodDays: 60 } });
    assert.equal(again.passwordExpiration.enabledAt, since);
    const { body: told } = await change({ passwordExpiration: { ...days, enabledAt: 1 } });
    assert.equal(told.passwordExpiration.enabledAt, 1);
    assert.deepEqual((await change({ passwordExpiration: { enabled: false } })).body.passwordExpiration, {
      enabled: false,
    });
  });

  it('rejects case-insensitive usernames while two usernames differ in case only', async () => {
    await api.post('/api/users', { username: 'Kim' });
    const twin = (await api.post('/api/users', { username: 'kim' })).body;
    const refused = await change({ usernamePolicy: { caseSensitive: false } });
    assertRefused(refused, 409, 'sign_in_experiences.username_policy_case_conflicts_exist');
    assert.deepEqual(refused.body.data, { totalConflicts: 1 });
    await api.patch(`/api/users/${twin.id}`, { username: 'kim_2' });
    assert.equal((await change({ usernamePolicy: { caseSensitive: false } })).status, 200);
    assert.equal((await change({ usernamePolicy: {} })).status, 200);
  });

  // security: escaping
  it('rejects links and colors that could carry code into a page', async () => {
    const wrong = [
      { termsOfUseUrl: 'javascript:alert(1)' },
      { branding: { logoUrl: 'data:text/html,x' } },
      { branding: { logoUrl: 'https://user:secret@img.test/' } },
      { color: { primaryColor: 'red;}', isDarkModeEnabled: false, darkPrimaryColor: '#000000' } },
      { unknownSessionRedirectUrl: '//evil.test' },
      { supportEmail: 'nobody' },
      { passwordPolicy: { length: { min: 10, max: 8 } } },
    ];
    for (const settings of wrong) assertRefused(await change(settings), 400, 'guard.invalid_input');
  });

  it('removes a button with its last connector', async () => {
    const config = { appId: 'a', appSecret: 'b' };
    const { body: native } = await api.post('/api/connectors', { connectorId: 'wechat-native', config });
    const { body: web } = await api.post('/api/connectors', { connectorId: 'wechat-web', config });
    assert.equal((await change({ socialSignInConnectorTargets: ['wechat'] })).status, 200);
    await api.delete(`/api/connectors/${native.id}`);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.socialSignInConnectorTargets, ['wechat']);
    await api.delete(`/api/connectors/${web.id}`);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.socialSignInConnectorTargets, []);
  });
});

describe('Public sign-in settings', () => {
  let server: TestServer;
  let api: Manager;
  let anybody: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.patch('/api/configs/inbox', { enabled: false });
    anybody = managerWith(server.url, '');
  });
  after(() => server.close());

  it('returns what a sign-in page needs, without a secret or a policy', async () => {
    const config = { appId: 'wx1', appSecret: 'an app secret of nobody' };
    await api.post('/api/connectors', { connectorId: 'wechat-native', config });
    await api.patch('/api/sign-in-exp', { socialSignInConnectorTargets: ['wechat'] });
    for (const path of ['/api/.well-known/sign-in-exp', '/api/.well-known/experience?appId=demo-app']) {
      const { status, body } = await anybody.get(path);
      assert.equal(status, 200);
      assert.deepEqual(
        (body.socialConnectors as { target: string; platform: string }[]).map(({ target, platform }) => [
          target,
          platform,
        ]),
        [['wechat', 'Native']],
      );
      assert.deepEqual([body.ssoConnectors, body.forgotPassword], [[], { email: false, phone: false }]);
      assert.ok(!('emailBlocklistPolicy' in body) && !('forgotPasswordMethods' in body));
      assert.doesNotMatch(JSON.stringify(body), /an app secret of nobody|formItems|readme/);
    }
  });

  it('returns the sign-in URL of a tenant’s administrators on the admin tenant', async () => {
    const admin = managerWith(`${server.url}/t/admin`, '');
    const { body } = await admin.get('/api/.well-known/endpoints/default');
    assert.deepEqual(body, { user: server.url });
    assertRefused(await admin.get('/api/.well-known/endpoints/none'), 404, 'tenant.not_found');
    assertRefused(await anybody.get('/api/.well-known/endpoints/default'), 404, 'request.not_found');
  });

  it('omits a connector that is not fully configured', async () => {
    await api.post('/api/connectors', { connectorId: 'wechat-web' });
    const { body } = await anybody.get('/api/.well-known/sign-in-exp');
    assert.equal(body.socialConnectors.length, 1);
  });

  it('returns the phrases of the pages in the best matching language', async () => {
    const languageOf = async (query: string, header?: string) =>
      (
        await anybody.send(
          'GET',
          `/api/.well-known/phrases${query}`,
          header ? { headers: { 'accept-language': header } } : {},
        )
      ).headers.get('content-language');
    assert.equal(await languageOf('?lng=zh-CN'), 'zh-CN');
    assert.equal(await languageOf('', 'es-MX,es;q=0.9'), 'es');
    assert.equal(await languageOf('?lng=tlh', 'xx'), 'en');
  });

  it('returns the status of the server', async () => {
    const { status, body } = await anybody.get('/api/status');
    assert.deepEqual([status, body], [204, '']);
  });

  it('returns an OpenAPI document of every declared route', async () => {
    const { body: all } = await anybody.get('/api/swagger.json');
    assert.match(all.openapi, /^3\.1/);
    for (const { method, path, operationId } of allRoutes) {
      assert.equal(all.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.operationId, operationId);
    }
    const { body: management } = await anybody.get('/api/.well-known/management.openapi.json');
    const { body: experience } = await anybody.get('/api/.well-known/experience.openapi.json');
    assert.ok('/api/users' in management.paths && !('/api/users' in experience.paths));
    const references = JSON.stringify(all).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference] of references) assert.ok(reference?.startsWith('#/components/'), `${reference} resolves`);
  });

  it('gives each route one operation ID', () => {
    const ids = allRoutes.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe('Settings that need a connector for codes', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({ environment: mailbox.environment });
    api = await manage(server);
    await api.patch('/api/configs/inbox', { enabled: false });
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });
  const change = (settings: object) => api.patch('/api/sign-in-exp', settings);
  const connect = async (): Promise<string> => {
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    const { status, body } = await api.post('/api/connectors', connector);
    assert.equal(status, 200);
    return body.id;
  };
  const shown = async () => (await managerWith(server.url, '').get('/api/.well-known/sign-in-exp')).body;
  const byCode = { signIn: { methods: [password('username'), { ...password('email'), verificationCode: true }] } };
  const byPassword = { signIn: { methods: [password('username')] } };
  const factors = (...names: string[]) => ({ mfa: { factors: names, policy: 'UserControlled' } });
  const refused = async (settings: object, code: string, data?: object) => {
    const answer = await change(settings);
    assertRefused(answer, 422, `sign_in_experiences.${code}`);
    if (data) assert.deepEqual(answer.body.data, data);
  };

  it('rejects the setting without a connector for codes, and names the missing kind', async () => {
    await refused(factors('EmailVerificationCode'), 'enabled_connector_not_found', { type: 'Email' });
    await refused(factors('Totp', 'PhoneVerificationCode'), 'enabled_connector_not_found', { type: 'Sms' });
    for (const method of ['EmailVerificationCode', 'PhoneVerificationCode']) {
      const recovery = { forgotPasswordMethods: [method] };
      await refused(recovery, 'forgot_password_method_requires_connector', { method });
    }
    for (const forgotPasswordMethods of [[], null]) assert.equal((await change({ forgotPasswordMethods })).status, 200);
    assert.deepEqual((await shown()).forgotPassword, { email: false, phone: false });
  });

  // security: second-factor-required
  it('accepts the setting with a connector, and rejects codes that sign in and are a second factor too', async () => {
    const id = await connect();
    assert.equal((await change(byCode)).status, 200);
    await refused(factors('EmailVerificationCode'), 'email_verification_code_cannot_be_used_for_mfa');
    assert.equal((await change({ ...byPassword, ...factors('EmailVerificationCode') })).status, 200);
    await refused(byCode, 'email_verification_code_cannot_be_used_for_mfa');
    await change(factors());
    await api.delete(`/api/connectors/${id}`);
  });

  // security: second-factor-required
  it('keeps the setting when its connector is removed, and does not block other changes', async () => {
    const id = await connect();
    const set = { forgotPasswordMethods: ['EmailVerificationCode'], ...factors('EmailVerificationCode') };
    assert.equal((await change(set)).status, 200);
    assert.equal((await api.delete(`/api/connectors/${id}`)).status, 204);
    const changed = await change({ termsOfUseUrl: 'https://terms.test' });
    assert.equal(changed.status, 200);
    // If the second factor were removed with its connector, every user would sign in without it.
    assert.deepEqual([changed.body.forgotPasswordMethods, changed.body.mfa], [set.forgotPasswordMethods, set.mfa]);
    await refused(factors('EmailVerificationCode'), 'enabled_connector_not_found', { type: 'Email' });
    assert.deepEqual((await shown()).forgotPassword, { email: false, phone: false });
    await api.delete(`/api/connectors/${await connect()}`);
    assert.equal((await change(factors())).status, 200);
  });

  it('publishes which methods can replace a forgotten password', async () => {
    const id = await connect();
    const offered = async (forgotPasswordMethods: unknown) => {
      assert.equal((await change({ forgotPasswordMethods })).status, 200);
      return (await shown()).forgotPassword;
    };
    assert.deepEqual(await offered(null), { email: true, phone: false });
    assert.deepEqual(await offered(['EmailVerificationCode']), { email: true, phone: false });
    assert.deepEqual(await offered([]), { email: false, phone: false });
    const settings = {
      ...factors('Totp', 'EmailVerificationCode'),
      adaptiveMfa: { enabled: true },
      passkeySignIn: { enabled: false, showPasskeyButton: true, allowAutofill: false },
      emailBlocklistPolicy: { customBlocklist: ['evil.test'] },
    };
    assert.equal((await change(settings)).status, 200);
    const { mfa, adaptiveMfa, passkeySignIn, ...rest } = await shown();
    const { emailBlocklistPolicy, ...told } = settings;
    assert.deepEqual({ mfa, adaptiveMfa, passkeySignIn }, told);
    assert.ok(!('emailBlocklistPolicy' in rest) && !('forgotPasswordMethods' in rest));
    assert.ok(!JSON.stringify(rest).includes(emailBlocklistPolicy.customBlocklist[0] ?? ''));
    await api.delete(`/api/connectors/${id}`);
    assert.deepEqual((await shown()).forgotPassword, { email: false, phone: false });
  });
});
