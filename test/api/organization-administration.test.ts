import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, organizationPermissionOf } from '@aldaba/contract';
import fc from 'fast-check';
import type { Keys } from '../../server/src/oidc/keys.ts';
import {
  type DelegatedOrganization,
  type Delegation,
  delegatedNames as names,
  openDelegation,
  delegatedScope as scope,
} from '../support/delegation.ts';
import { assertRefused, managerWith } from '../support/management.ts';
import type { Ids } from '../support/planted.ts';
import { bodyWith, pathWith } from '../support/route-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

const delegated = allRoutes.filter(({ access }) => access === 'organization');

describe('The delegated Management API', () => {
  let server: TestServer;
  let world: Delegation;
  before(async () => {
    server = await startServer();
    world = await openDelegation(server);
  });
  after(() => server.close());

  it('lets an administrator list and remove members, set roles, and invite', async () => {
    const { path, api, admin, member } = await world.newOrganization();
    const { body: roles } = await api.get(`${path}/roles`);
    assert.ok(
      roles.some(
        ({ id, isAssignable }: { id: string; isAssignable: boolean }) => id === world.administratorId && isAssignable,
      ),
    );
    const promoted = await api.put(`${path}/members/${member.id}/roles`, {
      organizationRoleIds: [world.administratorId],
    });
    assert.deepEqual(promoted.body.organizationRoles, [
      { id: world.administratorId, name: 'Organization administrator' },
    ]);
    const { body: members, headers } = await api.get(`${path}/members`);
    assert.equal(headers.get('total-number'), '2');
    assert.deepEqual(members.map(({ id }: { id: string }) => id).sort(), [admin.id, member.id].sort());
    assert.equal((await api.delete(`${path}/members/${member.id}`)).status, 204);
    assertRefused(await api.get(`${path}/members/${member.id}`), 422, 'organization.require_membership');
    const { status, body: invitation } = await api.post(`${path}/invitations`, world.draftOf([world.administratorId]));
    assert.deepEqual([status, invitation.inviterId], [201, admin.id]);
    assert.equal((await api.delete(`${path}/invitations/${invitation.id}`)).status, 204);
    const { body: invitations } = await api.get(`${path}/invitations`);
    assert.deepEqual(
      invitations.map(({ id, status }: { id: string; status: string }) => [id, status]),
      [[invitation.id, 'Revoked']],
    );
    const { body: entries } = await world.operator.get(`/api/logs?organizationId=${path.split('/').at(-1)}`);
    assert.deepEqual(
      entries.map(({ key, payload }: { key: string; payload: { params: { actorId: string } } }) => [
        key,
        payload.params.actorId,
      ]),
      ['RevokeInvitation', 'Invite', 'RemoveMember', 'ChangeRoles'].map((event) => [`Organization.${event}`, admin.id]),
    );
  });

  // security: delegated-administration
  it('shows of a member what colleagues may know, and changes nothing of the account', async () => {
    const { path, api, member } = await world.newOrganization();
    const before = (await world.operator.get(`/api/users/${member.id}`)).body;
    const shown = (await api.get(`${path}/members/${member.id}`)).body;
    const known = ['avatar', 'id', 'isSuspended', 'name', 'organizationRoles', 'primaryEmail', 'username'];
    assert.deepEqual(Object.keys(shown).sort(), known);
    const attack = { organizationRoleIds: [], primaryEmail: 'evil@example.com', username: 'evil', isSuspended: true };
    assert.equal((await api.put(`${path}/members/${member.id}/roles`, attack)).status, 200);
    assert.equal((await api.delete(`${path}/members/${member.id}`)).status, 204);
    assert.deepEqual((await world.operator.get(`/api/users/${member.id}`)).body, before);
    for (const route of delegated) assert.doesNotMatch(route.path, /\/users(\/|$)/);
  });

  // security: delegated-administration
  it('never reaches another organization, whatever IDs a request names', async () => {
    const [own, other] = [await world.newOrganization(), await world.newOrganization()];
    const idsOf = async ({ id, path, member, api }: typeof own): Promise<Ids> => {
      const invitation = (await api.post(`${path}/invitations`, world.draftOf())).body;
      const ids = { organizationId: id, userId: member.id, invitationId: invitation.id };
      return { ...ids, organizationRoleId: world.administratorId, other: {} } as unknown as Ids;
    };
    const [mine, theirs] = [await idsOf(own), await idsOf(other)];
    const digest = async () => {
      const rows = [];
      for (const table of ['organization_users', 'organization_user_roles', 'organization_invitations'])
        rows.push(
          await server.tenant.db.raw(
            `select t::text from ${table} t where tenant_id = $1 and organization_id = $2 order by 1`,
            [server.tenant.id, other.id],
          ),
        );
      return rows;
    };
    const before = await digest();
    const names = [other.admin.username, other.member.username];
    for (const route of delegated) {
      const isOfRow = /:(userId|invitationId)/.test(route.path);
      const places = isOfRow
        ? [pathWith(route, theirs), pathWith(route, theirs, mine), pathWith(route, mine, theirs)]
        : [pathWith(route, theirs)];
      // `:userId/roles` has its member in the middle.
      places.push(pathWith(route, { ...mine, userId: theirs.userId, invitationId: theirs.invitationId }));
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...places), fc.constantFrom(mine, theirs), async (path, bodyIds) => {
          if (path === pathWith(route, mine)) return;
          const body = bodyWith(route, bodyIds);
          const reply = await own.api.send(route.method, path, body === undefined ? {} : { body });
          const isForeign = path.includes(other.id);
          const refusals = isForeign ? [401, 403] : [404, 422];
          assert.ok(refusals.includes(reply.status), `${route.method} ${path}: ${reply.status}`);
          const text = JSON.stringify(reply.body);
          assert.ok(!names.some((name) => text.includes(name)), `${route.method} ${path}: ${text}`);
        }),
        { numRuns: 8 },
      );
    }
    assert.deepEqual(await digest(), before);
  });

  // security: delegated-administration
  it('lists of every kind what the own organization has, and nothing of another', async () => {
    const [own, other] = [await world.newOrganization(), await world.newOrganization()];
    const role = await world.roleWith(['aldaba:read:members']);
    const marks = new Map<string, string[]>();
    for (const { path, api, member, admin } of [own, other]) {
      const { invitee, ...draft } = world.draftOf([role]);
      const domain = `${world.newName('listed').replace('_', '-')}.example`;
      assert.equal((await api.post(`${path}/invitations`, { ...draft, invitee })).status, 201);
      assert.equal((await api.post(`${path}/claimed-domains`, { domain })).status, 201);
      assert.equal((await api.put(`${path}/members/${member.id}/roles`, { organizationRoleIds: [role] })).status, 200);
      marks.set(path, [invitee, domain, member.username, admin.username]);
    }
    const lists = delegated.filter(({ method, path }) => method === 'GET' && !/:(?!id)/.test(path));
    assert.ok(lists.length >= 5, `${lists.length}`);
    let listed = '';
    for (const { path } of lists)
      for (const query of ['', '?search=%25', '?page=1&page_size=100']) {
        const { status, body } = await own.api.get(`${path.replace(':id', own.id)}${query}`);
        assert.equal(status, 200, `${path}${query}: ${JSON.stringify(body)}`);
        const text = JSON.stringify(body);
        for (const mark of marks.get(other.path) ?? []) assert.ok(!text.includes(mark), `${path}${query}: ${mark}`);
        listed += text;
      }
    for (const mark of marks.get(own.path) ?? []) assert.ok(listed.includes(mark), mark);
  });

  // security: delegated-administration
  it('asks for its own permission on every route', async () => {
    const organizations = new Map<string, DelegatedOrganization>();
    for (const name of ['', ...names])
      organizations.set(name, await world.newOrganization(name === '' ? [] : [await world.roleWith([name])]));
    for (const route of delegated)
      for (const [name, { id, member, api }] of organizations) {
        const ids = { organizationId: id, userId: member.id, invitationId: 'none', other: {} } as unknown as Ids;
        const body = bodyWith(route, { ...ids, organizationRoleId: world.administratorId });
        const reply = await api.send(route.method, pathWith(route, ids), body === undefined ? {} : { body });
        const what = `${route.operationId} with ${name}: ${reply.status} ${reply.body?.code}`;
        const isAllowed = name === organizationPermissionOf(route);
        assert.equal(reply.body?.code === 'auth.forbidden', !isAllowed, what);
      }
  });

  // security: delegated-administration
  it('allows an application only the permissions that it requested', async () => {
    const { id, path, admin, member } = await world.newOrganization();
    const asked = 'openid offline_access urn:logto:scope:organizations aldaba:read:members';
    const api = managerWith(server.url, await world.refresh(admin.username, id, asked));
    assert.equal((await api.get(`${path}/members`)).status, 200);
    assertRefused(await api.delete(`${path}/members/${member.id}`), 403, 'auth.forbidden');
    assertRefused(await api.get(`${path}/roles`), 403, 'auth.forbidden');
  });

  // security: delegated-administration
  it('never lets an administrator give, or act on, more than the administrator has', async () => {
    const limited = await world.roleWith([
      'aldaba:read:members',
      'aldaba:write:members',
      'aldaba:write:roles',
      'aldaba:write:invitations',
      'aldaba:read:roles',
    ]);
    const part = await world.roleWith(['aldaba:read:members']);
    const bare = (await world.make('/api/organization-roles', { name: world.newName('bare') })).id;
    const resource = await world.make('/api/resources', { name: 'Bills', indicator: 'https://bills.example.com' });
    const pay = await world.make(`/api/resources/${resource.id}/scopes`, { name: 'pay' });
    const payer = await world.roleWith(['aldaba:read:members'], [pay.id]);
    const { id, path, api, admin, member } = await world.newOrganization([limited]);
    const rolesOf = (userId: string) => `${path}/members/${userId}/roles`;
    for (const roleId of [world.administratorId, bare, payer]) {
      const given = await api.put(rolesOf(member.id), { organizationRoleIds: [part, roleId] });
      assertRefused(given, 403, 'organization.exceeds_own_rights');
      assertRefused(
        await api.post(`${path}/invitations`, world.draftOf([roleId])),
        403,
        'organization.exceeds_own_rights',
      );
    }
    const assignable = (await api.get(`${path}/roles`)).body
      .filter(({ isAssignable }: { isAssignable: boolean }) => isAssignable)
      .map(({ id }: { id: string }) => id);
    assert.ok(assignable.includes(part) && assignable.includes(limited));
    assert.ok(![world.administratorId, bare, payer].some((roleId) => assignable.includes(roleId)));
    assert.equal((await api.put(rolesOf(member.id), { organizationRoleIds: [part] })).status, 200);

    for (const roleId of [world.administratorId, bare, payer]) {
      const powerful = await world.newUser();
      await world.join(id, powerful.id, [roleId]);
      const demoted = await api.put(rolesOf(powerful.id), { organizationRoleIds: [] });
      assertRefused(demoted, 403, 'organization.exceeds_own_rights');
      const removed = await api.delete(`${path}/members/${powerful.id}`);
      assertRefused(removed, 403, 'organization.exceeds_own_rights');
    }
    const own = await api.put(rolesOf(admin.id), { organizationRoleIds: [part] });
    assertRefused(own, 422, 'organization.own_membership');
    assertRefused(await api.delete(`${path}/members/${admin.id}`), 422, 'organization.own_membership');
  });

  // security: delegated-administration
  it('ends with the role, the membership, the account and the session of the administrator', async () => {
    const ends: [string, number, (organization: DelegatedOrganization) => Promise<unknown>][] = [
      [
        'the role',
        403,
        ({ id, admin }) =>
          world.operator.put(`/api/organizations/${id}/users/${admin.id}/roles`, { organizationRoleIds: [] }),
      ],
      ['the membership', 403, ({ id, admin }) => world.operator.delete(`/api/organizations/${id}/users/${admin.id}`)],
      [
        'the account',
        401,
        ({ admin }) => world.operator.patch(`/api/users/${admin.id}/is-suspended`, { isSuspended: true }),
      ],
      [
        'the session',
        401,
        async ({ admin }) => {
          const { body } = await world.operator.get(`/api/users/${admin.id}/sessions`);
          const uid = (body as { sessions: { payload: { uid: string } }[] }).sessions[0]?.payload.uid;
          await world.operator.delete(`/api/users/${admin.id}/sessions/${uid}?revokeGrantsTarget=all`);
        },
      ],
    ];
    for (const [what, status, end] of ends) {
      const organization = await world.newOrganization();
      assert.equal((await organization.api.get(`${organization.path}/members`)).status, 200, what);
      await end(organization);
      assert.equal((await organization.api.get(`${organization.path}/members`)).status, status, what);
    }
  });

  // security: delegated-administration
  it('refuses every token that a member did not get by a sign-in to an application of the operator', async () => {
    const { id, path, admin } = await world.newOrganization();
    const audience = `urn:logto:organization:${id}`;
    const [grant] = await server.tenant.db.raw<{ id: string }>(
      'select id from grants where tenant_id = $1 and user_id = $2',
      [server.tenant.id, admin.id],
    );
    await world.operator.post(`/api/users/${admin.id}/personal-access-tokens`, { name: 'Own' });
    const [personal] = await server.tenant.db.raw<{ id: string }>(
      'select id from personal_access_tokens where tenant_id = $1 and user_id = $2',
      [server.tenant.id, admin.id],
    );
    const thirdParty = await world.make('/api/applications', {
      name: 'Partner',
      type: 'SPA',
      isThirdParty: true,
      oidcClientMetadata: { redirectUris: ['https://partner.example.com'] },
    });
    const keys = server.app.keys as unknown as Pick<Keys, 'sign'>;
    const sign = (claims: Record<string, unknown>, type = 'at+jwt') => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: server.tenant.issuer, sub: admin.id, aud: audience, client_id: 'demo-app', scope, iat: now };
      return keys.sign(server.tenant, { ...usual, exp: now + 600, jti: `x.g.${grant?.id}`, ...claims }, { type });
    };
    const statusWith = async (token: string) => (await managerWith(server.url, token).get(`${path}/members`)).status;
    assert.equal(await statusWith(await sign({})), 200);
    const wrong: Record<string, Record<string, unknown>> = {
      'without an origin': { jti: 'x' },
      'of an unknown grant': { jti: 'x.g.none' },
      'of a personal access token': { jti: `x.p.${personal?.id}` },
      'with an actor': { act: { sub: 'support' } },
      'for two audiences': { aud: [audience, 'https://other.example.com'] },
      'for another organization': { aud: 'urn:logto:organization:other' },
      'for the Management API': { aud: server.tenant.managementIndicator, scope: 'all' },
      'of a machine': { sub: 'machine', client_id: 'machine' },
      'of an unknown application': { client_id: 'none' },
      expired: { exp: 1 },
    };
    for (const [what, claims] of Object.entries(wrong)) assert.equal(await statusWith(await sign(claims)), 401, what);
    assert.equal(await statusWith(await sign({}, 'JWT')), 401);
    assert.equal(await statusWith(await sign({ client_id: thirdParty.id })), 403);
    assert.equal(await statusWith(world.operator.token), 401);

    const machine = await world.make('/api/applications', { name: 'Robot', type: 'MachineToMachine' });
    const robotScopes = (await world.operator.get('/api/organization-scopes?page_size=100')).body.map(
      ({ id: scopeId }: { id: string }) => scopeId,
    );
    const robotRole = { name: world.newName('robot'), type: 'MachineToMachine', organizationScopeIds: robotScopes };
    const roleId = (await world.make('/api/organization-roles', robotRole)).id;
    await world.operator.post(`/api/organizations/${id}/applications`, { applicationIds: [machine.id] });
    await world.operator.put(`/api/organizations/${id}/applications/${machine.id}/roles`, {
      organizationRoleIds: [roleId],
    });
    const { secret } = machine as unknown as { secret: string };
    const body = new URLSearchParams({ grant_type: 'client_credentials', organization_id: id, scope: names.join(' ') });
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body,
      headers: { authorization: `Basic ${btoa(`${machine.id}:${secret}`)}` },
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    assert.equal(typeof token, 'string');
    assert.equal(await statusWith(token), 401);
  });

  // security: delegated-administration
  it('sends invitations with links to the application only', async () => {
    const { path, api } = await world.newOrganization();
    const send = (link: string) => api.post(`${path}/invitations`, { ...world.draftOf(), link });
    for (const link of [
      'https://evil.example.com/',
      `${server.url}.evil.example.com/`,
      `${server.url}@evil.example.com/`,
    ]) {
      const { status, body } = await send(link);
      assert.ok(status === 422 || status === 400, link);
      assert.ok(['organization.foreign_link', 'guard.invalid_input'].includes(body.code), link);
    }
    // Development mode: without a connector, messages go to the inbox of the tenant.
    assert.equal((await send(`${server.url}/demo-app?join=1`)).status, 201);
  });

  it('answers pages of any origin, as the token decides', async () => {
    const { path, api } = await world.newOrganization();
    const headers = { origin: 'https://app.example.com' };
    const reply = await api.send('GET', `${path}/members`, { headers });
    assert.equal(reply.headers.get('access-control-allow-origin'), 'https://app.example.com');
    const users = await api.send('GET', `${path}/users`, { headers });
    assert.deepEqual([users.status, users.headers.get('access-control-allow-origin')], [401, null]);
  });
});
