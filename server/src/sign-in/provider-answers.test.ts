import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Operator, operate } from '../../../test/support/operator.ts';
import { shownError, type Visit, visit } from '../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';

const wechatPhone =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47';
const wechatDesktop = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/116.0 Safari/537.36 MicroMessenger/3.9';
const usernames = { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] };
const nobody = { identifiers: [], password: false, verify: false };

describe('a provider on the sign-in pages', () => {
  let server: TestServer;
  let operator: Operator;
  let wechat: string;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    const config = { appId: 'wx0123456789abcdef', appSecret: 'an app secret of nobody' };
    ({ id: wechat } = await operator.call<{ id: string }>('POST', '/api/connectors', {
      connectorId: 'wechat-web',
      config,
    }));
    await operator.call('PATCH', '/api/sign-in-exp', { socialSignInConnectorTargets: ['wechat'], signUp: usernames });
  });
  after(() => server?.close());

  const press = async (person: Visit) => {
    const answer = await person.post(`/sign-in/social/${wechat}`, {});
    assert.equal(answer.status, 303);
    return new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';
  };
  const back = (person: Visit, query: Record<string, string>, language = 'en') =>
    person.get(`/callback/social/${wechat}?${new URLSearchParams(query)}`, { 'accept-language': language });

  it('is named when the user declined, with an error or with the state alone', async () => {
    for (const answer of [{ error: 'access_denied' }, { error: 'user_cancelled_login' }, {}]) {
      const person = await visit(server);
      const shown = await shownError(await back(person, { ...answer, state: await press(person) }));
      assert.equal(shown.code, 'connector.authorization_failed');
      assert.equal(shown.message, 'The sign-in with WeChat was declined or closed. Try again or choose another way.');
    }
    const person = await visit(server);
    const shown = await shownError(await back(person, { state: await press(person) }, 'zh-CN'));
    assert.match(shown.message, /微信/);
  });

  it('is named when it answers with an error, which does not count as declined by the user', async () => {
    const person = await visit(server);
    const shown = await shownError(await back(person, { error: 'server_error', state: await press(person) }));
    assert.notEqual(shown.code, 'connector.authorization_failed');
    assert.match(shown.message, /WeChat/);
  });

  it('is not offered inside of WeChat on a phone, where its page asks to scan the phone itself', async () => {
    const page = async (userAgent: string) => {
      const person = await visit(server);
      return (await person.get('/sign-in?app_id=demo-app', { 'user-agent': userAgent })).text();
    };
    assert.doesNotMatch(await page(wechatPhone), new RegExp(`/sign-in/social/${wechat}`));
    assert.doesNotMatch(await page(wechatPhone), /Open this in your browser/, 'a password is another way');
    assert.match(await page(wechatPhone), /To sign in with WeChat, open the menu/, 'it says where WeChat works');
    assert.doesNotMatch(await page(wechatDesktop), /To sign in with WeChat, open the menu/);
    assert.match(await page(wechatDesktop), new RegExp(`/sign-in/social/${wechat}`));
    const direct = await (await visit(server)).get('/direct/social/wechat?app_id=demo-app', {
      'user-agent': wechatPhone,
    });
    assert.match(direct.headers.get('location') ?? '', /^\/sign-in\?/);
    await operator.call('PATCH', '/api/sign-in-exp', { signUp: nobody });
    assert.match(await page(wechatPhone), /Open this in your browser/);
    assert.doesNotMatch(await page(wechatPhone), /type="password"/);
  });
});
