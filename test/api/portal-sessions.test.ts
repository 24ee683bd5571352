import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { newPortalLink, openPortal, portalVisitor, tokenOfLink } from '../support/portal.ts';
import { listPortalRoutes, portalPathWith } from '../support/portal-routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const cookieIn = (cookies: string): string => /_portal=([\w-]+)/.exec(cookies)?.[1] ?? '';

describe('Sessions of the portal', () => {
  let server: TestServer;
  let operator: Manager;
  before(async () => {
    server = await startServer();
    operator = await manage(server);
  });
  after(() => server.close());

  const newOrganization = async () => {
    const { body } = await operator.post('/api/organizations', { name: 'Acme' });
    return `/api/organizations/${body.id}`;
  };
  /** The portal asked with a cookie alone, at this or another tenant. */
  const statusWith = async (cookie: string, base = server.url) =>
    (await fetch(`${base}/portal`, { headers: { cookie: `_portal=${cookie}`, accept: 'text/html' } })).status;
  const start = (token: string, { cookie = '', base = server.url } = {}) =>
    fetch(`${base}/portal/start`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        origin: new URL(base).origin,
        accept: 'text/html',
        ...(cookie ? { cookie: `_portal=${cookie}` } : {}),
      },
      body: new URLSearchParams({ token }),
    });

  // security: portal-sessions
  it('gives a new token at each start, and adopts none that the browser brings', async () => {
    const path = await newOrganization();
    const planted = 'A'.repeat(43);
    const { url } = await newPortalLink(operator, path);
    const started = await start(tokenOfLink(url), { cookie: planted });
    const value = cookieIn(started.headers.getSetCookie().join());
    assert.equal(started.status, 303);
    assert.notEqual(value, planted);
    assert.deepEqual([await statusWith(value), await statusWith(planted)], [200, 403]);
    // An open portal does not carry over: the new link decides what is seen.
    const limited = await newPortalLink(operator, path, { parts: ['members'] });
    const next = await start(tokenOfLink(limited.url), { cookie: value });
    const second = cookieIn(next.headers.getSetCookie().join());
    assert.notEqual(second, value);
    const headers = { cookie: `_portal=${second}`, accept: 'text/html' };
    assert.equal((await fetch(`${server.url}/portal/domains`, { headers })).status, 404);
  });

  // security: portal-sessions
  it('takes the secret of a link for no session, the token of a session for no link, and neither in part', async () => {
    const path = await newOrganization();
    const { url } = await newPortalLink(operator, path);
    const secret = tokenOfLink(url);
    assert.equal(await statusWith(secret), 403);
    for (const wrong of [secret.slice(0, -1), `${secret}x`, secret.toLowerCase(), ''])
      assert.equal((await start(wrong)).status, 403, wrong);
    const started = await start(secret);
    assert.equal(started.status, 303, 'none of them used it up');
    const value = cookieIn(started.headers.getSetCookie().join());
    for (const wrong of [value.slice(0, -1), `${value}x`, secret]) assert.equal(await statusWith(wrong), 403, wrong);
    assert.equal((await start(value)).status, 403);
    assert.equal((await fetch(`${server.url}/portal/start?token=${value}`)).status, 403);
    assert.equal(await statusWith(value), 200);
  });

  // security: portal-sessions, tenant-isolation
  it('opens nothing at another tenant', async () => {
    const path = await newOrganization();
    const elsewhere = (await server.app.tenancy.create({ id: 'elsewhere', name: 'Elsewhere' })).baseUrl;
    const owner = new Client({ connectionString: server.databaseUrl });
    await owner.connect();
    try {
      // By the statements alone too, without the wall of the database.
      for (const wall of ['enable', 'disable']) {
        await owner.query(`alter table aldaba.portal_links ${wall} row level security`);
        const { url } = await newPortalLink(operator, path);
        assert.equal((await start(tokenOfLink(url), { base: elsewhere })).status, 403);
        assert.equal((await fetch(`${elsewhere}/portal/start?token=${tokenOfLink(url)}`)).status, 403);
        const started = await start(tokenOfLink(url));
        assert.equal(started.status, 303);
        const value = cookieIn(started.headers.getSetCookie().join());
        assert.deepEqual([await statusWith(value, elsewhere), await statusWith(value)], [403, 200], wall);
      }
    } finally {
      await owner.query('alter table aldaba.portal_links enable row level security');
      await owner.end();
    }
  });

  // security: portal-sessions
  it('says to a second browser that the link was used, and does not end the first', async () => {
    const path = await newOrganization();
    const first = await openPortal(server.url, operator, path, { locale: 'en' });
    const second = portalVisitor(server.url);
    for (const answer of [
      await second.agent.fetch(first.link.url),
      await second.post('/start', { token: tokenOfLink(first.link.url) }),
      await second.get(''),
    ]) {
      assert.equal(answer.status, 403);
      assert.match(await answer.text(), /This link no longer works/);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.equal((await first.get('')).status, 200);
  });

  // security: portal-sessions
  it('ends every page and form with the organization, also of a link that was not opened', async () => {
    const path = await newOrganization();
    const portal = await openPortal(server.url, operator, path);
    const unused = await newPortalLink(operator, path);
    assert.equal((await portal.get('/domains')).status, 200);
    assert.equal((await operator.delete(path)).status, 204);
    for (const route of listPortalRoutes().filter(({ path: at }) => at !== '/start')) {
      const at = portalPathWith(route, () => 'x');
      const answer = await (route.method === 'GET' ? portal.get(at) : portal.post(at, { domain: 'late.example' }));
      assert.equal(answer.status, 403, `${route.method} ${at}`);
      assert.doesNotMatch(await answer.text(), /Acme/);
    }
    assert.equal((await start(tokenOfLink(unused.url))).status, 403);
  });

  // security: portal-sessions
  it('withdraws a part at once from a portal that is open, and gives one', async () => {
    const path = await newOrganization();
    const portal = await openPortal(server.url, operator, path, { parts: ['domains', 'members'] });
    const at = `${path}/portal-links/${portal.link.id}`;
    assert.equal((await portal.get('/domains')).status, 200);
    const { body } = await operator.patch(at, { parts: ['members', 'invitations', 'members'] });
    assert.deepEqual([body.id, body.parts, body.status], [portal.link.id, ['members', 'invitations'], 'open']);
    const late = await portal.post('/domains', { domain: 'late.example' });
    assert.equal(late.status, 404);
    assert.deepEqual((await operator.get(`${path}/domains`)).body, []);
    const home = await (await portal.get('')).text();
    assert.ok(!home.includes('/portal/domains') && home.includes('/portal/invitations'));
    assert.equal((await portal.get('/invitations')).status, 200);

    for (const wrong of [[], ['secrets'], undefined])
      assertRefused(await operator.patch(at, { parts: wrong }), 400, 'guard.invalid_input');
    const other = await newOrganization();
    const foreign = `${other}/portal-links/${portal.link.id}`;
    assertRefused(await operator.patch(foreign, { parts: ['domains'] }), 404, 'entity.not_found');
    assertRefused(await operator.delete(foreign), 404, 'entity.not_found');
    assert.equal((await portal.get('/domains')).status, 404);
    const organizationId = path.split('/').at(-1);
    const { body: entries } = await operator.get(
      `/api/logs?organizationId=${organizationId}&logKey=Organization.ChangePortalLink`,
    );
    assert.deepEqual(
      entries.map(({ payload }: { payload: { params: { portalLinkId: string; parts: string[] } } }) => [
        payload.params.portalLinkId,
        payload.params.parts,
      ]),
      [[portal.link.id, ['members', 'invitations']]],
    );
  });
});
