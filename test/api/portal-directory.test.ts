import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { type Manager, manage } from '../support/management.ts';
import { openPortal } from '../support/portal.ts';
import { organizationWith, person, type ScimClient, scimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;

describe('Directory sync in the portal', () => {
  let server: TestServer;
  let operator: Manager;
  const clock = movableClock();
  let number = 0;
  before(async () => {
    server = await startServer({ world: { clock } });
  });
  after(() => server.close());
  beforeEach(async () => {
    clock.ahead = 0;
    operator = await manage(server);
  });

  /** An organization with a verified domain, and a browser in its portal. */
  const newOrganization = async (draft: object = {}) => {
    number += 1;
    const domain = `company-${number}.example`;
    const id: string = await organizationWith(server, operator, `Company ${number}`, domain);
    const path = `/api/organizations/${id}`;
    return { id, path, domain, portal: await openPortal(server.url, operator, path, draft) };
  };
  type Portal = Awaited<ReturnType<typeof newOrganization>>['portal'];
  const valueIn = (html: string): string => /scim_[0-9A-Za-z]{32}/.exec(html)?.[0] ?? '';
  const create = async ({ post }: Portal, fields: Record<string, string>) => {
    const answer = await post('/directory/tokens', fields);
    const html = await answer.text();
    assert.equal(answer.status, 200, html);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    return { html, value: valueIn(html) };
  };
  const clientOf = (value: string): ScimClient => scimClient(server.tenant.baseUrl, value);
  const statusOf = async (value: string) => (await clientOf(value).get('/Users')).status;
  const tokensOf = async (path: string) => (await operator.get(`${path}/scim/tokens`)).body;
  const newRole = async (draft: object) => (await operator.post('/api/organization-roles', draft)).body;

  it('creates a token whose value is shown once, with the address and the steps to enter them', async () => {
    const { path, portal, domain } = await newOrganization();
    const { html, value } = await create(portal, { name: ' Entra ID ' });
    assert.ok(html.includes(`${server.tenant.baseUrl}/scim/v2`));
    for (const words of ['Microsoft Entra ID', 'Okta', 'Test connection', 'Push Groups'])
      assert.ok(html.includes(words), words);
    const { status } = await clientOf(value).post('/Users', person(`ada@${domain}`));
    assert.equal(status, 201);
    const [token] = await tokensOf(path);
    assert.deepEqual([token.name, token.expiresAt], ['Entra ID', null]);
    for (const at of ['/directory', `/directory/tokens/${token.id}`]) {
      const page = await (await portal.get(at)).text();
      assert.match(page, /Entra ID/);
      assert.match(page, /Last used/);
      assert.ok(!page.includes(value), at);
    }

    const reopened = await portal.get('/directory/tokens');
    assert.deepEqual([reopened.status, reopened.headers.get('location')], [303, '/portal/directory']);
    const sameName = await portal.post('/directory/tokens', { name: 'Entra ID' });
    assert.equal(sameName.status, 422);
    assert.match(await sameName.text(), /data-code="entity\.unique_integrity_violation"[\s\S]*value="Entra ID"/);
    for (const name of ['', ' ', 'x'.repeat(257)]) {
      const refused = await portal.post('/directory/tokens', { name });
      assert.equal(refused.status, 400, name);
      assert.match(await refused.text(), /data-code="guard\.invalid_input"/);
    }
    assert.equal((await tokensOf(path)).length, 1);
  });

  it('lets a token expire as chosen, and says so', async () => {
    const { path, portal } = await newOrganization();
    const { value } = await create(portal, { name: 'Brief', expires: '90' });
    await create(portal, { name: 'Forged', expires: '100000' });
    const expiries = (await tokensOf(path)).map(({ expiresAt, createdAt }: { expiresAt: number; createdAt: number }) =>
      expiresAt === null ? null : Math.round((expiresAt - createdAt) / day),
    );
    assert.deepEqual(expiries, [90, null]);
    assert.equal(await statusOf(value), 200);
    clock.ahead = 90 * day + 1000;
    assert.equal(await statusOf(value), 401);
    operator = await manage(server);
    const later = await openPortal(server.url, operator, path);
    assert.match(await (await later.get('/directory')).text(), /Expired /);
  });

  it('rotates a token once for each form, keeps the previous value for a day or not at all, and deletes it', async () => {
    const { path, portal } = await newOrganization();
    const { value: first } = await create(portal, { name: 'Okta' });
    const [{ id }] = await tokensOf(path);
    const at = `/directory/tokens/${id}`;
    const revision = async () => /name="revision" value="(\d*)"/.exec(await (await portal.get(at)).text())?.[1] ?? '?';
    const form = { revision: await revision() };
    const second = valueIn(await (await portal.post(`${at}/rotate`, form)).text());
    assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);
    const again = await portal.post(`${at}/rotate`, form);
    assert.deepEqual([again.status, again.headers.get('location')], [303, `/portal${at}`]);
    assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);
    assert.match(await (await portal.get(at)).text(), /The previous value works until/);

    const third = valueIn(await (await portal.post(`${at}/rotate`, { revision: await revision(), now: 'yes' })).text());
    assert.deepEqual([await statusOf(first), await statusOf(second), await statusOf(third)], [401, 401, 200]);
    const removed = await portal.post(`${at}/remove`);
    assert.equal(removed.headers.get('location'), '/portal/directory?notice=removed');
    assert.equal(await statusOf(third), 401);
    assert.equal((await portal.get(at)).status, 404);
  });

  it('renames a token, and refuses a name that another token has', async () => {
    const { path, portal } = await newOrganization();
    const { value } = await create(portal, { name: 'Okta' });
    await create(portal, { name: 'Entra ID' });
    const { id } = (await tokensOf(path)).find(({ name }: { name: string }) => name === 'Okta');
    const at = `/directory/tokens/${id}`;
    const renamed = await portal.post(`${at}/rename`, { name: ' Okta of the subsidiary ' });
    assert.equal(renamed.headers.get('location'), `/portal${at}?notice=saved`);
    assert.equal(await statusOf(value), 200);
    const taken = await portal.post(`${at}/rename`, { name: 'Entra ID' });
    assert.equal(taken.status, 422);
    assert.match(await taken.text(), /data-code="entity\.unique_integrity_violation"/);
    assert.equal((await portal.post(`${at}/rename`, { name: '' })).status, 400);
    const names = (await tokensOf(path)).map(({ name }: { name: string }) => name);
    assert.deepEqual(names.sort(), ['Entra ID', 'Okta of the subsidiary']);
    const other = await newOrganization();
    assert.equal((await other.portal.post(`${at}/rename`, { name: 'Stolen' })).status, 404);
  });

  it('shows when the directory last called and changed something', async () => {
    const { portal, domain } = await newOrganization();
    const { value } = await create(portal, { name: 'Entra ID' });
    const timesIn = (html: string) =>
      [...html.matchAll(/<dd>([^<]*(?:UTC|Never)[^<]*)<\/dd>/g)].map(([, time = '']) => time.trim());
    assert.deepEqual(timesIn(await (await portal.get('/directory')).text()), ['Never', 'Never']);
    await clientOf(value).get('/Users');
    const [called, unchanged] = timesIn(await (await portal.get('/directory')).text());
    assert.match(called ?? '', /UTC$/);
    assert.equal(unchanged, 'Never');
    await clientOf(value).post('/Users', person(`grace@${domain}`));
    assert.match(timesIn(await (await portal.get('/directory')).text())[1] ?? '', /UTC$/);
  });

  it('gives the members of a group the role that was chosen, and takes it again', async () => {
    const { path, portal, domain } = await newOrganization();
    const directory = clientOf((await create(portal, { name: 'Entra ID' })).value);
    const { body: ada } = await directory.post('/Users', person(`ada@${domain}`));
    const { body: group } = await directory.post('/Groups', {
      displayName: 'Engineering <all>',
      members: [{ value: ada.id }],
    });
    const role = await newRole({ name: `Engineer of ${domain}` });
    const machineRole = await newRole({ name: `Machine of ${domain}`, type: 'MachineToMachine' });
    const rolesOf = async () =>
      (await operator.get(`${path}/users/${ada.id}/roles`)).body.map(({ id }: { id: string }) => id);
    assert.match(await (await portal.get('/directory')).text(), /Engineering &lt;all(>|&gt;)/);
    const at = `/directory/groups/${group.id}`;
    const offered = await (await portal.get(at)).text();
    assert.ok(offered.includes(role.id) && !offered.includes(machineRole.id));
    const saved = await portal.post(at, { role: role.id });
    assert.equal(saved.headers.get('location'), `/portal${at}?notice=saved`);
    assert.deepEqual(await rolesOf(), [role.id]);
    assert.match(await (await portal.get('/directory')).text(), new RegExp(`Engineer of ${domain}`));
    for (const refused of [machineRole.id, 'unknown']) {
      assert.equal((await portal.post(at, { role: refused })).status, 403, refused);
      assert.deepEqual(await rolesOf(), [role.id]);
    }
    assert.equal((await portal.post(at, { role: '' })).status, 303);
    assert.deepEqual(await rolesOf(), []);
  });

  // security: portal-sessions
  it('reaches no token and no group of another organization or of the tenant', async () => {
    const own = await newOrganization();
    const other = await newOrganization();
    const { value } = await create(other.portal, { name: 'Their directory' });
    const { body: group } = await clientOf(value).post('/Groups', { displayName: 'Their group' });
    const { body: tenantToken } = await operator.post('/api/scim/tokens', { name: 'Directory of the tenant' });
    const { body: tenantGroup } = await clientOf(tenantToken.value).post('/Groups', { displayName: 'Group of all' });
    const [{ id: theirs }] = await tokensOf(other.path);
    const role = await newRole({ name: `Thief of ${own.domain}` });
    const page = await (await own.portal.get('/directory')).text();
    assert.doesNotMatch(page, /Their|of the tenant|Group of all/);
    assert.match(page, /Never/);
    for (const id of [theirs, tenantToken.id]) {
      const at = `/directory/tokens/${id}`;
      assert.equal((await own.portal.get(at)).status, 404);
      for (const change of ['rotate', 'remove'])
        assert.equal((await own.portal.post(`${at}/${change}`, { revision: '', now: 'yes' })).status, 404, change);
    }
    for (const id of [group.id, tenantGroup.id]) {
      const at = `/directory/groups/${id}`;
      assert.equal((await own.portal.get(at)).status, 404);
      assert.equal((await own.portal.post(at, { role: role.id })).status, 404);
    }
    assert.deepEqual([await statusOf(value), await statusOf(tenantToken.value)], [200, 200]);
    const groups = [
      ...(await operator.get(`${other.path}/scim/groups`)).body,
      ...(await operator.get('/api/scim/groups')).body,
    ];
    assert.ok(groups.every(({ roleId }: { roleId: string | null }) => roleId === null));

    const limited = await openPortal(server.url, operator, own.path, { parts: ['members'] });
    await create(own.portal, { name: 'Hidden' });
    const [{ id: hidden }] = await tokensOf(own.path);
    assert.equal((await limited.get(`/directory/tokens/${hidden}`)).status, 404);
    for (const at of ['/directory/tokens', `/directory/tokens/${hidden}/rotate`, `/directory/tokens/${hidden}/remove`])
      assert.equal((await limited.post(at, { name: 'x', revision: '' })).status, 404, at);
    const from = { origin: 'https://evil.example.com' };
    assert.equal((await own.portal.post(`/directory/tokens/${hidden}/remove`, {}, from)).status, 403);
    assert.deepEqual((await tokensOf(own.path)).length, 1);
  });

  it('shows in the activity what the portal and the directory did, and whether it was refused', async () => {
    const { id, portal, domain } = await newOrganization();
    const directory = clientOf((await create(portal, { name: 'Entra ID' })).value);
    await directory.post('/Users', person(`ada@${domain}`));
    await directory.post('/Users', person('ada@elsewhere.example'));
    const { body: group } = await directory.post('/Groups', { displayName: 'Sales' });
    await portal.post(`/directory/groups/${group.id}`, { role: '' });
    const log = await (await portal.get('/audit-logs')).text();
    const entries = [...log.matchAll(/<div class="entry">(.*?)<\/div>/gs)].map(([entry]) =>
      entry.replaceAll(/<[^>]+>/g, '|'),
    );
    const has = (...words: string[]) =>
      assert.ok(
        entries.some((entry) => words.every((each) => entry.includes(each))),
        `${words}: ${entries}`,
      );
    has('Directory token created', 'Entra ID', 'In this portal');
    has('Role of a group changed', 'Sales', 'In this portal');
    has('|Person added|', 'Entra ID', 'By the directory');
    has('Person added: refused', 'By the directory');
    has('Portal link created', new URL(server.url).host);
    for (const key of ['Scim.Token.Create', 'Scim.Group.Map']) {
      const { body } = await operator.get(`/api/logs?organizationId=${id}&logKey=${key}`);
      assert.equal(body[0].payload.params.portalLinkId, portal.link.id, key);
    }
  });
});
