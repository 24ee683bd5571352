import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openExperience } from '../../../test/support/experience-page.ts';
import { type Operator, operate } from '../../../test/support/operator.ts';
import { type Visit, visit } from '../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';

const engine = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36';
const browsers = {
  phone: engine,
  WeChat: `${engine} MicroMessenger/8.0.47`,
  WeCom: `${engine} wxwork/4.1.22 MicroMessenger/7.0.1`,
};
type Place = 'native' | 'web' | 'account' | 'program';
const kinds: Readonly<Record<Exclude<Place, 'native'>, string>> = {
  web: 'wechat-web',
  account: 'wechat-official-account',
  program: 'wechat-mini-program',
};

describe('WeChat in apps, on the web, inside WeChat and in mini programs', () => {
  let server: TestServer;
  let operator: Operator;
  const ids = {} as Record<Place, string>;
  const appIdOf = (place: Place) => (place === 'native' ? operator.wechatApp.appId : `wx-of-${place}`);
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    ids.native = await operator.connectWechat();
    for (const [place, connectorId] of Object.entries(kinds) as [Place, string][]) {
      const config = { appId: appIdOf(place), appSecret: 'an app secret of nobody' };
      ({ id: ids[place] } = await operator.call<{ id: string }>('POST', '/api/connectors', { connectorId, config }));
    }
    await operator.configure({ signUp: { identifiers: [], password: false, verify: false } });
  });
  after(() => server?.close());

  const headersOf = (browser: keyof typeof browsers) => ({ 'user-agent': browsers[browser] });
  const offered = async (browser: keyof typeof browsers): Promise<Place[]> => {
    const html = await (await (await visit(server)).get('/sign-in?app_id=demo-app', headersOf(browser))).text();
    assert.doesNotMatch(html, /open the menu/, 'there is a way to sign in with WeChat');
    const shown = html.match(/<li data-platform[^>]*>.*?<\/li>/gs)?.filter((item) => !/^<li[^>]* hidden/.test(item));
    return (Object.keys(ids) as Place[]).filter((place) => shown?.some((item) => item.includes(ids[place])));
  };

  it('offers an Official Account in WeChat’s own browser alone, and the QR code everywhere else', async () => {
    assert.deepEqual(await offered('WeChat'), ['account']);
    assert.deepEqual(await offered('phone'), ['web']);
    assert.deepEqual(await offered('WeCom'), ['web']);
  });

  it('leads an application that names WeChat to the way that works in the browser', async () => {
    const leads = async (browser: keyof typeof browsers) => {
      const answer = await (await visit(server)).get('/direct/social/wechat?app_id=demo-app', headersOf(browser));
      const { origin, pathname, hash } = new URL(answer.headers.get('location') ?? '');
      return origin + pathname + hash;
    };
    assert.equal(await leads('WeChat'), 'https://open.weixin.qq.com/connect/oauth2/authorize#wechat_redirect');
    assert.equal(await leads('phone'), 'https://open.weixin.qq.com/connect/qrconnect');
  });

  const approve = (place: Place) =>
    operator.approveAtWechat({ appId: appIdOf(place), persona: 'mei', outcome: 'success' });
  const throughPages = async (place: Place, browser: keyof typeof browsers) => {
    const person: Visit = await visit(server);
    const headers = { ...headersOf(browser), ...(place === 'native' ? { accept: 'application/json' } : {}) };
    const pressed = await person.post(`/sign-in/social/${ids[place]}`, {}, headers);
    const address = place === 'native' ? (await pressed.json()).redirectTo : pressed.headers.get('location');
    const query = new URLSearchParams({
      code: await approve(place),
      state: new URL(address ?? '').searchParams.get('state') ?? '',
    });
    const back = await person.get(`/callback/social/${ids[place]}?${query}`, headersOf(browser));
    assert.ok((await person.arrive(back)).searchParams.get('code'), place);
  };
  const throughExperience = async () => {
    const caller = await openExperience(server, 'SignIn');
    const path = `/verification/social/${ids.program}`;
    const redirectUri = `${server.url}/callback/${ids.program}`;
    const begun = await caller.expect(200, 'POST', `${path}/authorization-uri`, { state: 'mine', redirectUri });
    const proof = await caller.expect(200, 'POST', `${path}/verify`, {
      verificationId: begun.verificationId,
      connectorData: { code: await approve('program') },
    });
    await caller.expect(204, 'POST', '/identification', proof);
    const { redirectTo } = await caller.expect(200, 'POST', '/submit');
    assert.ok((await caller.follow(redirectTo ?? '')).searchParams.get('code'));
  };

  it('knows one person by the unionid in all four places, and keeps no session key of a mini program', async () => {
    await throughPages('native', 'phone');
    await throughPages('web', 'phone');
    await throughPages('account', 'WeChat');
    await throughExperience();
    const users = await operator.users();
    assert.equal(users.length, 1);
    assert.match(users[0]?.identities.wechat?.userId ?? '', /^uSandbox-mei/);
    assert.doesNotMatch(JSON.stringify(users), /session_key/);
  });
});
