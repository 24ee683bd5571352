import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { errorCatalog } from '@aldaba/contract';
import { requestIdHeader } from '../../server/src/http/request-id.ts';
import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Error responses', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const english = errorCatalog['session.invalid_credentials'][1];
  const inSpanish = 'La cuenta o la contraseña no es correcta. Revisa ambas e inténtalo de nuevo.';
  const inChinese = '账号或密码不正确，请检查后重试。';
  const languages: [header: string | undefined, sentence: string, language: string | null][] = [
    ['es', inSpanish, 'es'],
    ['es-MX,es;q=0.9,en;q=0.1', inSpanish, 'es'],
    ['nl, zh-CN;q=0.8, en;q=0.5', inChinese, 'zh-CN'],
    ['zh', inChinese, 'zh-CN'],
    ['en-GB, es;q=0.5', english, 'en'],
    ['fr-CA', 'Le compte ou le mot de passe est incorrect. Vérifiez-les et réessayez.', 'fr'],
    ['xx', english, 'en'],
    [undefined, english, null],
  ];

  it('returns errors of the Experience API in the language that the browser requests', async () => {
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    const send = (method: string, path: string, body: object, language?: string) =>
      agent.fetch(`${server.url}/api/experience${path}`, {
        method,
        headers: {
          origin: server.url,
          'content-type': 'application/json',
          ...(language === undefined ? {} : { 'accept-language': language }),
        },
        body: JSON.stringify(body),
      });
    await send('PUT', '', { interactionEvent: 'SignIn' });
    const wrong = { identifier: { type: 'username', value: 'ana' }, password: 'wrong' };
    for (const [header, sentence, language] of languages) {
      // undici adds `Accept-Language: *`, which asks for no language.
      const answer = await send('POST', '/verification/password', wrong, header ?? '*');
      const body = (await answer.json()) as Record<string, unknown>;
      assert.deepEqual(
        [answer.status, body.code, body.message],
        [422, 'session.invalid_credentials', sentence],
        header,
      );
      if (language !== null) assert.equal(answer.headers.get('content-language'), language);
      assert.match(String(answer.headers.get('vary')), /accept-language/i);
    }
  });

  it('localizes Management API and OAuth errors, and keeps the developers’ description English', async () => {
    const ask = async (path: string, init: RequestInit = {}) => {
      const headers = { authorization: `Bearer ${api.token}`, 'accept-language': 'es', ...(init.headers as object) };
      return (await (await fetch(`${server.url}${path}`, { ...init, headers })).json()) as Record<string, string>;
    };
    assert.equal((await ask('/api/users/nobody')).message, 'El elemento no existe o se ha eliminado.');
    assert.equal(
      (await ask('/api/users?page=0')).message,
      'Usa una página (page) a partir de 1 y un page_size de 1 a 100.',
    );
    assert.equal((await ask('/api/nothing')).message, 'No existe ninguna página en esta dirección. Compruébala.');
    const token = await ask('/oidc/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) });
    assert.match(String(token.message), /aplicación/);
    assert.match(String(token.error_description), /^[\x20-\x7e]+$/);
  });

  it('returns a page to browsers and JSON to programs for an unknown path', async () => {
    for (const path of [
      '/t/admin/console',
      '/account/nothing',
      '/nothing/here',
      '/t/nowhere',
      '/t/nowhere/sign-in',
      '/t/admin/nothing',
      '/sandbox',
    ]) {
      const page = await fetch(`${server.url}${path}`, {
        headers: { accept: 'text/html,*/*', 'accept-language': 'zh-CN' },
      });
      assert.equal(page.status, 404, path);
      assert.match(String(page.headers.get('content-type')), /^text\/html/, path);
      assert.match(String(page.headers.get('content-security-policy')), /default-src 'none'/);
      const html = await page.text();
      assert.match(html, /<html lang="zh-CN"/, path);
      // The person who asks for help can name the request.
      assert.ok(html.includes(String(page.headers.get(requestIdHeader))), path);
      const program = await fetch(`${server.url}${path}`, { headers: { accept: '*/*' } });
      assert.equal(program.status, 404, path);
      if (path !== '/sandbox') assert.match(String(((await program.json()) as { code: string }).code), /not_found$/);
    }
    for (const path of ['/api/nothing', '/oidc/nothing', '/t/nowhere/api/users']) {
      const answer = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
      assert.equal(answer.status, 404);
      assert.match(String(answer.headers.get('content-type')), /^application\/json/, path);
    }
  });
});
