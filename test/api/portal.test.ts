import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { portalParts } from '@aldaba/contract';
import { sweepPortalLinks } from '../../server/src/features/enterprise/portal-links/index.ts';
import { movableClock } from '../support/clock.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { newPortalLink, openPortal, portalVisitor, tokenOfLink } from '../support/portal.ts';
import { startServer, type TestServer } from '../support/server.ts';

const minute = 60_000;

describe('The portal of an organization', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let operator: Manager;
  const clock = movableClock();
  const dns = new Map<string, string[][]>();
  let number = 0;
  before(async () => {
    mailbox = await openMailbox();
    const world = { clock, resolveTxt: async (name: string) => dns.get(name) ?? [] };
    server = await startServer({ environment: mailbox.environment, world });
    const config = mailbox.config as { templates: object[] };
    const invitation = { usageType: 'OrganizationInvitation', contentType: 'text/plain', subject: 'Join' };
    const templates = [...config.templates, { ...invitation, content: 'Join {{organization.name}}: {{link}}' }];
    operator = await manage(server);
    const connector = { connectorId: 'simple-mail-transfer-protocol', config: { ...config, templates } };
    assert.equal((await operator.post('/api/connectors', connector)).status, 200);
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });
  beforeEach(async () => {
    clock.ahead = 0;
    operator = await manage(server);
  });

  const newOrganization = async (name = 'Acme') => {
    const { body } = await operator.post('/api/organizations', { name });
    return { id: body.id as string, path: `/api/organizations/${body.id}` };
  };
  const newMember = async (organizationPath: string, name: string) => {
    number += 1;
    const username = `person_${number}`;
    const { body } = await operator.post('/api/users', { username, name, primaryEmail: `${username}@example.com` });
    await operator.post(`${organizationPath}/users`, { userIds: [body.id] });
    return body.id as string;
  };
  const newLink = (organizationPath: string, draft: object = {}) => newPortalLink(operator, organizationPath, draft);
  const visitor = () => portalVisitor(server.url);
  const open = (organizationPath: string, draft: object = {}) =>
    openPortal(server.url, operator, organizationPath, draft);

  it('opens by a link with the parts that the operator chose, in the language of the link', async () => {
    const { path } = await newOrganization('Acme & Sons');
    const { url } = await newLink(path, { parts: ['members', 'domains'], locale: 'es' });
    const { agent, get, post } = visitor();
    const first = await agent.fetch(url);
    const html = await first.text();
    assert.equal(first.status, 200);
    assert.match(html, /<html lang="es"/);
    assert.match(html, /Configurar Acme &amp; Sons/);
    const started = await post('/start', { token: tokenOfLink(url) });
    assert.deepEqual([started.status, started.headers.get('location')], [303, '/portal']);
    const [cookie = ''] = started.headers.getSetCookie();
    assert.match(cookie, /^_portal=[\w-]{43}; Path=\/portal; HttpOnly; SameSite=Lax/);
    const home = await (await get('')).text();
    assert.ok(home.includes('/portal/domains') && home.includes('/portal/members'));
    assert.ok(!home.includes('/portal/invitations') && !home.includes('/portal/audit-logs'));
    const chinese = await open(path, { locale: 'zh-CN' });
    assert.match(await (await chinese.get('')).text(), /关闭门户/);
    const german = await open(path);
    assert.match(await (await german.get('', { 'accept-language': 'de' })).text(), /<html lang="en"/);
  });

  it('speaks in the phrases of the operator, and has the branding of the organization', async () => {
    const { path } = await newOrganization();
    const phrases = { portal: { homeLead: 'Welcome to {name} <b>', event: { OpenPortal: 'They came in' } } };
    assert.equal((await operator.put('/api/custom-phrases/en', phrases)).status, 201);
    const branding = { branding: { logoUrl: 'https://pictures.example/acme.png' }, color: { primaryColor: '#123456' } };
    assert.equal((await operator.patch(path, branding)).status, 200);
    const { get } = await open(path, { locale: 'en' });
    const home = await (await get('')).text();
    assert.match(home, /Welcome to [^<]*&lt;b/);
    assert.match(home, /pictures\.example\/acme\.png/);
    assert.match(await (await get('/audit-logs')).text(), /They came in/);
    const spanish = await open(path, { locale: 'es' });
    assert.match(await (await spanish.get('')).text(), /Lo que tu organización configura/);
    const unknown = await operator.put('/api/custom-phrases/en', { portal: { nothing: 'x' } });
    assertRefused(unknown, 422, 'localization.invalid_translation_structure');
    // For the tests that follow.
    await operator.put('/api/custom-phrases/en', {});
  });

  it('deletes links 30 days after the last day on which they could be used', async () => {
    const { path } = await newOrganization();
    const [, kept] = [await newLink(path, { expiresInDays: 1 }), await newLink(path, { expiresInDays: 3 })];
    const opened = await open(path, { expiresInDays: 1 });
    const { database } = server.app;
    const day = 24 * 60 * minute;
    const sweep = (days: number) => sweepPortalLinks(database.system, clock.now() + days * day, () => false);
    await sweep(30);
    assert.equal((await opened.get('')).status, 200);
    assert.equal((await operator.get(`${path}/portal-links`)).body.length, 3);
    assert.ok((await sweep(32)) >= 2);
    const left = (await operator.get(`${path}/portal-links`)).body.map(({ id }: { id: string }) => id);
    assert.deepEqual(left, [kept.id]);
  });

  // security: portal-sessions
  it('starts once, by its form alone, and stores only hashes', async () => {
    const { path } = await newOrganization();
    const { url, id } = await newLink(path);
    const token = tokenOfLink(url);
    for (let visit = 0; visit < 3; visit += 1) assert.equal((await visitor().agent.fetch(url)).status, 200);
    const foreign = await visitor().post('/start', { token }, { origin: 'https://evil.example.com' });
    assert.equal(foreign.status, 403);
    const answers = await Promise.all([1, 2, 3].map(() => visitor().post('/start', { token })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 403, 403]);
    assert.equal((await visitor().agent.fetch(url)).status, 403);
    const [cookie = ''] = answers.flatMap((answer) => answer.headers.getSetCookie());
    const [row] = await server.tenant.db.raw<{ text: string }>(
      'select t::text as text from portal_links t where tenant_id = $1 and id = $2',
      [server.tenant.id, id],
    );
    assert.ok(row && !row.text.includes(token) && !row.text.includes(/_portal=([\w-]+)/.exec(cookie)?.[1] ?? '?'));
    assert.ok(!JSON.stringify((await operator.get(`${path}/portal-links`)).body).includes(token));
  });

  // security: portal-sessions
  it('ends without requests, after 8 hours, when closed, and when the operator revokes the link', async () => {
    const { path } = await newOrganization();
    const statusOf = async ({ get }: { get: (path: string) => Promise<Response> }) => (await get('')).status;
    const idle = await open(path);
    clock.ahead = 29 * minute;
    assert.equal(await statusOf(idle), 200);
    clock.ahead += 31 * minute;
    assert.equal(await statusOf(idle), 403);

    clock.ahead = 0;
    const busy = await open(path);
    for (clock.ahead = 0; clock.ahead < 8 * 60 * minute - minute; clock.ahead += 20 * minute)
      assert.equal(await statusOf(busy), 200);
    clock.ahead = 8 * 60 * minute + minute;
    assert.equal(await statusOf(busy), 403);

    clock.ahead = 0;
    const closed = await open(path);
    const copy = closed.agent.cookies();
    assert.equal((await closed.post('/close')).status, 303);
    const replayed = await fetch(`${server.url}/portal`, { headers: { cookie: copy, accept: 'text/html' } });
    assert.equal(replayed.status, 403);

    const revoked = await open(path);
    assert.equal((await operator.delete(`${path}/portal-links/${revoked.link.id}`)).status, 204);
    assert.equal(await statusOf(revoked), 403);

    const late = await newLink(path, { expiresInDays: 1 });
    clock.ahead = 24 * 60 * minute + minute;
    assert.equal((await visitor().post('/start', { token: tokenOfLink(late.url) })).status, 403);
  });

  // security: portal-sessions
  it('shows one organization, and the offered parts alone', async () => {
    const [own, other] = [await newOrganization('Own'), await newOrganization('Other company')];
    await newMember(own.path, 'Ada Own');
    const stranger = await newMember(other.path, 'Grace Other');
    await operator.post(`${other.path}/domains`, { domain: 'other.example' });
    const draft = { invitee: 'x@other.example', organizationId: other.id, expiresAt: clock.now() + 60 * minute };
    const { body: invitation } = await operator.post('/api/organization-invitations', draft);
    const { get, post } = await open(own.path);
    for (const path of ['', '/domains', '/directory', '/members', '/members?q=Other', '/invitations', '/audit-logs']) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.doesNotMatch(await answer.text(), /Other company|Grace|other\.example/, path);
    }
    const refused: [string, string, Record<string, string>?][] = [
      ['GET', '/domains/other.example'],
      ['POST', '/domains/other.example/check'],
      ['POST', '/domains/other.example/send'],
      ['POST', '/domains/other.example/remove'],
      ['GET', `/members/${stranger}`],
      ['POST', `/members/${stranger}/roles`],
      ['POST', `/members/${stranger}/remove`],
      ['POST', '/invitations/revoke', { id: invitation.id }],
    ];
    for (const [method, path, fields] of refused) {
      const answer = await (method === 'GET' ? get(path) : post(path, fields));
      assert.ok([404, 422].includes(answer.status), `${method} ${path}: ${answer.status}`);
      assert.doesNotMatch(await answer.text(), /Grace|x@other/, path);
    }
    assert.equal((await operator.get(`${other.path}/users`)).body.length, 1);
    assert.equal((await operator.get(`/api/organization-invitations/${invitation.id}`)).body.status, 'Pending');

    for (const part of portalParts) {
      const limited = await open(own.path, { parts: [part] });
      for (const each of portalParts) assert.equal((await limited.get(`/${each}`)).status, each === part ? 200 : 404);
      for (const path of ['/domains', '/members/x/remove', '/invitations'])
        if (!path.startsWith(`/${part}`)) assert.equal((await limited.post(path, {})).status, 404, path);
    }
  });

  // security: portal-sessions
  it('rejects forms of other sites', async () => {
    const { path } = await newOrganization();
    const { post } = await open(path);
    const from = { origin: 'https://evil.example.com' };
    for (const [form, fields] of [
      ['/domains', { domain: 'evil.example' }],
      ['/close', {}],
    ] as const) {
      assert.equal((await post(form, fields, from)).status, 403, form);
      assert.equal((await post(form, fields, { 'sec-fetch-site': 'same-site' })).status, 403, form);
    }
    assert.deepEqual((await operator.get(`${path}/domains`)).body, []);
  });

  it('verifies a domain by DNS and by email, with the errors in words', async () => {
    const { path } = await newOrganization();
    const { get, post } = await open(path);
    const publicDomain = await post('/domains', { domain: 'gmail.com' });
    assert.equal(publicDomain.status, 422);
    assert.match(await publicDomain.text(), /Anyone can get an address at gmail\.com/);
    const added = await post('/domains', { domain: 'Portal.Example' });
    assert.equal(added.headers.get('location'), '/portal/domains/portal.example?notice=added');
    const { body } = await operator.get(`${path}/domains/portal.example`);
    const page = await (await get('/domains/portal.example')).text();
    assert.ok(page.includes(body.record.name) && page.includes(body.record.value));
    const missing = await post('/domains/portal.example/check');
    assert.equal(missing.status, 422);
    assert.match(await missing.text(), /No TXT record with this value was found/);
    dns.set(body.record.name, [[body.record.value]]);
    const checked = await post('/domains/portal.example/check');
    assert.equal(checked.headers.get('location'), '/portal/domains/portal.example?notice=verified');

    await post('/domains', { domain: 'mail.example' });
    const sent = await post('/domains/mail.example/send');
    assert.equal(sent.headers.get('location'), '/portal/domains/mail.example?sent=yes&notice=sent');
    const code = await mailbox.codeTo('postmaster@mail.example');
    const wrong = await post('/domains/mail.example/code', { code: '000000' });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /role="alert"[^>]*data-code="verification_code\.code_mismatch"/);
    assert.equal((await post('/domains/mail.example/code', { code })).status, 303);
    const { body: domains } = await operator.get(`${path}/domains`);
    assert.ok(domains.every(({ isVerified }: { isVerified: boolean }) => isVerified));
    await post('/domains/mail.example/remove');
    assertRefused(await operator.get(`${path}/domains/mail.example`), 404, 'entity.not_found');
  });

  it('warns while the record of a domain is missing, until it is proved again', async () => {
    for (const [locale, warning] of [
      ['en', /Restore it, or confirm by email, before/],
      ['es', /Restáuralo, o confirma por correo, antes del/],
      ['zh-CN', /之前恢复记录，或通过邮件确认/],
    ] as const) {
      const { id, path } = await newOrganization();
      const { get, post } = await open(path, { locale });
      const domain = `missing-${locale.toLowerCase()}.example`;
      await post('/domains', { domain });
      const { body } = await operator.get(`${path}/domains/${domain}`);
      dns.set(body.record.name, [[body.record.value]]);
      await post(`/domains/${domain}/check`);
      assert.doesNotMatch(await (await get(`/domains/${domain}`)).text(), warning);
      dns.delete(body.record.name);
      await server.app.organizationDomains.sweep(Date.now() + 25 * 60 * minute, () => false);
      const page = await (await get(`/domains/${domain}`)).text();
      assert.match(page, warning);
      assert.ok(page.includes(body.record.value), 'with the record to restore');
      assert.match(await (await get('/domains')).text(), new RegExp(`${domain}[\\s\\S]*?2\\d{3}`));
      assert.equal((await get('/audit-logs')).status, 200);
      dns.set(body.record.name, [[body.record.value]]);
      assert.equal((await post(`/domains/${domain}/check`)).status, 303);
      assert.doesNotMatch(await (await get(`/domains/${domain}`)).text(), warning);
      assert.equal((await operator.get(`/api/organizations/${id}/domains/${domain}`)).body.losesAt, null);
    }
  });

  it('changes roles, removes members, and invites with the page of the operator', async () => {
    const { id, path } = await newOrganization();
    const member = await newMember(path, 'Ada Lovelace');
    const { body: role } = await operator.post('/api/organization-roles', { name: 'Editor of portals' });
    const { post, get } = await open(path, { invitationUrl: 'https://app.example.com/join?from=portal' });
    assert.equal((await post(`/members/${member}/roles`, { [`role.${role.id}`]: 'yes' })).status, 303);
    assert.match(await (await get('/members?q=lovelace')).text(), /Ada Lovelace[\s\S]*Editor of portals/);
    assert.equal((await post(`/members/${member}/roles`, {})).status, 303);
    assert.deepEqual((await operator.get(`${path}/users/${member}/roles`)).body, []);

    const wrong = await post('/invitations', { email: 'nobody' });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /value="nobody"/);
    assert.equal((await post('/invitations', { email: 'guest@example.org', [`role.${role.id}`]: 'yes' })).status, 303);
    const { body: invitations } = await operator.get(`/api/organization-invitations?organizationId=${id}`);
    const link = `https://app.example.com/join?from=portal&invitation_id=${invitations[0].id}`;
    await mailbox.arrived('guest@example.org', new RegExp(link.replaceAll(/[.?&]/g, '\\$&')));
    assert.deepEqual(invitations[0].organizationRoles, [{ id: role.id, name: role.name }]);
    assert.equal((await post('/invitations/revoke', { id: invitations[0].id })).status, 303);
    assert.equal((await post(`/members/${member}/remove`)).status, 303);
    assert.deepEqual((await operator.get(`${path}/users`)).body, []);
    assert.equal((await operator.get(`/api/users/${member}`)).status, 200);

    const log = await (await get('/audit-logs')).text();
    for (const words of ['Member removed', 'Invitation revoked', 'Person invited', 'Roles changed', 'Portal opened'])
      assert.ok(log.includes(words), words);
    const { body: entries } = await operator.get(`/api/logs?organizationId=${id}&logKey=Organization.RemoveMember`);
    assert.ok(entries[0].payload.params.portalLinkId.length > 0);
  });

  it('sends no invitation without a page of the operator that accepts invitations', async () => {
    const { id, path } = await newOrganization();
    const { post, get } = await open(path);
    assert.match(await (await get('/invitations')).text(), /has not set up invitations/);
    assert.equal((await post('/invitations', { email: 'guest@example.org' })).status, 404);
    assert.deepEqual((await operator.get(`/api/organization-invitations?organizationId=${id}`)).body, []);
  });

  it('tells the operator what became of a link', async () => {
    const { path } = await newOrganization();
    const unused = await newLink(path);
    const opened = await open(path);
    const statusOf = async (id: string) =>
      (await operator.get(`${path}/portal-links`)).body.find((link: { id: string }) => link.id === id)?.status;
    assert.deepEqual([await statusOf(unused.id), await statusOf(opened.link.id)], ['unused', 'open']);
    await opened.post('/close');
    assert.equal(await statusOf(opened.link.id), 'ended');
    assertRefused(await operator.post('/api/organizations/none/portal-links', {}), 404, 'entity.not_exists_with_id');
    assertRefused(await operator.post(`${path}/portal-links`, { parts: ['secrets'] }), 400, 'guard.invalid_input');
    assertRefused(await operator.delete(`${path}/portal-links/none`), 404, 'entity.not_found');
  });
});
