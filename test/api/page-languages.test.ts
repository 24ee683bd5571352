import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { visitAccount } from '../support/account-visitor.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, visitOf } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Languages that an operator adds', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({ environment: mailbox.environment });
    api = await manage(server);
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config };
    assert.equal((await api.post('/api/connectors', connector)).status, 200);
  });
  after(async () => {
    await server?.close();
    await mailbox?.close();
  });
  afterEach(() => settle({ autoDetect: true, fallbackLanguage: 'en' }));

  const settle = async (languageInfo: object) => {
    const { status, body } = await api.patch('/api/sign-in-exp', { languageInfo });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const add = async (tag: string, translation: object) =>
    assert.equal((await api.put(`/api/custom-phrases/${tag}`, translation)).status, 201);
  /** The first page of a sign-in. */
  const open = async (headers: Record<string, string>, extra: Record<string, string> = {}, agent = createAgent()) => {
    const { url } = authorization({ endpoint: server.url, extra });
    const path = (await agent.fetch(url)).headers.get('location') ?? '';
    const answer = await agent.fetch(new URL(path, server.url).href, { headers: { accept: 'text/html', ...headers } });
    return { agent, path, answer, html: await answer.text() };
  };

  it('are spoken to browsers that prefer them, and where words are missing the pages speak the fallback language', async () => {
    await add('nl', {
      signIn: { submit: 'Inloggen <b>' },
      errors: { session: { invalid_credentials: 'Dat klopt niet.' } },
    });
    await settle({ autoDetect: true, fallbackLanguage: 'es' });
    const { agent, answer, html } = await open({ 'accept-language': 'nl-BE, fr;q=0.5' });
    assert.match(html, /<html lang="nl" dir="ltr"/);
    assert.equal(answer.headers.get('content-language'), 'nl');
    assert.ok(html.includes('Inloggen &lt;b') && !html.includes('Inloggen <b>'), 'words are text, not HTML');
    assert.ok(html.includes('Contraseña'));
    const wrong = await visitOf(server, agent).post(
      '/sign-in',
      { username: 'x', password: 'y' },
      { 'accept-language': 'nl' },
    );
    assert.deepEqual((await shownError(wrong)).message, 'Dat klopt niet.');
    assert.match((await open({ 'accept-language': 'fr' })).html, /<html lang="fr"/);
    assert.ok((await open({}, { ui_locales: 'nl' })).html.includes('Inloggen'));
  });

  it('are read from right to left where they are written so, and hold values together', async () => {
    for (const tag of ['he', 'fa', 'ur']) {
      await add(tag, { signIn: { title: 'X {name}' } });
      const { html } = await open({ 'accept-language': tag });
      assert.match(html, new RegExp(`<html lang="${tag}" dir="rtl"`));
      assert.match(html, /X \u2068[^\u2069]+\u2069/);
    }
  });

  it('can be the fallback language once they have words, and are not deleted then', async () => {
    const fallback = (language: string) =>
      api.patch('/api/sign-in-exp', { languageInfo: { autoDetect: false, fallbackLanguage: language } });
    const refused = await fallback('pl');
    assertRefused(refused, 422, 'sign_in_experiences.unsupported_default_language');
    await add('pl', { signIn: { submit: 'Zaloguj się' } });
    assert.equal((await fallback('pl')).status, 200);
    const { html } = await open({ 'accept-language': 'de' });
    assert.ok(html.includes('lang="pl"') && html.includes('Zaloguj się') && html.includes('Password'));
    assertRefused(await api.delete('/api/custom-phrases/pl'), 409, 'localization.cannot_delete_default_language');
  });

  it('may be a variety of a built-in language, for browsers that ask for just that', async () => {
    await add('es', { signIn: { submit: 'Entra', title: 'Hola, {name}' } });
    await add('es-AR', { signIn: { submit: 'Entrá' } });
    const argentine = (await open({ 'accept-language': 'es-AR' })).html;
    assert.ok(argentine.includes('Entrá') && argentine.includes('Contraseña'));
    assert.ok(argentine.includes('Hola, '), 'the words of the language where the variety has none');
    assert.ok(!(await open({ 'accept-language': 'es-MX' })).html.includes('Entrá'));
  });

  it('can be chosen on the account page once they have words', async () => {
    const profile = { enabled: true, fields: { profile: 'Edit' } };
    assert.equal((await api.patch('/api/account-center', profile)).status, 200);
    const password = 'a lantern by the harbour';
    const { body: user } = await api.post('/api/users', { username: 'astrid', password });
    const page = await visitAccount(server.url, 'astrid', password);
    const chosen = async () => (await api.get(`/api/users/${user.id}`)).body.profile.locale || undefined;
    assert.ok(!(await (await page.get('/language')).text()).includes('Svenska'));
    await page.post('/language', { language: 'sv' });
    assert.equal(await chosen(), undefined, 'a language that is not spoken is not stored');
    await add('sv', { account: { save: 'Spara' } });
    await page.post('/language', { language: 'sv' });
    assert.equal(await chosen(), 'sv');
    const html = await (await page.get('/language')).text();
    assert.match(html, /<html lang="sv"[\s\S]*<label for="language-sv" lang="sv">Svenska<[\s\S]*Spara/);
    assert.match(html, /<input [^>]*value="sv"[^>]* checked/);
  });

  it('are the language of messages, where there is a template for them', async () => {
    await add('nl', { signIn: { submit: 'Inloggen' } });
    const method = { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true };
    assert.equal((await api.patch('/api/sign-in-exp', { signIn: { methods: [method] } })).status, 200);
    const primaryEmail = 'jan@example.com';
    assert.equal((await api.post('/api/users', { primaryEmail, password: 'a lantern by the harbour' })).status, 200);
    const details = { subject: 'Je code', content: '{{code}}', contentType: 'text/plain' };
    const templates = [{ languageTag: 'nl', templateType: 'SignIn', details }];
    assert.equal((await api.put('/api/email-templates', { templates })).status, 200);
    const { agent } = await open({ 'accept-language': 'nl' });
    const form = { username: primaryEmail };
    const sent = await visitOf(server, agent).post('/sign-in/code', form, { 'accept-language': 'nl' });
    assert.equal(sent.status, 303, await sent.text());
    await mailbox.arrived(primaryEmail, /Subject: Je code/);
  });

  it('have a well-formed tag', async () => {
    for (const tag of ['nl-a1', 'en-latn-latn-x1-x1', 'no_tag'])
      assertRefused(await api.put(`/api/custom-phrases/${tag}`, {}), 400, 'guard.invalid_input');
  });
});

describe('The menu of languages', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.put('/api/custom-phrases/nl', { signIn: { submit: 'Inloggen' } });
  });
  after(() => server.close());

  const open = async (agent = createAgent(), extra: Record<string, string> = {}) => {
    const { url } = authorization({ endpoint: server.url, extra });
    const path = (await agent.fetch(url)).headers.get('location') ?? '';
    const headers = { accept: 'text/html', 'accept-language': 'fr' };
    const html = await (await agent.fetch(new URL(path, server.url).href, { headers })).text();
    return { agent, path, html };
  };
  const choose = (agent: Agent, language: string, returnTo: string, origin = new URL(server.url).origin) =>
    agent.fetch(`${server.url}/language`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ language, return_to: returnTo }),
    });

  it('changes the language of all pages with scripts off, and returns to the page', async () => {
    const { agent, path, html } = await open();
    assert.match(html, /<summary aria-label="Langue: Français">/);
    assert.match(html, /<button type="submit" name="language" value="nl" lang="nl" dir="ltr">Nederlands</);
    const [, returnTo = ''] = /name="return_to" value="([^"]+)"/.exec(html) ?? [];
    assert.equal(returnTo.replaceAll('&amp;', '&'), new URL(path, server.url).href.slice(server.url.length));
    const chosen = await choose(agent, 'nl', returnTo.replaceAll('&amp;', '&'));
    assert.equal(chosen.status, 303);
    const again = await agent.fetch(new URL(chosen.headers.get('location') ?? '', server.url).href);
    assert.ok((await again.text()).includes('Inloggen'));
    assert.match((await open(agent)).html, /<html lang="nl"/);
  });

  it('yields to the language that the application asks for, and is not there then', async () => {
    const agent = createAgent();
    await choose(agent, 'nl', '/');
    const { html, path } = await open(agent, { ui_locales: 'de' });
    // The addresses of the following pages do not have the language.
    const { search } = new URL(path.replace(/&ui_locales=de/, ''), server.url);
    const next = await (await agent.fetch(`${server.url}/register${search}`)).text();
    for (const page of [html, next]) {
      assert.match(page, /<html lang="de"/);
      assert.ok(!page.includes('name="language"'));
    }
  });

  // security: escaping
  it('is not there on a page whose address has a token, which CSS of the operator could read', async () => {
    const { agent, path } = await open();
    const html = await (await agent.fetch(`${new URL(path, server.url).href}&token=one-time`)).text();
    assert.ok(html.includes('name="username"') && !html.includes('one-time'));
  });

  it('is not there, and has no effect, where the operator chose one language', async () => {
    const agent = createAgent();
    await choose(agent, 'nl', '/');
    await api.patch('/api/sign-in-exp', { languageInfo: { autoDetect: false, fallbackLanguage: 'it' } });
    const { html } = await open(agent);
    await api.patch('/api/sign-in-exp', { languageInfo: { autoDetect: true, fallbackLanguage: 'en' } });
    assert.match(html, /<html lang="it"/);
    assert.ok(!html.includes('name="language"'));
  });

  // security: foreign-forms
  it('refuses forms of other sites, and returns to pages of this server only', async () => {
    const agent = createAgent();
    assert.equal((await choose(agent, 'nl', '/', 'https://evil.example.com')).status, 403);
    for (const address of [
      'https://evil.example.com',
      '//evil.example.com',
      '/\\evil.example.com',
      'javascript:x',
      '/a\r\nb',
    ])
      assert.equal((await choose(agent, 'nl', address)).headers.get('location'), '/', address);
    assert.equal((await choose(agent, 'x'.repeat(5000), '/')).status, 303);
    assert.match((await open(agent)).html, /<html lang="fr"/);
  });
});
