import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage, managerWith } from '../support/management.ts';
import { newPortalLink, openPortal, type PortalVisitor, portalVisitor, tokenOfLink } from '../support/portal.ts';
import { race } from '../support/race.ts';
import { type Node, startServer, type TestServer } from '../support/server.ts';

describe('Limits of an organization, with requests to two nodes at once', () => {
  let server: TestServer;
  let other: Node;
  let operator: Manager;
  before(async () => {
    server = await startServer();
    other = await server.addNode();
    operator = await manage(server);
  });
  after(async () => {
    await other.close();
    await server.close();
  });

  const newOrganization = async () => {
    const { body } = await operator.post('/api/organizations', { name: 'Crowded' });
    return `/api/organizations/${body.id}`;
  };
  /** Browsers in portals of one organization, at one node each. */
  const atBothNodes = async (path: string): Promise<[PortalVisitor, PortalVisitor]> => {
    const { url } = await newPortalLink(operator, path);
    const visitor = portalVisitor(other.url);
    // Both nodes serve the address of the server.
    const post: PortalVisitor['post'] = (at, fields) => visitor.post(at, fields, { origin: server.url });
    const there = { ...visitor, post };
    assert.equal((await there.post('/start', { token: tokenOfLink(url) })).status, 303);
    return [await openPortal(server.url, operator, path), there];
  };

  const add = (portal: PortalVisitor) => portal.post('/sso', { provider: 'OIDC' });
  /** Waits until a node knows a connector. */
  const isShown = async (portal: PortalVisitor, id: string) => {
    while ((await portal.get(`/sso/${id}`)).status !== 200);
  };

  // security: organization-sso
  it('lets an organization have 10 connectors and no more, whichever node is asked', async () => {
    const [here, there] = await atBothNodes(await newOrganization());
    for (let count = 1; count <= 9; count += 1) assert.equal((await add(here)).status, 303);
    const answers = await race(server.app.database, 'organizations', [() => add(here), () => add(there)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
    const refused = answers.find(({ status }) => status === 422);
    assert.match((await refused?.text()) ?? '', /role="alert"[^>]*data-code="organization_sso\.too_many"/);
    for (const portal of [here, there]) assert.equal((await add(portal)).status, 422);
    const owned = (await operator.get('/api/sso-connectors?page_size=100')).body;
    assert.equal(owned.length, 10);
    const removed = owned[0].id as string;
    // Another organization has a limit of its own, and a removed connector makes room.
    const [elsewhere] = await atBothNodes(await newOrganization());
    assert.equal((await add(elsewhere)).status, 303);
    assert.equal((await here.post(`/sso/${removed}/remove`)).status, 303);
    assert.equal((await add(here)).status, 303);
  });

  // security: organization-sso
  it('lets a connector give roles to 500 groups and no more, whichever node is asked', async () => {
    const path = await newOrganization();
    const [here, there] = await atBothNodes(path);
    const id = /\/sso\/(\w+)$/.exec((await add(here)).headers.get('location') ?? '')?.[1] ?? '';
    const { body: role } = await operator.post('/api/organization-roles', { name: 'Grouped' });
    await server.tenant.db.raw(
      `insert into sso_role_mappings (tenant_id, connector_id, attribute, value, organization_id, organization_role_id)
       select $1, $2, 'groups', 'g' || n, $3, $4 from generate_series(1, 499) n`,
      [server.tenant.id, id, path.split('/').at(-1), role.id],
    );
    await isShown(there, id);
    const map = (portal: PortalVisitor, value: string, roleId = role.id) =>
      portal.post(`/sso/${id}/group`, { attribute: 'groups', value, role: roleId });
    const answers = await race(server.app.database, 'sso_connectors', [
      () => map(here, 'one'),
      () => map(there, 'other'),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
    const refused = await map(here, 'more');
    assert.match(await refused.text(), /role="alert"[^>]*data-code="organization_sso\.too_many_groups"/);
    assert.equal((await map(here, 'g1')).status, 303, 'a group that has a role already');
    assert.equal((await map(here, 'g1', '')).status, 303);
    assert.equal((await map(here, 'more')).status, 303);
  });

  // security: organization-sso
  it('lets the portal remove no connector that the operator takes over at the same time', async () => {
    const [here, there] = await atBothNodes(await newOrganization());
    for (const portal of [here, there, here, there]) {
      const id = /\/sso\/(\w+)$/.exec((await add(here)).headers.get('location') ?? '')?.[1] ?? '';
      // Both nodes know the connector as the organization's.
      for (const each of [here, there]) await isShown(each, id);
      const [taken, removed] = await race<{ status: number }>(server.app.database, 'sso_connectors', [
        () => operator.patch(`/api/sso-connectors/${id}`, { organizationId: null }),
        () => portal.post(`/sso/${id}/remove`),
      ]);
      const { status, body } = await operator.get(`/api/sso-connectors/${id}`);
      if (taken?.status === 200) assert.deepEqual([removed?.status, status, body.organizationId], [404, 200, null]);
      else assert.deepEqual([taken?.status, removed?.status, status], [404, 303, 404]);
    }
  });

  // security: organization-domains
  it('lets an organization have 100 domains and no more, whichever node is asked', async () => {
    const path = await newOrganization();
    const [here] = await atBothNodes(path);
    for (let count = 1; count <= 99; count += 1) {
      const { status } = await operator.post(`${path}/domains`, { domain: `d${count}.example` });
      assert.equal(status, 201);
    }
    const elsewhere = managerWith(other.url, operator.token);
    const [shown, answered] = await race<{ status: number }>(server.app.database, 'organizations', [
      () => here.post('/domains', { domain: 'last.example' }),
      () => elsewhere.post(`${path}/domains`, { domain: 'first.example' }),
    ]);
    const statuses = [shown?.status, answered?.status];
    assert.ok(`${statuses}` === '303,422' || `${statuses}` === '422,201', `${statuses}`);
    assert.equal((await operator.get(`${path}/domains`)).body.length, 100);
    const refused = await here.post('/domains', { domain: 'more.example' });
    assert.equal(refused.status, 422);
    assert.match(await refused.text(), /role="alert"[^>]*data-code="organization_domain\.too_many"/);
  });
});
