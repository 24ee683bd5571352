import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Custom phrases', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const words = async (query: string): Promise<Record<string, string>> =>
    (await (await fetch(`${server.url}/api/.well-known/phrases${query}`)).json()) as Record<string, string>;
  const page = async (uiLocales: string) => {
    const agent = createAgent();
    const { url } = authorization({ endpoint: server.url, extra: { ui_locales: uiLocales } });
    const address = (await agent.fetch(url)).headers.get('location') ?? '';
    return (await agent.fetch(new URL(address, server.url).href)).text();
  };

  it('replaces built-in phrases of one language, in the phrases and on the hosted pages', async () => {
    assertRefused(await api.get('/api/custom-phrases/en'), 404, 'entity.not_found');
    const translation = { signIn: { title: 'Welcome <b>to</b> {name}', submit: 'Let me in' }, 'register.submit': '' };
    const saved = await api.put('/api/custom-phrases/en', translation);
    assert.equal(saved.status, 201);
    assert.deepEqual([saved.body.tenantId, saved.body.languageTag], ['default', 'en']);
    assert.deepEqual((await api.get('/api/custom-phrases/en')).body, saved.body);
    assert.deepEqual((await api.get('/api/custom-phrases')).body, [saved.body]);
    const english = await words('?lng=en');
    assert.equal(english['signIn.submit'], 'Let me in');
    assert.equal(english['register.submit'], 'Create account');
    const html = await page('en');
    assert.ok(html.includes('Let me in'));
    assert.ok(html.includes('Welcome &lt;b') && !html.includes('<b>to'), 'words are text, not HTML');
    assert.equal((await page('es')).includes('Let me in'), false);
    assert.equal((await words('?lng=es'))['signIn.submit'], 'Iniciar sesión');
  });

  it('returns the built-in phrases of a language, whatever custom phrases it has', async () => {
    const { body: spanish } = await api.get('/api/custom-phrases/es-MX/built-in');
    assert.deepEqual([spanish.languageTag, spanish.phrases['signIn.submit']], ['es', 'Iniciar sesión']);
    await api.put('/api/custom-phrases/en', { signIn: { submit: 'Let me in' } });
    const { body: english } = await api.get('/api/custom-phrases/en/built-in');
    assert.equal(english.phrases['signIn.submit'], 'Sign in');
    assert.match(english.phrases['signIn.title'] ?? '', /\{name\}/);
    assert.deepEqual(Object.keys(english.phrases), Object.keys(spanish.phrases));
    assert.equal((await api.get('/api/custom-phrases/nl/built-in')).body.languageTag, 'en');
  });

  it('accepts custom phrases for custom pages in a language that the hosted pages do not have', async () => {
    await api.put('/api/custom-phrases/nl', { signIn: { submit: 'Inloggen' } });
    assert.equal((await words('?lng=nl'))['signIn.submit'], 'Inloggen');
  });

  it('rejects unknown phrase keys and deleting the default language', async () => {
    const refused = await api.put('/api/custom-phrases/en', { signIn: { nothing: 'x' }, constructor: 'y' });
    assertRefused(refused, 422, 'localization.invalid_translation_structure');
    assert.deepEqual(refused.body.data.keys, ['signIn.nothing', 'constructor']);
    assertRefused(await api.delete('/api/custom-phrases/en'), 409, 'localization.cannot_delete_default_language');
    assert.equal((await api.delete('/api/custom-phrases/nl')).status, 204);
    assertRefused(await api.delete('/api/custom-phrases/nl'), 404, 'entity.not_found');
    assertRefused(await api.get('/api/custom-phrases/not%20a%20tag'), 400, 'guard.invalid_input');
  });
});
