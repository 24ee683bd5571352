import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  consoleTokens,
  createAdministrator,
  invite,
  managerOf,
  renewTokens,
  useLink,
} from '../support/administrator.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import {
  assertRefused,
  type Manager,
  manage,
  managementApi,
  managerWith,
  requestToken,
} from '../support/management.ts';
import { shownError, visitOf } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const members = '/api/team/members';
const invitations = '/api/team/invitations';
const day = 86_400_000;

describe('The team of a tenant', () => {
  let server: TestServer;
  let api: Manager;
  let offset = 0;
  before(async () => {
    server = await startServer({ world: { clock: { now: () => Date.now() + offset } } });
    api = await managerOf(server, await createAdministrator(server, 'root'));
  });
  after(() => server?.close());
  beforeEach(() => {
    offset = 0;
  });

  const listed = async () => (await api.get(members)).body;
  const named = async (name: string) => (await listed()).find(({ username, email }) => name === (username ?? email));
  /** A colleague who accepted an invitation, signed in in a browser. */
  const join = async (name: string, role: 'full' | 'read-only'): Promise<{ agent: Agent; id: string }> => {
    const agent = createAgent();
    const { link } = await invite(api, { role });
    assert.equal((await useLink(server, agent, link, name)).status, 303);
    return { agent, id: (await named(name))?.id ?? '' };
  };

  it('grows by an invitation: the link creates the account with its role, and ends in the Console', async () => {
    const { link, invitation, delivery } = await invite(api, { role: 'full', email: 'ines@example.com' });
    assert.ok(link.startsWith(`${server.url}/t/admin/setup?token=`));
    assert.equal(delivery, 'none', 'the admin tenant has no email connector');
    assert.deepEqual((await api.get(invitations)).body, [invitation]);
    assert.equal(invitation.expiresAt - invitation.createdAt, 7 * day);
    assert.match(await (await fetch(link)).text(), /value="ines@example.com"/);

    const agent = createAgent();
    const done = await useLink(server, agent, link, 'ines@example.com');
    assert.deepEqual([done.status, done.headers.get('location')], [303, `${server.url}/console/t/default`]);
    assert.deepEqual((await api.get(invitations)).body, []);
    const { id: _, lastSignInAt, ...ines } = (await named('ines@example.com')) ?? { id: '', lastSignInAt: null };
    assert.ok(Date.now() - (lastSignInAt ?? 0) < 60_000);
    assert.deepEqual(ines, {
      name: null,
      username: null,
      email: 'ines@example.com',
      role: 'full',
      hasMfa: false,
      isSuspended: false,
    });
    const { status } = await (await managerOf(server, agent)).get('/api/applications');
    assert.equal(status, 200);
    assertRefused(await api.post(invitations, { role: 'full', email: 'INES@example.com' }), 422, 'team.already_member');
  });

  // security: team
  it('lets a colleague who only reads see every list and change nothing', async () => {
    const { agent } = await join('reader', 'read-only');
    const { scope, access_token: token } = await consoleTokens(server, agent);
    assert.ok(scope.split(' ').includes('read:users'));
    assert.deepEqual(
      scope.split(' ').filter((name) => !name.startsWith('read:') && name !== 'openid'),
      [],
    );
    const reader = managerWith(server.url, token);
    for (const path of ['/api/users', '/api/applications', '/api/connectors', '/api/sign-in-exp', '/api/logs', members])
      assert.equal((await reader.get(path)).status, 200, path);
    const forbidden = [
      reader.post('/api/applications', { name: 'Mine', type: 'SPA' }),
      reader.post(invitations, { role: 'full' }),
      reader.patch(`${members}/${(await named('root'))?.id}`, { role: 'read-only' }),
      reader.delete(`${members}/${(await named('root'))?.id}`),
    ];
    for (const refused of await Promise.all(forbidden)) assertRefused(refused, 403, 'auth.forbidden');
  });

  // security: team
  it('is changed by administrators alone, not by an application of the tenant', async () => {
    const robot = await manage(server);
    const id = (await named('root'))?.id;
    const { invitation } = await invite(api, { role: 'read-only' });
    const refused = [
      robot.post(invitations, { role: 'full' }),
      robot.delete(`${invitations}/${invitation.id}`),
      robot.patch(`${members}/${id}`, { role: 'read-only' }),
      robot.delete(`${members}/${id}`),
    ];
    for (const answer of await Promise.all(refused)) assertRefused(answer, 403, 'team.administrators_only');
    assert.equal((await named('root'))?.role, 'full');
  });

  // security: team
  it('is changed with full access only, whatever single permissions a program of the admin tenant has', async () => {
    const tenant = await server.app.tenancy.get('admin');
    const admin = await manage(server, tenant);
    const { body: scopes } = await admin.get('/api/resources/default-management-api/scopes');
    const scope = scopes.find(({ name }: { name: string }) => name === 'write:team');
    const draft = { name: 'Team keeper', description: 'Invites.', type: 'MachineToMachine', scopeIds: [scope?.id] };
    const { body: role } = await admin.post('/api/roles', draft);
    const { body: machine } = await admin.post('/api/applications', { name: 'Robot', type: 'MachineToMachine' });
    await admin.post(`/api/applications/${machine.id}/roles`, { roleIds: [role.id] });
    const { body } = await requestToken(tenant.baseUrl, machine, managementApi, 'write:team');
    assert.equal(body.scope, 'write:team');
    const answer = await managerWith(server.url, body.access_token).post(invitations, { role: 'read-only' });
    assertRefused(answer, 403, 'auth.forbidden');
  });

  // security: team
  it('gives access to its own tenant only', async () => {
    await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const { agent } = await join('only_default', 'full');
    const answer = await consoleTokens(server, agent, 'acme');
    assert.equal(answer.scope.includes('all'), false);
    assertRefused(await managerWith(`${server.url}/t/acme`, answer.access_token).get(members), 403, 'auth.forbidden');
  });

  // security: team
  it('opens to an account that exists already, which signs in to accept', async () => {
    const owner = createAgent();
    await server.app.tenancy.create({ id: 'second', name: 'Second' });
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    assert.equal((await useLink(server, owner, (await invite(api, { role: 'full' })).link, 'owner')).status, 303);
    await admin.post(`/api/users/${(await named('owner'))?.id}/roles`, { roleIds: ['second-admin'] });
    const second = await managerOf(server, owner, 'second');

    const { agent, id } = await join('joiner', 'read-only');
    assert.deepEqual(
      (await second.get(members)).body.map(({ username }) => username),
      ['owner'],
    );
    const { link } = await invite(second, { role: 'full' });
    const visit = visitOf({ ...server, url: `${server.url}/t/admin` }, agent);
    const token = new URL(link).searchParams.get('token') ?? '';
    const page = await (await agent.fetch(link)).text();
    assert.match(page, /Accept as joiner/);
    // A stranger's browser shows no account, and cannot name one.
    assert.doesNotMatch(await (await fetch(link)).text(), /joiner/);
    const stranger = visitOf({ ...server, url: `${server.url}/t/admin` }, createAgent());
    assert.equal((await stranger.post('/setup', { token, account: id })).status, 200);
    assert.equal((await second.get(members)).body.length, 1);

    const done = await visit.post('/setup', { token, account: id });
    assert.deepEqual([done.status, done.headers.get('location')], [303, `${server.url}/console/t/second`]);
    assert.equal((await second.get(members)).body.find((member) => member.id === id)?.role, 'full');
    assert.equal((await (await managerOf(server, agent, 'second')).get('/api/users')).status, 200);
    assert.equal((await visit.post('/setup', { token, account: id })).status, 404, 'used');
    const again = await invite(second, { role: 'full' });
    const refused = await visit.post('/setup', {
      token: new URL(again.link).searchParams.get('token') ?? '',
      account: id,
    });
    assert.equal((await shownError(refused)).code, 'team.already_member');
  });

  it('leads a colleague without a session through the sign-in of the Console, back to the invitation', async () => {
    await join('returner', 'read-only');
    const { link } = await invite(await managerOf(server, await createAdministrator(server, 'host')), { role: 'full' });
    const agent = createAgent();
    const page = await (await agent.fetch(link)).text();
    const address = /href="([^"]*\/oidc\/auth[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const visit = visitOf({ ...server, url: `${server.url}/t/admin` }, agent);
    await agent.fetch(address);
    const signedIn = await visit.post('/sign-in', {
      app_id: 'admin-console',
      username: 'returner',
      password: 'tulips under stone',
    });
    let place = new URL(signedIn.headers.get('location') ?? '', server.url).href;
    for (let hops = 0; hops < 4 && !place.includes('/setup?token='); hops += 1)
      place = new URL((await agent.fetch(place)).headers.get('location') ?? '', server.url).href;
    assert.equal(place, link);
    assert.match(await (await agent.fetch(place)).text(), /Accept as returner/);
  });

  // security: team
  it('opens by an invitation to an email address to the account with that address only', async () => {
    const { agent } = await join('nameless', 'read-only');
    await server.app.tenancy.create({ id: 'mailed', name: 'Mailed' });
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const owner = await join('mail_owner', 'full');
    await admin.post(`/api/users/${owner.id}/roles`, { roleIds: ['mailed-admin'] });
    const mailed = await managerOf(server, owner.agent, 'mailed');
    const { link } = await invite(mailed, { role: 'full', email: 'Right@example.com' });
    const token = new URL(link).searchParams.get('token') ?? '';
    const page = await (await agent.fetch(link)).text();
    assert.doesNotMatch(page, /Accept as/);
    assert.match(page, /value="Right@example.com"[^>]* readonly/i);
    const visit = visitOf({ ...server, url: `${server.url}/t/admin` }, agent);
    const me = (await named('nameless'))?.id ?? '';
    assert.equal((await shownError(await visit.post('/setup', { token, account: me }))).code, 'setup.other_email');
    for (const name of ['wrong@example.com', 'right'])
      assert.equal(
        (await shownError(await useLink(server, createAgent(), link, name))).code,
        'setup.other_email',
        name,
      );
    assert.equal((await useLink(server, createAgent(), link, 'right@EXAMPLE.com')).status, 303);
  });

  it('shows invitations of a suspended inviter as void, and lets another administrator renew them', async () => {
    const { agent, id } = await join('inviter', 'full');
    const old = await invite(await managerOf(server, agent), { role: 'read-only', email: 'kim@example.com' });
    const listedOne = async (which: string) =>
      (await api.get(invitations)).body.find((invitation) => invitation.id === which);
    assert.equal((await listedOne(old.invitation.id))?.isVoid, false);
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    await admin.patch(`/api/users/${id}/is-suspended`, { isSuspended: true });
    assert.equal((await listedOne(old.invitation.id))?.isVoid, true);
    const renewed = await api.post(`${invitations}/${old.invitation.id}/renew`, {});
    assert.equal(renewed.status, 201);
    const { invitation, link } = renewed.body;
    assert.deepEqual(
      [invitation.email, invitation.role, invitation.isVoid, invitation.inviterId],
      ['kim@example.com', 'read-only', false, (await named('root'))?.id],
    );
    assert.equal(invitation.expiresAt - invitation.createdAt, 7 * day);
    assert.equal(await listedOne(old.invitation.id), undefined);
    assert.equal((await useLink(server, createAgent(), old.link, 'kim@example.com')).status, 404);
    assert.equal((await useLink(server, createAgent(), link, 'kim@example.com')).status, 303);
    const gone = `${invitations}/${old.invitation.id}/renew`;
    assertRefused(await api.post(gone, {}), 404, 'entity.not_exists_with_id');
    assertRefused(await (await manage(server)).post(gone, {}), 403, 'team.administrators_only');
  });

  // security: single-use
  it('has invitations that work once, until they expire or are revoked', async () => {
    const { link } = await invite(api, { role: 'read-only' });
    const answers = await Promise.all([1, 2, 3].map((n) => useLink(server, createAgent(), link, `tab${n}`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404]);

    const revoked = await invite(api, { role: 'full' });
    assert.equal((await api.delete(`${invitations}/${revoked.invitation.id}`)).status, 204);
    assert.equal((await useLink(server, createAgent(), revoked.link, 'late')).status, 404);
    assertRefused(await api.delete(`${invitations}/${revoked.invitation.id}`), 404, 'entity.not_exists_with_id');

    const old = await invite(api, { role: 'full' });
    offset = 7 * day + 1000;
    assert.equal((await useLink(server, createAgent(), old.link, 'late')).status, 404);
  });

  // security: team
  it('ends the sessions and tokens of a removed member at once, with the account and its invitations', async () => {
    const { agent, id } = await join('leaver', 'full');
    const tokens = await consoleTokens(server, agent);
    const pending = await invite(managerWith(server.url, tokens.access_token), { role: 'full' });
    assert.equal((await api.delete(`${members}/${id}`)).status, 204);
    assert.equal(await named('leaver'), undefined);
    assert.equal((await renewTokens(server, tokens)).status, 400);
    await assert.rejects(consoleTokens(server, agent), /login_required/);
    assert.equal((await useLink(server, createAgent(), pending.link, 'accomplice')).status, 404);
    // The name is free again.
    await join('leaver', 'read-only');
  });

  // security: team
  it('refuses the tokens of an administrator from the moment of the removal or suspension on', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const suspend = (id: string, isSuspended: boolean) => admin.patch(`/api/users/${id}/is-suspended`, { isSuspended });
    const gone = await join('gone', 'full');
    const withOldToken = await managerOf(server, gone.agent);
    assert.equal((await withOldToken.get('/api/users')).status, 200);
    assert.equal((await api.delete(`${members}/${gone.id}`)).status, 204);
    for (const refused of [withOldToken.get('/api/users'), withOldToken.post(invitations, { role: 'full' })])
      assertRefused(await refused, 401, 'auth.unauthorized');

    const paused = await join('paused', 'read-only');
    const asPaused = await managerOf(server, paused.agent);
    assert.equal((await asPaused.get('/api/users')).status, 200);
    assert.equal((await suspend(paused.id, true)).status, 200);
    assertRefused(await asPaused.get('/api/users'), 401, 'auth.unauthorized');
    assert.equal((await suspend(paused.id, false)).status, 200);
    assert.equal((await asPaused.get('/api/users')).status, 200);
    const { body: roles } = await admin.get(`/api/users/${paused.id}/roles`);
    assert.equal((await admin.delete(`/api/users/${paused.id}/roles/${roles[0]?.id}`)).status, 204);
    assertRefused(await asPaused.get('/api/users'), 403, 'auth.forbidden');
  });

  // security: team
  it('is not changed with the token of an administrator who was restricted since', async () => {
    const restricted = await join('restricted', 'full');
    const asBefore = await managerOf(server, restricted.agent);
    assert.equal((await api.patch(`${members}/${restricted.id}`, { role: 'read-only' })).status, 200);
    assertRefused(await asBefore.patch(`${members}/${restricted.id}`, { role: 'full' }), 403, 'auth.forbidden');
    assertRefused(await asBefore.post('/api/users', {}), 403, 'auth.forbidden');
    assert.equal((await asBefore.get('/api/users')).status, 200);
    assert.equal((await named('restricted'))?.role, 'read-only');
  });

  // security: team
  it('has invitations that end with the access of their inviter, also outside the team', async () => {
    const { agent, id } = await join('suspended', 'full');
    const { link } = await invite(await managerOf(server, agent), { role: 'full' });
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    assert.equal((await admin.patch(`/api/users/${id}/is-suspended`, { isSuspended: true })).status, 200);
    assert.equal((await useLink(server, createAgent(), link, 'accomplice')).status, 404);
  });

  it('changes what a member may do from the next token on', async () => {
    const { agent, id } = await join('changer', 'full');
    const { link } = await invite(await managerOf(server, agent), { role: 'full' });
    const { body } = await api.patch(`${members}/${id}`, { role: 'read-only' });
    assert.equal(body.role, 'read-only');
    assert.equal((await named('changer'))?.role, 'read-only');
    assert.ok(!(await consoleTokens(server, agent)).scope.split(' ').includes('all'));
    assert.equal((await useLink(server, createAgent(), link, 'accomplice')).status, 404);
    await api.patch(`${members}/${id}`, { role: 'full' });
    assert.ok((await consoleTokens(server, agent)).scope.split(' ').includes('all'));
  });

  it('records its changes in the audit log of the tenant, without links', async () => {
    const { id } = await join('audited', 'read-only');
    await api.patch(`${members}/${id}`, { role: 'full' });
    await api.delete(`${members}/${id}`);
    const { invitation, link } = await invite(api, { role: 'full', email: 'never@example.com' });
    await api.delete(`${invitations}/${invitation.id}`);
    const robot = await manage(server);
    for (const [key, part] of [
      ['Team.Join', { member: 'audited', role: 'read-only' }],
      ['Team.Change', { member: 'audited', role: 'full' }],
      ['Team.Remove', { member: 'audited' }],
      ['Team.Invite', { email: 'never@example.com', role: 'full' }],
      ['Team.Revoke', { invitationId: invitation.id }],
    ] as const) {
      const { body } = await robot.get(`/api/logs?logKey=${key}`);
      const [entry] = body;
      assert.ok(entry, key);
      const params = entry.payload.params as Record<string, unknown>;
      for (const [name, value] of Object.entries(part)) assert.equal(params[name], value, `${key} ${name}`);
      assert.ok(!JSON.stringify(body).includes(new URL(link).searchParams.get('token') ?? ''));
    }
  });
});

describe('Invitations by email', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  before(async () => {
    mailbox = await openMailbox();
    server = await startServer({ environment: mailbox.environment });
  });
  after(async () => {
    await server?.close();
    await mailbox?.close();
  });

  it('send the link through the email connector of the admin tenant, and say if that failed', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const template = {
      contentType: 'text/plain',
      subject: 'Team',
      content: 'Join {{organization.name}}: {{link}} ({{inviter.username}}/{{inviter.id}})',
    };
    const usages = ['SignIn', 'Register', 'ForgotPassword', 'Generic', 'OrganizationInvitation'];
    const config = { ...mailbox.config, templates: usages.map((usageType) => ({ usageType, ...template })) };
    const connectorId = 'simple-mail-transfer-protocol';
    const { body: connector } = await admin.post('/api/connectors', { connectorId, config });
    const api = await managerOf(server, await createAdministrator(server, 'root'));
    const sent = await invite(api, { role: 'read-only', email: 'mei@example.com' });
    assert.equal(sent.delivery, 'sent');
    const text = mailbox
      .received()
      .replaceAll(/=\r?\n/g, '')
      .replaceAll('=3D', '=');
    assert.ok(text.includes(new URL(sent.link).searchParams.get('token') ?? '?'), text);
    const [inviter] = (await api.get(members)).body;
    assert.ok(text.includes('(root/') && !text.includes(inviter?.id ?? ''), 'what is sent of the inviter is the name');
    assert.equal((await invite(api, { role: 'read-only' })).delivery, 'none', 'without an address');

    const closed = { ...config, port: 1 };
    assert.equal((await admin.patch(`/api/connectors/${connector.id}`, { config: closed })).status, 200);
    const failed = await invite(api, { role: 'full', email: 'ann@example.com' });
    assert.equal(failed.delivery, 'failed');
    assert.equal((await useLink(server, createAgent(), failed.link, 'ann@example.com')).status, 303);
  });
});

describe('The last administrator', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  // security: team
  it('keeps full access, also if two administrators remove each other at the same time', async () => {
    const [ada, bea] = await Promise.all(
      (
        await createAdministrator(server, 'ada').then(async (first) => [
          first,
          await createAdministrator(server, 'bea'),
        ])
      ).map((agent) => managerOf(server, agent)),
    );
    assert.ok(ada && bea);
    const { body } = await ada.get(members);
    const idOf = (name: string) => body.find(({ username }: { username: string | null }) => username === name)?.id;
    const answers = await Promise.all([
      ada.delete(`${members}/${idOf('bea')}`),
      bea.delete(`${members}/${idOf('ada')}`),
    ]);
    assert.equal(answers.filter(({ status }) => status === 204).length, 1);
    const last = answers[0]?.status === 204 ? ada : bea;
    const [left] = (await last.get(members)).body;
    assertRefused(await last.delete(`${members}/${left?.id}`), 422, 'team.last_administrator');
    assertRefused(await last.patch(`${members}/${left?.id}`, { role: 'read-only' }), 422, 'team.last_administrator');
    assert.equal((await last.get(members)).body.length, 1);
  });
});
