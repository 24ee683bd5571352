import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { previewScreens } from '@aldaba/contract';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { openPreview, preview } from '../support/preview.ts';
import { startServer, type TestServer } from '../support/server.ts';

const method = (identifier: string, verificationCode: boolean) => ({
  identifier,
  password: true,
  verificationCode,
  isPasswordPrimary: true,
});

/** Settings that differ from the saved ones in everything that the pages show. */
const unsaved = {
  color: { primaryColor: '#0a7d34', isDarkModeEnabled: true, darkPrimaryColor: '#7fe0a2' },
  branding: { logoUrl: 'https://cdn.example.com/unsaved-logo.svg', favicon: 'https://cdn.example.com/icon.png' },
  customCss: '.page { letter-spacing: 0.01em } .x::after { content: "</style><b>" }',
  termsOfUseUrl: 'https://example.com/unsaved-terms',
  agreeToTermsPolicy: 'Manual',
  signUp: { identifiers: ['username'], password: true, verify: false },
  signIn: { methods: [method('username', false), method('email', true)] },
  socialSignInConnectorTargets: ['github', 'wechat'],
};
const customPhrases = { signIn: { title: 'Come in, {name}' }, 'register.title': 'Join {name}' };

/** What the page shows with scripts on, in the light scheme, without the handle of an interaction and form secrets. */
const bodyOf = (html: string): string =>
  (/<body[\s\S]*<\/body>/.exec(html)?.[0] ?? assert.fail(html))
    .replaceAll(/<noscript>[\s\S]*?<\/noscript>/g, '')
    .replaceAll('class="reveal" hidden', 'class="reveal"')
    .replaceAll(/<li (class="live" )?data-min-/g, '<li data-min-')
    .replaceAll('(prefers-color-scheme: dark)', '(max-width:0)')
    .replaceAll(/<input type="hidden" name="interaction" value="[\w-]{16}"\/>/g, '')
    .replaceAll(/&amp;interaction=[\w-]{16}/g, '')
    .replaceAll(/(name="(?:xsrf|return_to)" value=")[^"]*/g, '$1');

describe('the preview of a hosted page', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  let appId: string;
  let now = Date.now();
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({
      world: { clock: { now: () => now } },
      environment: { ...mailbox.environment, ADMIN_ENDPOINT: 'https://admin.example.com' },
    });
    api = await manage(server);
    for (const connector of [
      { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config },
      { connectorId: 'github-universal', config: { clientId: 'a', clientSecret: 'b' } },
      { connectorId: 'wechat-native', config: { appId: 'wx1', appSecret: 'b' } },
    ]) {
      const { status, body } = await api.post('/api/connectors', connector);
      assert.equal(status, 200, JSON.stringify(body));
    }
    const application = {
      name: 'Example app',
      type: 'Traditional',
      isThirdParty: true,
      oidcClientMetadata: { redirectUris: ['https://app.example.com/callback'], postLogoutRedirectUris: [] },
    };
    appId = (await api.post('/api/applications', application)).body.id;
    await api.post(`/api/applications/${appId}/user-consent-scopes`, { userScopes: ['profile', 'email'] });
    const user = { username: 'alex', password: 'tulips under stone', name: 'Alex Rivera' };
    await api.post('/api/users', { ...user, primaryEmail: 'alex@example.com' });
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });

  /** Opens a sign-in and follows its redirects to the page. */
  const open = async (agent: Agent): Promise<{ url: string; html: string }> => {
    const redirectUri = 'https://app.example.com/callback';
    const extra = { scope: 'openid profile email offline_access' };
    let { url } = authorization({ endpoint: server.url, clientId: appId, redirectUri, extra });
    for (;;) {
      const answer = await agent.fetch(url);
      const next = answer.headers.get('location');
      if (next === null) return { url, html: await answer.text() };
      url = new URL(next, url).href;
    }
  };
  const submit = async (agent: Agent, from: string, path: string, fields: Record<string, string>): Promise<string> => {
    const { searchParams } = new URL(from);
    const named = { app_id: appId, interaction: searchParams.get('interaction') ?? '', terms: 'yes' };
    const body = new URLSearchParams({ ...named, ...fields });
    let answer = await agent.fetch(`${server.url}${path}`, { method: 'POST', body, headers: { origin: server.url } });
    for (let url = from; ; ) {
      const next = answer.headers.get('location');
      if (next === null) return answer.text();
      url = new URL(next, url).href;
      answer = await agent.fetch(url);
    }
  };

  it('has the markup that users get from the same settings once they are saved', async () => {
    const query = { applicationId: appId, language: 'en' };
    const drawn = async (screen: string): Promise<string> => {
      const { page } = await preview(api, { ...query, screen }, { ...unsaved, customPhrases });
      return bodyOf(page?.html ?? assert.fail(screen));
    };
    const screens = ['sign-in', 'register', 'forgot-password', 'verification-code', 'sign-in-password', 'consent'];
    const previews = await Promise.all(screens.map(drawn));
    const before = await open(createAgent());
    assert.notEqual(bodyOf(before.html), previews[0], 'the settings differ from the saved ones');

    const saved = (await api.get('/api/sign-in-exp')).body;
    assert.equal((await api.patch('/api/sign-in-exp', unsaved)).status, 200);
    assert.equal((await api.put('/api/custom-phrases/en', customPhrases)).status, 201);
    try {
      const agent = createAgent();
      const { url, html } = await open(agent);
      const link = (path: string) => agent.fetch(url.replace('/sign-in', path)).then((answer) => answer.text());
      const real = [html, await link('/register'), await link('/forgot-password')];
      const identifier = { username: 'alex@example.com' };
      const password = await submit(agent, url, '/sign-in/identifier', identifier);
      const code = await submit(agent, url, '/sign-in/code', identifier);
      const consent = await submit(agent, url, '/sign-in', { ...identifier, password: 'tulips under stone' });
      for (const [position, page] of [...real, code, password, consent].entries())
        assert.equal(previews[position], bodyOf(page), screens[position]);
    } finally {
      const { tenantId: _, id: __, ...settings } = saved;
      assert.equal((await api.patch('/api/sign-in-exp', settings)).status, 200);
      await api.put('/api/custom-phrases/en', {});
    }
  });

  it('shows unsaved colors, logo, style sheet, methods, terms and phrases, and saves none of them', async () => {
    const before = [await api.get('/api/sign-in-exp'), await api.get('/api/custom-phrases')].map(({ body }) => body);
    const { page } = await preview(api, { screen: 'sign-in' }, { ...unsaved, customPhrases });
    const html = page?.html ?? '';
    for (const part of [
      '#0a7d34',
      'unsaved-logo.svg',
      'letter-spacing: 0.01em',
      'unsaved-terms',
      'Come in, ',
      'GitHub',
    ])
      assert.ok(html.includes(part), part);
    assert.ok(!html.includes('</style><b>'), 'the style sheet cannot end its element');
    const rest = [await api.get('/api/sign-in-exp'), await api.get('/api/custom-phrases')].map(({ body }) => body);
    assert.deepEqual(rest, before);
    assert.ok(!(await open(createAgent())).html.includes('Come in, '));
    assert.ok(!(await preview(api, {}, {})).page?.html.includes('#0a7d34'));
  });

  it('speaks a language of the operator before it is saved, with built-in words where it has none', async () => {
    const unsavedWords = { customPhrases: { signIn: { submit: 'Inloggen' } } };
    const spoken = async (body: object) => (await preview(api, { language: 'nl' }, body)).page?.html ?? '';
    const html = await spoken({ ...unsavedWords, languageInfo: { autoDetect: true, fallbackLanguage: 'es' } });
    assert.match(html, /<html lang="nl"/);
    assert.ok(html.includes('Inloggen') && html.includes('Contraseña'), 'missing words are of the fallback language');
    assert.match(await spoken({}), /<html lang="en"/, 'a language without words is not spoken');
    await api.put('/api/custom-phrases/nl', { signIn: { submit: 'Aanmelden' } });
    assert.match(await spoken({}), /<html lang="nl"[\s\S]*Aanmelden/);
    assert.ok(!(await spoken(unsavedWords)).includes('Aanmelden'), 'unsaved words replace the saved ones');
    await api.delete('/api/custom-phrases/nl');
    await api.put('/api/custom-phrases/en', { signIn: { submit: 'Step inside' } });
    const { page } = await preview(api, { language: 'en' }, { customPhrases: {} });
    assert.ok(!page?.html.includes('Step inside'), 'also in a built-in language');
    await api.put('/api/custom-phrases/en', {});
    assertRefused(await api.post('/api/sign-in-exp/preview?language=not%20a%20tag', {}), 400, 'guard.invalid_input');
  });

  it('is in the language and in the color scheme that are asked for, whatever the browser prefers', async () => {
    const { page: spanish } = await preview(api, { language: 'es', screen: 'register' });
    assert.match(spanish?.html ?? '', /<html lang="es"[\s\S]*Crea(?:r)? (?:tu|una) cuenta/);
    const branding = { logoUrl: 'https://a.example.com/light.svg', darkLogoUrl: 'https://a.example.com/dark.svg' };
    for (const colorScheme of ['light', 'dark']) {
      const { page } = await preview(api, { colorScheme }, { ...unsaved, branding });
      assert.doesNotMatch(page?.html ?? '', /prefers-color-scheme/);
      assert.match(page?.html ?? '', new RegExp(`<meta name="color-scheme" content="${colorScheme}"`));
    }
  });

  it('shows WeChat (Native) in the web view of an app only', async () => {
    const shown = async (platform: string) => {
      const { page } = await preview(api, { platform }, { socialSignInConnectorTargets: ['github', 'wechat'] });
      return [...(page?.html ?? '').matchAll(/<li data-platform="\w+" data-target="(\w+)"( hidden)?/g)].flatMap(
        ([, target, hidden]) => (hidden === undefined ? [target] : []),
      );
    };
    assert.deepEqual(await shown('web'), ['github']);
    for (const platform of ['ios', 'android']) assert.deepEqual(await shown(platform), ['github', 'wechat']);
  });

  it('draws every screen that users can reach, and says which those are', async () => {
    const signUp = { identifiers: ['email'], password: true, verify: true, secondaryIdentifiers: [] };
    const all = {
      signUp: { ...signUp, secondaryIdentifiers: [{ identifier: 'username' }] },
      signIn: { methods: [method('email', true), method('username', false)] },
      mfa: { factors: ['Totp', 'WebAuthn', 'BackupCode'], policy: 'UserControlled' },
    };
    const { screens } = await preview(api, {}, all);
    assert.deepEqual(screens, [...previewScreens]);
    for (const screen of previewScreens) {
      const { page } = await preview(api, { screen }, all);
      assert.match(page?.html ?? '', new RegExp(`<body class="view-${screen}"`), screen);
    }
    for (const factor of ['WebAuthn', 'BackupCode']) {
      const { page } = await preview(api, { screen: 'second-factor', factor }, all);
      assert.ok(page?.html.includes(`/mfa-verification/${factor}"`), factor);
    }
    const socialOnly = {
      signUp: { identifiers: [], password: false, verify: false },
      signIn: { methods: [] },
      socialSignInConnectorTargets: ['wechat'],
    };
    const few = await preview(api, { screen: 'forgot-password' }, socialOnly);
    assert.deepEqual(few, { screens: ['sign-in', 'register', 'consent', 'signed-out', 'unknown-session', 'error'] });
    const app = await preview(api, { platform: 'ios' }, socialOnly);
    assert.match(app.page?.html ?? '', /data-target="wechat">/);
  });

  it('refuses what saving refuses, with the same fields', async () => {
    const wrong = [
      { color: { primaryColor: 'red', isDarkModeEnabled: true, darkPrimaryColor: '#000000' } },
      { signUp: { identifiers: ['username'], password: false, verify: false } },
      { signUpProfileFields: [{ name: 'unknown' }] },
      { socialSignInConnectorTargets: ['nowhere'] },
      { captchaPolicy: { enabled: true } },
    ];
    for (const settings of wrong) {
      const saving = await api.patch('/api/sign-in-exp', settings);
      assert.ok(saving.status >= 400);
      const previewing = await api.post('/api/sign-in-exp/preview', settings);
      assert.deepEqual([previewing.status, previewing.body], [saving.status, saving.body]);
    }
    const unknown = await api.post('/api/sign-in-exp/preview', { customPhrases: { signIn: { nothing: 'x' } } });
    assertRefused(unknown, 422, 'localization.invalid_translation_structure');
    assertRefused(
      await api.post('/api/sign-in-exp/preview?applicationId=nothing', {}),
      404,
      'entity.not_exists_with_id',
    );
  });

  // security: page-previews
  it('runs no script, submits no form, sets no cookie and can be framed by the Console alone', async () => {
    const { page } = await preview(api, {}, unsaved);
    assert.doesNotMatch(page?.html ?? '', /<script/);
    const policy = page?.headers.get('content-security-policy')?.split('; ') ?? [];
    for (const directive of [
      'sandbox',
      "default-src 'none'",
      "form-action 'none'",
      `frame-ancestors ${server.url} https://admin.example.com`,
    ])
      assert.ok(policy.includes(directive), `${directive} in ${policy}`);
    assert.ok(!policy.some((directive) => directive.startsWith('script-src')), String(policy));
    assert.deepEqual(page?.headers.getSetCookie(), []);
    assert.equal(page?.headers.get('cache-control'), 'no-store');
  });

  // security: page-previews
  it('belongs to no sign-in: its form, sent by hand with a correct password, signs no one in', async () => {
    const { page } = await preview(api, {});
    const fields = [...(page?.html ?? '').matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value]));
    form.set('username', 'alex');
    form.set('password', 'tulips under stone');
    const answer = await fetch(`${server.url}/sign-in`, {
      method: 'POST',
      body: form,
      headers: { origin: server.url },
      redirect: 'manual',
    });
    assert.equal(answer.status, 400);
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.match(await answer.text(), /view-unknown-session/);
  });

  // security: page-previews
  it('is opened for a minute, by the tenant that drew it, unchanged', async () => {
    const { page } = await preview(api, {});
    const { address, document } = page ?? assert.fail();
    assert.equal((await openPreview(address, `${document.slice(0, -4)}AAAA`)).status, 404);
    assert.equal((await openPreview(address, '')).status, 404);
    assert.equal((await openPreview(`${server.url}/t/admin/preview`, document)).status, 404);
    now += 61_000;
    assert.equal((await openPreview(address, document)).status, 404);
  });
});
