import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, organizationPermissionOf, type RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import type { Keys } from '../../server/src/oidc/keys.ts';
import { type DelegatedOrganization, type Delegation, openDelegation } from '../support/delegation.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { assertRefused, managerWith } from '../support/management.ts';
import type { Ids } from '../support/planted.ts';
import { bodyWith, pathWith } from '../support/route-requests.ts';
import { directoryOf } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const delegated = allRoutes.filter(({ access }) => access === 'organization');

describe('Domains and the audit log in the delegated Management API', () => {
  let server: TestServer;
  let mailbox: Mailbox;
  let world: Delegation;
  const dns = new Map<string, string[][]>();
  before(async () => {
    mailbox = await openMailbox();
    const resolveTxt = async (name: string) => dns.get(name) ?? [];
    server = await startServer({ environment: mailbox.environment, world: { resolveTxt } });
    world = await openDelegation(server);
    await world.operator.post('/api/connectors', {
      connectorId: 'simple-mail-transfer-protocol',
      config: mailbox.config,
    });
  });
  after(async () => {
    await server.close();
    await mailbox.close();
  });
  let number = 0;
  const newDomain = () => {
    number += 1;
    return `delegated${number}.example`;
  };
  const idsOf = ({ id, member }: DelegatedOrganization) =>
    ({
      ...{ organizationId: id, userId: member.id, invitationId: 'none', other: {} },
      organizationRoleId: world.administratorId,
    }) as unknown as Ids;
  const call = ({ api }: Pick<DelegatedOrganization, 'api'>, route: RouteContract, ids: Ids) => {
    const body = bodyWith(route, ids);
    return api.send(route.method, pathWith(route, ids), body === undefined ? {} : { body });
  };

  it('lets an administrator claim, verify and give up domains', async () => {
    const { id, path, api, admin } = await world.newOrganization();
    const domain = newDomain();
    const added = await api.post(`${path}/claimed-domains`, { domain: domain.toUpperCase() });
    assert.deepEqual([added.status, added.body.domain, added.body.isVerified], [201, domain, false]);
    assert.deepEqual((await api.get(`${path}/claimed-domains`)).body, [added.body]);
    const verify = (body: object) => api.post(`${path}/claimed-domains/${domain}/verification`, body);
    assertRefused(await verify({ method: 'dns' }), 422, 'organization_domain.record_not_found');
    dns.set(added.body.record.name, [[added.body.record.value]]);
    assert.equal((await verify({ method: 'dns' })).body.verifiedBy, 'dns');
    assert.equal((await world.operator.get(`/api/organizations/${id}/domains/${domain}`)).body.isVerified, true);
    assert.equal((await api.delete(`${path}/claimed-domains/${domain}`)).status, 204);
    assertRefused(await api.get(`${path}/claimed-domains/${domain}`), 404, 'entity.not_found');

    const byMail = newDomain();
    await api.post(`${path}/claimed-domains`, { domain: byMail });
    assert.equal((await api.post(`${path}/claimed-domains/${byMail}/verification-code`)).status, 204);
    const code = await mailbox.codeTo(`postmaster@${byMail}`);
    const verified = await api.post(`${path}/claimed-domains/${byMail}/verification`, { method: 'email', code });
    assert.deepEqual([verified.status, verified.body.verifiedBy], [200, 'email']);
    assertRefused(
      await api.post(`${path}/claimed-domains`, { domain: 'gmail.com' }),
      422,
      'organization_domain.public',
    );

    const { body: entries, headers } = await api.get(`${path}/logs?page=1&page_size=4`);
    assert.deepEqual(
      entries.map(({ key, subject, source, actor }: Record<string, unknown>) => [key, subject, source, actor]),
      [
        ['VerifyDomain', byMail],
        ['SendDomainCode', byMail],
        ['AddDomain', byMail],
        ['RemoveDomain', domain],
      ].map(([event, subject]) => [
        ...[`Organization.${event}`, subject, 'member'],
        { id: admin.id, name: admin.username },
      ]),
    );
    assert.equal(headers.get('total-number'), '6');
  });

  // security: delegated-administration
  it('shows of the audit log neither addresses of networks, nor the operator, nor other organizations', async () => {
    const [own, other] = [await world.newOrganization(), await world.newOrganization()];
    await other.api.post(`${other.path}/claimed-domains`, { domain: newDomain() });
    await world.operator.post(`/api/organizations/${own.id}/domains`, { domain: newDomain() });
    const directory = await directoryOf(world.operator, server.tenant.baseUrl, own.id);
    await directory.post('/Users', { userName: 'x@elsewhere.example' });
    const { body } = await own.api.get(`${own.path}/logs`);
    assert.deepEqual(
      body.map(({ key, source, result }: Record<string, unknown>) => [key, source, result]),
      [
        ['Scim.User.Create', 'directory', 'Error'],
        ['Scim.Token.Create', 'operator', 'Success'],
        ['Organization.AddDomain', 'operator', 'Success'],
      ],
    );
    const known = ['actor', 'createdAt', 'id', 'key', 'result', 'roles', 'source', 'subject'];
    for (const entry of body) assert.deepEqual(Object.keys(entry).sort(), known);
  });

  // security: delegated-administration, organization-domains
  it('verifies a domain of another organization by proof only, as the operator does', async () => {
    const [own, other] = [await world.newOrganization(), await world.newOrganization()];
    const domain = newDomain();
    const theirs = (await other.api.post(`${other.path}/claimed-domains`, { domain })).body;
    dns.set(theirs.record.name, [[theirs.record.value]]);
    await other.api.post(`${other.path}/claimed-domains/${domain}/verification`, { method: 'dns' });
    const mine = (await own.api.post(`${own.path}/claimed-domains`, { domain })).body;
    const verify = () => own.api.post(`${own.path}/claimed-domains/${domain}/verification`, { method: 'dns' });
    assertRefused(await verify(), 422, 'organization_domain.record_not_found');
    dns.set(mine.record.name, [[mine.record.value]]);
    assertRefused(await verify(), 422, 'organization_domain.taken');
    assert.equal((await own.api.delete(`${own.path}/claimed-domains/${domain}`)).status, 204);
    assert.equal((await other.api.get(`${other.path}/claimed-domains/${domain}`)).body.isVerified, true);
  });

  // security: delegated-administration, tenant-isolation
  it('refuses on every route callers who do not administer this organization now', async () => {
    const organization = await world.newOrganization();
    const stranger = await world.newOrganization();
    const ids = idsOf(organization);
    const another = await server.app.tenancy.create({ id: 'elsewhere', name: 'Elsewhere' });
    const bearer = (token: string, url = server.url) => ({ api: managerWith(url, token) });
    /** The token of the administrator with other claims. */
    const claims = JSON.parse(Buffer.from(organization.api.token.split('.')[1] ?? '', 'base64url').toString());
    const keys = server.app.keys as unknown as Pick<Keys, 'sign'>;
    const signed = (more: object) => keys.sign(server.tenant, { ...claims, ...more }, { type: 'at+jwt' });
    const same = bearer(await signed({})).api;
    assert.equal((await same.get(`${organization.path}/claimed-domains`)).status, 200);
    const reader = await world.newUser();
    await world.join(organization.id, reader.id);
    const callers: Record<string, { caller: Pick<DelegatedOrganization, 'api'>; statuses: number[] }> = {
      'an administrator of another organization': { caller: stranger, statuses: [401] },
      'a member without a role': {
        caller: bearer(await world.refresh(reader.username, organization.id)),
        statuses: [403],
      },
      'the token at another tenant': { caller: bearer(organization.api.token, another.baseUrl), statuses: [401] },
      'the operator': { caller: bearer(world.operator.token), statuses: [401] },
      'a SCIM token': {
        caller: bearer(
          (await world.operator.post(`/api/organizations/${organization.id}/scim/tokens`, { name: 'S' })).body.value,
        ),
        statuses: [401],
      },
      'an expired token': { caller: bearer(await signed({ iat: 1, exp: 2 })), statuses: [401] },
      'a machine': { caller: bearer(await signed({ sub: 'machine', client_id: 'machine' })), statuses: [401] },
      'a token for the Management API': {
        caller: bearer(await signed({ aud: server.tenant.managementIndicator, scope: 'all' })),
        statuses: [401],
      },
      'a truncated token': { caller: bearer(organization.api.token.slice(0, -1)), statuses: [401] },
      'no token': { caller: bearer(''), statuses: [401] },
    };
    const names = Object.keys(callers);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...delegated), fc.constantFrom(...names), async (route, name) => {
        const { caller, statuses } = callers[name] as (typeof callers)[string];
        const reply = await call(caller, route, ids);
        assert.ok(statuses.includes(reply.status), `${route.operationId} by ${name}: ${reply.status}`);
        assert.deepEqual(
          Object.keys(reply.body).filter((member) => !['code', 'message', 'data'].includes(member)),
          [],
        );
      }),
      { numRuns: delegated.length * names.length * 2 },
    );
    assert.deepEqual((await organization.api.get(`${organization.path}/claimed-domains`)).body, []);
  });

  // security: delegated-administration
  it('refuses on every route at once after the role is taken away, or the member removed', async () => {
    const ends: Record<string, (organization: DelegatedOrganization) => Promise<unknown>> = {
      'the role': ({ id, admin }) =>
        world.operator.put(`/api/organizations/${id}/users/${admin.id}/roles`, { organizationRoleIds: [] }),
      'the membership': ({ id, admin }) => world.operator.delete(`/api/organizations/${id}/users/${admin.id}`),
    };
    for (const [what, end] of Object.entries(ends)) {
      const organization = await world.newOrganization();
      assert.equal((await organization.api.get(`${organization.path}/claimed-domains`)).status, 200);
      await end(organization);
      for (const route of delegated) {
        const reply = await call(organization, route, idsOf(organization));
        assertRefused(reply, 403, 'auth.forbidden');
        assert.ok(organizationPermissionOf(route), `${route.operationId} without ${what}`);
      }
    }
  });

  // security: delegated-administration
  it('gives existing roles no new permission by itself', async () => {
    const before = await world.roleWith(['aldaba:read:members']);
    const { path, api } = await world.newOrganization([before]);
    assert.equal((await api.get(`${path}/members`)).status, 200);
    assertRefused(await api.get(`${path}/claimed-domains`), 403, 'auth.forbidden');
    assertRefused(await api.get(`${path}/logs`), 403, 'auth.forbidden');
  });
});
