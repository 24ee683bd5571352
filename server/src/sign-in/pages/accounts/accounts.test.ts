import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent, handleOf, pageOf } from '../../../../../test/support/agent.ts';
import { authorization } from '../../../../../test/support/authorization.ts';
import { type Operator, operate } from '../../../../../test/support/operator.ts';
import { visit, visitOf } from '../../../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../../../test/support/server.ts';

const password = 'tulips under stone';
const ada = { username: 'ada', password };
const eve = { username: 'eve', password };

describe('pages of a sign-in without scripts, in a browser where a user is signed in', () => {
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    for (const user of [ada, eve]) await operator.addUser(user);
  });
  after(() => server?.close());

  /** A browser where ada is signed in, with another authorization under way. */
  const again = async (extra: Record<string, string>, user = ada) => {
    const person = await visit(server);
    await person.arrive(await person.post('/sign-in', user));
    const { url, state } = authorization({ endpoint: server.url, extra });
    const begun = await person.agent.fetch(url);
    return { person, begun, state, interaction: handleOf(begun), page: begun.headers.get('location') ?? '' };
  };
  const accountOn = (html: string) => /name="account" value="([^"]*)"/.exec(html)?.[1] ?? '';

  describe('the account chooser', () => {
    it('names the application and the account, and goes on with it', async () => {
      const { person, page, state, interaction } = await again({ prompt: 'select_account' });
      const html = await (await person.get(page)).text();
      assert.match(html, /Choose an account/);
      assert.match(html, /to continue to Demo app/);
      assert.match(html, /ada/);
      const home = await person.arrive(await person.post('/select-account', { interaction, account: accountOn(html) }));
      assert.ok(home.searchParams.get('code'));
      assert.equal(home.searchParams.get('state'), state);
    });

    it('shows the phone number of a user who has nothing else as people write it', async () => {
      const phone = { identifier: 'phone', password: true, verificationCode: false, isPasswordPrimary: true };
      const username = { ...phone, identifier: 'username' };
      const signUp = { identifiers: ['username'], password: true, verify: false };
      await operator.configure({ signIn: { methods: [username, phone] }, signUp: { ...signUp, identifiers: [] } });
      await operator.call('POST', '/api/users', { primaryPhone: '34600000001', password });
      const { person, page } = await again({ prompt: 'select_account' }, { username: '34600000001', password });
      assert.match(await (await person.get(page)).text(), />\+34600000001</);
      await operator.configure({ signIn: { methods: [username] }, signUp });
    });

    it('leads to the sign-in page for another account, which replaces the session', async () => {
      const { person, page, state, interaction } = await again({ prompt: 'select_account' });
      const html = await (await person.get(page)).text();
      const other = /href="(\/sign-in\?[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
      assert.match(await (await person.get(other)).text(), /name="password"/);
      const home = await person.arrive(await person.post('/sign-in', { interaction, ...eve }));
      assert.equal(home.searchParams.get('state'), state);
      assert.match(await (await person.get((await chooserOf(person)).page)).text(), /eve/);
    });

    it('is followed by the sign-in page when the request asks for both', async () => {
      const { person, page, interaction } = await again({ prompt: 'login select_account' });
      const account = accountOn(await (await person.get(page)).text());
      const chosen = await person.post('/select-account', { interaction, account });
      const next = await person.agent.fetch(chosen.headers.get('location') ?? '');
      assert.equal(pageOf(next), '/sign-in?app_id=demo-app');
      const home = await person.arrive(await person.post('/sign-in', { interaction, ...ada }));
      assert.ok(home.searchParams.get('code'));
    });

    // security: sign-in-handover
    it('is shown again when another account signed in since', async () => {
      const { person, page, interaction } = await again({ prompt: 'select_account' });
      const account = accountOn(await (await person.get(page)).text());
      const tab = await person.agent.fetch(authorization({ endpoint: server.url, extra: { prompt: 'login' } }).url);
      await person.arrive(await person.post('/sign-in', { interaction: handleOf(tab), ...eve }));
      const chosen = await person.post('/select-account', { interaction, account });
      assert.equal(pageOf(chosen), '/select-account?app_id=demo-app');
      assert.match(await (await person.get(page)).text(), /eve/);
    });

    it('leads to the sign-in page when no user is signed in', async () => {
      const person = await visit(server, { prompt: 'select_account' });
      assert.equal(pageOf(await person.get('/select-account?app_id=demo-app')), '/sign-in?app_id=demo-app');
    });

    it('takes no form of another site', async () => {
      const { person, page, interaction } = await again({ prompt: 'select_account' });
      const account = accountOn(await (await person.get(page)).text());
      const answer = await person.post('/select-account', { interaction, account }, { origin: 'https://evil.test' });
      assert.equal(answer.status, 403);
    });
  });

  describe('the page for a link that is for another account', () => {
    const zoe = 'zoe@example.com';
    let operator: Operator;
    before(async () => {
      operator = await operate(server);
      await operator.call('POST', '/api/users', { username: 'zoe', primaryEmail: zoe, password });
    });
    const linkTo = async (email: string) => {
      const { token } = await operator.call<{ token: string }>('POST', '/api/one-time-tokens', { email });
      return { one_time_token: token, login_hint: email };
    };
    const locationOf = (answer: Response) => answer.headers.get('location') ?? '';

    it('goes on with the account that is signed in, and leaves the link unused', async () => {
      const link = await linkTo(zoe);
      const { person, page, state, interaction } = await again(link);
      const led = await person.get(page);
      assert.equal(led.status, 303);
      assert.match(locationOf(led), /^\/switch-account\?/);
      const html = await (await person.get(locationOf(led))).text();
      assert.ok(html.includes('ada') && html.includes(zoe));
      const home = await person.arrive(await person.post('/select-account', { interaction, account: accountOn(html) }));
      assert.equal(home.searchParams.get('state'), state);
      assert.ok(home.searchParams.get('code'));
      const later = await visit(server, link);
      assert.ok((await later.arrive(await later.post('/one-time-token', link))).searchParams.get('code'));
    });

    it('goes on with the account of the link after its own button', async () => {
      const link = await linkTo(zoe);
      const { person, page, interaction } = await again(link);
      const html = await (await person.get(locationOf(await person.get(page)))).text();
      const other = /href="(\/one-time-token\?[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const confirm = await person.get(other);
      assert.match(await confirm.text(), /name="one_time_token"/);
      await person.arrive(await person.post('/one-time-token', { ...link, interaction }));
      assert.match(await (await person.get((await chooserOf(person)).page)).text(), /zoe/);
    });

    it('is left out for a link to the account that is signed in, and without one', async () => {
      const link = await linkTo(zoe);
      const person = await visit(server);
      await person.arrive(await person.post('/sign-in', { username: 'zoe', password }));
      const begun = await person.agent.fetch(authorization({ endpoint: server.url, extra: link }).url);
      assert.match(await (await person.get(locationOf(begun))).text(), /name="one_time_token"/);
      const stranger = await visit(server, link);
      const query = new URLSearchParams({ app_id: 'demo-app', ...link });
      assert.match(locationOf(await stranger.get(`/switch-account?${query}`)), /^\/one-time-token\?/);
      assert.equal(pageOf(await stranger.get('/switch-account?app_id=demo-app')), '/sign-in?app_id=demo-app');
    });

    it('offers the account of a hint where there is no link', async () => {
      const { person, interaction } = await again({ prompt: 'select_account', login_hint: zoe });
      const html = await (await person.get(`/switch-account?app_id=demo-app&interaction=${interaction}`)).text();
      assert.ok(html.includes('ada') && html.includes(zoe) && /href="\/sign-in\?/.test(html));
    });
  });

  const chooserOf = async (person: Awaited<ReturnType<typeof visit>>) => {
    const begun = await person.agent.fetch(
      authorization({ endpoint: server.url, extra: { prompt: 'select_account' } }).url,
    );
    return { page: begun.headers.get('location') ?? '' };
  };

  describe('a page that outlived its interaction', () => {
    const tabs = async () => {
      const agent = createAgent();
      const requests = ['one', 'two'].map((state) => authorization({ endpoint: server.url, extra: { state } }));
      const begun = [];
      for (const { url } of requests) begun.push(await agent.fetch(url));
      return { person: visitOf(server, agent), pages: begun.map((each) => each.headers.get('location') ?? ''), begun };
    };

    it('of another tab goes on with its own state after the sign-in in the first', async () => {
      const { person, pages, begun } = await tabs();
      const [one, two] = begun.map(handleOf);
      assert.ok((await person.get(pages[1] ?? '')).ok);
      const first = await person.arrive(await person.post('/sign-in', { interaction: one ?? '', ...ada }));
      assert.equal(first.searchParams.get('state'), 'one');
      const second = await person.arrive(await person.get(pages[1] ?? ''));
      assert.equal(second.searchParams.get('state'), 'two');
      assert.ok(second.searchParams.get('code'));
      assert.notEqual(one, two);
    });

    it('posts its form to its own interaction', async () => {
      const { person, begun } = await tabs();
      for (const [index, state] of ['one', 'two'].entries()) {
        const interaction = handleOf(begun[index] as Response);
        const home = await person.arrive(await person.post('/sign-in', { interaction, ...ada }));
        assert.equal(home.searchParams.get('state'), state);
      }
    });

    it('says after the sign-in that the user is signed in, with a link back to the application', async () => {
      const { person, pages, begun } = await tabs();
      await person.arrive(await person.post('/sign-in', { interaction: handleOf(begun[0] as Response), ...ada }));
      const back = await person.get(pages[0] ?? '');
      assert.equal(back.status, 400);
      const html = await back.text();
      assert.match(html, /You are already signed in/);
      assert.match(html, new RegExp(`href="${server.url}/"[^>]*><span[^>]*>Back to Demo app`));
    });

    it('says without a session that it has expired, with a link back to the application', async () => {
      const { pages } = await tabs();
      const html = await (await visitOf(server, createAgent()).get(pages[0] ?? '')).text();
      assert.match(html, /This page has expired/);
      assert.match(html, /Back to Demo app/);
    });

    it('goes on when its form was sent twice and the first answer was lost', async () => {
      const { person, begun } = await tabs();
      const interaction = handleOf(begun[0] as Response);
      await person.post('/sign-in', { interaction, ...ada });
      const home = await person.arrive(await person.post('/sign-in', { interaction, ...ada }));
      assert.equal(home.searchParams.get('state'), 'one');
    });
  });
});
