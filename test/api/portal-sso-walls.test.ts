import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Company } from '../support/company.ts';
import type { Manager } from '../support/management.ts';
import { addConnection, newSsoOrganization, oidcFields, runTest, startSsoPortal } from '../support/portal-sso.ts';
import type { TestServer } from '../support/server.ts';

describe('Walls between organizations that set up single sign-on', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let close: () => Promise<void>;
  before(async () => {
    ({ server, operator, acme, close } = await startSsoPortal());
  });
  after(() => close?.());

  /** Everything that belongs to connectors, as stored. */
  const stored = async () => {
    const tables = ['sso_connectors', 'sso_connector_drafts', 'sso_test_sign_ins', 'sso_role_mappings'];
    const jit = 'organization_jit_sso_connectors';
    const rows = await Promise.all(
      [...tables, jit].map((table) =>
        server.tenant.db.raw(`select t::text as row from ${table} t where tenant_id = $1 order by 1`, [
          server.tenant.id,
        ]),
      ),
    );
    return JSON.stringify(rows);
  };

  // security: organization-sso
  it('never shows or changes a connector of another organization or of the operator, whatever a request names', async () => {
    const [mine, theirs] = [await newSsoOrganization(server, operator), await newSsoOrganization(server, operator)];
    acme.people.set('ada', {
      sub: 'ada',
      email: `ada@${theirs.domain}`,
      email_verified: true,
      groups: ['secret-group'],
    });
    const foreign = await addConnection(theirs.portal, 'OIDC');
    await theirs.portal.post(`/sso/${foreign}`, oidcFields(acme, { name: 'Their provider' }));
    await runTest(theirs.portal, foreign, acme, 'ada');
    const { body: role } = await operator.post('/api/organization-roles', { name: 'Wanted role' });
    const mapping = { attribute: 'groups', value: 'secret-group', role: role.id };
    assert.equal((await theirs.portal.post(`/sso/${foreign}/group`, mapping)).status, 303);
    assert.equal((await theirs.portal.post(`/sso/${foreign}/on`)).status, 303);
    const draft = { providerName: 'OIDC', connectorName: 'Operator provider', config: acme.config };
    const { body: operators } = await operator.post('/api/sso-connectors', draft);
    const ownTest = await theirs.portal.post(`/sso/${foreign}/test`);
    const state = new URL(ownTest.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const before = await stored();

    const ids = fc.constantFrom(foreign, operators.id as string, 'none', `${foreign}%2F..`, theirs.id, "x' or '1'='1");
    const places = fc.constantFrom('', '/test', '/on', '/off', '/discard', '/remove', '/group', '/answer');
    const fields = fc.record(
      {
        name: fc.constantFrom('Stolen', foreign),
        issuer: fc.constant(acme.issuer),
        clientId: fc.constant(acme.config.clientId),
        clientSecret: fc.constantFrom('', 'x'),
        organizationId: fc.constantFrom(mine.id, theirs.id),
        attribute: fc.constant('groups'),
        value: fc.constant('secret-group'),
        role: fc.constantFrom(role.id as string, '', theirs.id),
        state: fc.constant(state),
        RelayState: fc.constant(state),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST'), ids, places, fields, async (method, id, place, sent) => {
        const given = JSON.parse(JSON.stringify(sent)) as Record<string, string>;
        const path = `/sso/${id}${place}`;
        const query = `?${new URLSearchParams(given)}`;
        const answer = await (method === 'GET' ? mine.portal.get(`${path}${query}`) : mine.portal.post(path, given));
        assert.ok([400, 404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
        const html = await answer.text();
        for (const secret of ['Their provider', 'Operator provider', theirs.domain, acme.config.clientSecret])
          assert.ok(!html.includes(secret), `${method} ${path} shows ${secret}`);
      }),
      { numRuns: 150 },
    );
    assert.equal(await stored(), before);
    const list = await (await mine.portal.get('/sso')).text();
    assert.doesNotMatch(list, /Their provider|Operator provider/);
    assert.equal((await theirs.portal.get(`/sso/${operators.id}`)).status, 404);
  });

  // security: organization-sso
  it('maps groups to roles of users, in the own organization alone', async () => {
    const { id, portal, domain } = await newSsoOrganization(server, operator);
    acme.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true, groups: ['engineers'] });
    const connector = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${connector}`, oidcFields(acme));
    const { body: role } = await operator.post('/api/organization-roles', { name: `Engineer of ${domain}` });
    const machine = { name: `Machine of ${domain}`, type: 'MachineToMachine' };
    const { body: machineRole } = await operator.post('/api/organization-roles', machine);
    const at = `/sso/${connector}/group`;
    const group = { attribute: 'groups', value: 'engineers' };
    for (const refused of [machineRole.id, 'unknown'])
      assert.equal((await portal.post(at, { ...group, role: refused })).status, 403, refused);
    assert.equal((await portal.post(at, { ...group, role: role.id })).status, 303);
    const mappings = async () => (await operator.get(`/api/sso-connectors/${connector}`)).body.roleMappings;
    assert.deepEqual(await mappings(), [{ ...group, organizationId: id, organizationRoleIds: [role.id] }]);
    assert.match(await runTest(portal, connector, acme, 'ada'), new RegExp(`Engineer of ${domain}`));
    assert.equal((await portal.post(at, { ...group, role: '' })).status, 303);
    assert.deepEqual(await mappings(), []);
  });
});
