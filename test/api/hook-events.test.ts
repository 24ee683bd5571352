import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hookEventSchema } from '@aldaba/contract';
import { experienceClient } from '../support/agent.ts';
import { movableClock } from '../support/clock.ts';
import { openExperience } from '../support/experience-page.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts';
import { startServer, type TestServer } from '../support/server.ts';

const every = hookEventSchema.options;
/** Members that every change of data through the Management API comes with. */
const membersOfRequest = ['createdAt', 'data', 'event', 'hookId', 'ip', 'matchedRoute', 'method', 'params', 'path'];
const payloadOf = (request: Received) => JSON.parse(request.body);

describe('Webhook events', () => {
  let mailbox: Mailbox;
  let server: TestServer;
  let api: Manager;
  let receiver: Receiver;
  let hookId: string;
  const clock = movableClock();
  before(async () => {
    mailbox = await openMailbox();
    receiver = await startReceiver();
    server = await startServer({
      environment: mailbox.environment,
      world: { clock },
    });
    api = await manage(server);
    const made = await api.post('/api/hooks', { name: 'All', events: every, config: { url: receiver.url } });
    assert.equal(made.status, 201);
    hookId = made.body.id;
  });
  after(async () => {
    await server.close();
    await Promise.all([receiver.close(), mailbox.close()]);
  });

  const make = async (path: string, body: object) => {
    const made = await api.post(path, body);
    assert.ok(made.status < 300, JSON.stringify(made.body));
    return made.body;
  };
  /** The payload of the next request that reports the event. */
  const hear = async (event: string) =>
    payloadOf(await receiver.next((request) => JSON.parse(request.body).event === event));
  /** How often an event has been heard of, once everything before now was delivered. */
  const heard = async (event: string) => {
    const { id } = await make('/api/users', {});
    await receiver.next((request) => payloadOf(request).event === 'User.Created' && payloadOf(request).data.id === id);
    return receiver.requests.filter((request) => payloadOf(request).event === event).length;
  };

  /** The same of those about one user. */
  const heardOf = async (event: string, userId: string) => {
    await heard(event);
    return receiver.requests.filter((request) => {
      const payload = payloadOf(request);
      return payload.event === event && payload.userId === userId;
    }).length;
  };
  const connectMail = async () => {
    if ((await api.get('/api/connectors')).body.some(({ type }: { type: string }) => type === 'Email')) return;
    await make('/api/connectors', { connectorId: 'simple-mail-transfer-protocol', config: mailbox.config });
    const methods = ['username', 'email'].map((identifier) => ({
      identifier,
      password: true,
      verificationCode: false,
      isPasswordPrimary: true,
    }));
    assert.equal((await api.patch('/api/sign-in-exp', { signIn: { methods } })).status, 200);
  };

  it('lists every webhook event in the documentation', async () => {
    const page = await readFile(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
    const table = page.slice(page.indexOf('## Events'), page.indexOf('## The request'));
    const named = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, event]) => event);
    assert.deepEqual(named.toSorted(), every.toSorted());
  });

  it('lets operators subscribe to and test every event', async () => {
    assert.deepEqual((await api.get(`/api/hooks/${hookId}`)).body.events, every);
    const config = { url: receiver.url };
    assert.equal((await api.post(`/api/hooks/${hookId}/test`, { events: every, config })).status, 204);
    for (const event of every) assert.equal((await hear(event)).hookId, hookId);
  });

  it('sends the new data and the request that changed it with events of changed data', async () => {
    const { body: user } = await api.send('POST', '/api/users', { body: {}, headers: { 'user-agent': 'A test' } });
    const created = await hear('User.Created');
    assert.deepEqual(Object.keys(created).sort(), [...membersOfRequest, 'status', 'userAgent']);
    assert.deepEqual([created.data, created.userAgent], [user, 'A test']);
    for (const [path, body] of [
      ['', { name: 'Ada' }],
      ['/custom-data', { customData: { a: 1 } }],
      ['/profile', { profile: { givenName: 'Ada' } }],
      ['/password', { password: 'tulips under stone' }],
    ] as const) {
      assert.equal((await api.patch(`/api/users/${user.id}${path}`, body)).status, 200);
      const { data, matchedRoute, method, status } = await hear('User.Data.Updated');
      assert.deepEqual([data.id, matchedRoute, method, status], [user.id, `/users/:userId${path}`, 'PATCH', 200]);
    }
  });

  it('emits an event for every way of changing a role’s permissions', async () => {
    const resource = await make('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    const [read, write] = [
      await make(`/api/resources/${resource.id}/scopes`, { name: 'read' }),
      await make(`/api/resources/${resource.id}/scopes`, { name: 'write' }),
    ];
    const role = await make('/api/roles', { name: 'Clerk', description: 'c', scopeIds: [read.id] });
    const now = async () => (await hear('Role.Scopes.Updated')).data.map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(await now(), ['read']);
    await make(`/api/roles/${role.id}/scopes`, { scopeIds: [write.id] });
    assert.deepEqual(await now(), ['read', 'write']);
    await api.delete(`/api/roles/${role.id}/scopes/${read.id}`);
    assert.deepEqual(await now(), ['write']);
  });

  it('emits an event for every way of changing an organization role’s permissions', async () => {
    const resource = await make('/api/resources', { name: 'Bills', indicator: 'https://bills.test' });
    const pay = await make(`/api/resources/${resource.id}/scopes`, { name: 'pay' });
    const see = await make('/api/organization-scopes', { name: 'see' });
    const role = await make('/api/organization-roles', { name: 'Payer' });
    const path = `/api/organization-roles/${role.id}`;
    const names = (scopes: { name: string }[]) => scopes.map(({ name }) => name);
    const own = { organizationScopeIds: [see.id] };
    const of = { scopeIds: [pay.id] };
    for (const [method, where, body, after] of [
      ['POST', '/scopes', own, [['see'], []]],
      ['POST', '/resource-scopes', of, [['see'], ['pay']]],
      ['PUT', '/scopes', { organizationScopeIds: [] }, [[], ['pay']]],
      ['PUT', '/resource-scopes', { scopeIds: [] }, [[], []]],
      ['PUT', '/scopes', own, [['see'], []]],
      ['PUT', '/resource-scopes', of, [['see'], ['pay']]],
      ['DELETE', `/scopes/${see.id}`, undefined, [[], ['pay']]],
      ['DELETE', `/resource-scopes/${pay.id}`, undefined, [[], []]],
    ] as const) {
      const { status } = await api.send(method, `${path}${where}`, body ? { body } : {});
      assert.ok(status < 300, `${method} ${where} ${status}`);
      const { organizationRoleId, data, resourceScopes } = await hear('OrganizationRole.Scopes.Updated');
      assert.equal(organizationRoleId, role.id);
      assert.deepEqual([names(data), names(resourceScopes)], after, `${method} ${where}`);
    }
  });

  describe('Membership events', () => {
    let organization: string;
    before(async () => {
      organization = (await make('/api/organizations', { name: 'Acme' })).id;
    });
    const change = async () => {
      const { event: _event, createdAt: _at, ip: _ip, ...payload } = await hear('Organization.Membership.Updated');
      assert.equal(payload.organizationId, organization);
      return payload;
    };

    it('names the added and removed users, whichever route was called', async () => {
      const [ada, eve] = [(await make('/api/users', {})).id, (await make('/api/users', {})).id];
      const path = `/api/organizations/${organization}/users`;
      for (const [method, where, body, added, removed] of [
        ['POST', '', { userIds: [ada] }, [ada], undefined],
        ['PUT', '', { userIds: [eve] }, [eve], [ada]],
        ['DELETE', `/${eve}`, undefined, undefined, [eve]],
      ] as const) {
        await api.send(method, `${path}${where}`, body ? { body } : {});
        const { addedUserIds, removedUserIds } = await change();
        assert.deepEqual([addedUserIds, removedUserIds], [added, removed], method);
      }
    });

    it('names the added and removed applications', async () => {
      const machine = async (name: string) =>
        (await make('/api/applications', { name, type: 'MachineToMachine' })).id as string;
      const [first, second] = [await machine('First'), await machine('Second')];
      const path = `/api/organizations/${organization}/applications`;
      for (const [method, where, body, added, removed] of [
        ['POST', '', { applicationIds: [first] }, [first], undefined],
        ['PUT', '', { applicationIds: [second] }, [second], [first]],
        ['DELETE', `/${second}`, undefined, undefined, [second]],
      ] as const) {
        await api.send(method, `${path}${where}`, body ? { body } : {});
        const { addedApplicationIds, removedApplicationIds } = await change();
        assert.deepEqual([addedApplicationIds, removedApplicationIds], [added, removed], method);
      }
    });

    it('names users who join an organization by the domain of their email address', async () => {
      await make(`/api/organizations/${organization}/jit/email-domains`, { emailDomain: 'acme.test' });
      const user = await make('/api/users', { primaryEmail: 'new@acme.test' });
      assert.deepEqual((await change()).addedUserIds, [user.id]);
    });

    it('names a user who accepts an invitation', async () => {
      const user = await make('/api/users', { primaryEmail: 'invited@elsewhere.test' });
      const invitation = await make('/api/organization-invitations', {
        organizationId: organization,
        invitee: 'invited@elsewhere.test',
        expiresAt: Date.now() + 3_600_000,
        organizationRoleIds: [],
        messagePayload: false,
      });
      const body = { status: 'Accepted', acceptedUserId: user.id };
      await api.put(`/api/organization-invitations/${invitation.id}/status`, body);
      const joined = await change();
      assert.deepEqual(
        [joined.addedUserIds, joined.matchedRoute, joined.params],
        [[user.id], '/organization-invitations/:id/status', { id: invitation.id }],
      );
    });

    it('emits no membership event if the members did not change', async () => {
      const user = await make('/api/users', {});
      const path = `/api/organizations/${organization}/users`;
      await make(path, { userIds: [user.id] });
      await change();
      const before = await heard('Organization.Membership.Updated');
      await make(path, { userIds: [user.id] });
      assert.equal(await heard('Organization.Membership.Updated'), before);
    });
  });

  it('names the user and the interaction in the event of a registration through the Experience API', async () => {
    const client = experienceClient(server.url);
    await client.redeem(await client.register('mary', 'tulips under stone'));
    const isMary = (name: string) => (request: Received) => {
      const { event, data, user } = payloadOf(request);
      return event === name && (data ?? user)?.username === 'mary';
    };
    const created = payloadOf(await receiver.next(isMary('User.Created')));
    const registered = payloadOf(await receiver.next(isMary('PostRegister')));
    assert.equal(registered.userId, created.data.id);
    assert.equal(created.interactionEvent, 'Register');
    assert.equal(created.sessionId, registered.sessionId);
    assert.deepEqual(created.application, registered.application);
    assert.deepEqual(Object.keys(registered.application).sort(), ['description', 'id', 'name', 'type']);
    const members = 'application createdAt event hookId interactionEvent sessionId user userAgent userId userIp';
    assert.deepEqual(Object.keys(registered).sort(), members.split(' '));
    await client.redeem(await client.signIn('mary', 'tulips under stone'));
    const signedIn = payloadOf(await receiver.next(isMary('PostSignIn')));
    assert.deepEqual(Object.keys(signedIn).sort(), members.split(' '));
    const ofUser =
      'applicationId avatar createdAt customData hasPassword id identities isSuspended lastSignInAt name primaryEmail primaryPhone profile updatedAt username';
    for (const name of ofUser.split(' ')) assert.ok(name in signedIn.user, `${name} is missing`);
  });

  it('emits the event for too many messages once per recipient in 10 minutes', async () => {
    await connectMail();
    const send = () => api.post('/api/verification-codes', { email: 'flood@example.com' });
    for (let count = 0; count < 10; count += 1) assert.equal((await send()).status, 204);
    const earlier = await heard('Message.RateLimited');
    for (let count = 0; count < 3; count += 1) assertRefused(await send(), 429, 'request.message_rate_limited');
    const limited = payloadOf(await receiver.next((request) => payloadOf(request).data?.value === 'flood@example.com'));
    assert.deepEqual(
      [limited.event, limited.data, limited.matchedRoute],
      ['Message.RateLimited', { type: 'email', value: 'flood@example.com' }, '/verification-codes'],
    );
    assert.equal(await heard('Message.RateLimited'), earlier + 1);
    clock.ahead += 601_000;
    api = await manage(server);
    assert.equal((await send()).status, 204);
  });

  it('names the user, and no sign-in, in the event of a reset password', async () => {
    await connectMail();
    const user = await make('/api/users', { primaryEmail: 'ida@example.com', password: 'tulips under stone' });
    const page = await openExperience(server, 'ForgotPassword');
    const identifier = { type: 'email', value: 'ida@example.com' };
    const path = '/verification/verification-code';
    const sent = await page.expect(200, 'POST', path, { identifier, interactionEvent: 'ForgotPassword' });
    const shown = { ...sent, identifier, code: await mailbox.codeTo('ida@example.com') };
    await page.expect(204, 'POST', '/identification', await page.expect(200, 'POST', `${path}/verify`, shown));
    await page.expect(204, 'PUT', '/profile/password', { password: 'hyacinths over sand' });
    const earlier = await heard('PostSignIn');
    assert.equal(await heardOf('PostResetPassword', user.id), 0);
    await page.expect(200, 'POST', '/submit');
    const isIda = (request: Received) =>
      payloadOf(request).event === 'PostResetPassword' && payloadOf(request).userId === user.id;
    const reset = payloadOf(await receiver.next(isIda));
    const members = 'application createdAt event hookId interactionEvent sessionId user userAgent userId userIp';
    assert.deepEqual(Object.keys(reset).sort(), members.split(' '));
    assert.deepEqual([reset.interactionEvent, reset.user.id], ['ForgotPassword', user.id]);
    assert.doesNotMatch(JSON.stringify(reset), /hyacinths|argon2/);
    assert.equal((await page.call('POST', '/submit')).status, 404);
    assert.equal(await heard('PostSignIn'), earlier);
    assert.equal(await heardOf('PostResetPassword', user.id), 1);
  });

  it('names the application in the event of a sign-in over the limit, and logs the sign-in that ended for it', async () => {
    const redirectUri = `${server.url}/demo-app`;
    const application = await make('/api/applications', {
      name: 'Strict',
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [] },
      customClientMetadata: { maxAllowedGrants: 1 },
    });
    const user = await make('/api/users', { username: 'grace', password: 'tulips under stone' });
    const enter = async () => {
      const person = await visit(server, { client_id: application.id, redirect_uri: redirectUri });
      const form = { username: 'grace', password: 'tulips under stone', app_id: application.id };
      await person.arrive(await person.post('/sign-in', form));
    };
    await enter();
    const earlier = await heard('Grant.LimitExceeded');
    await enter();
    const limited = payloadOf(await receiver.next((request) => payloadOf(request).data?.maxAllowedGrants === 1));
    assert.deepEqual(limited.data, { userId: user.id, applicationId: application.id, maxAllowedGrants: 1 });
    assert.deepEqual(limited.application, { id: application.id, type: 'SPA', name: 'Strict', description: null });
    assert.equal(await heard('Grant.LimitExceeded'), earlier + 1);
    const log = await api.get(`/api/logs?logKey=RevokeGrants&applicationId=${application.id}`);
    assert.equal(log.body.length, 1);
    const { userId, grantId, reason } = log.body[0].payload;
    assert.deepEqual([userId, typeof grantId], [user.id, 'string']);
    assert.match(reason, /no more sign-ins/);
  });
});
