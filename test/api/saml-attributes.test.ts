import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { createPartner, follow, formOf, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ada = { username: 'ada', password: 'correct horse battery 1' };

describe('SAML applications and what an operator changes', () => {
  let server: TestServer;
  let api: Manager;
  let partner: SamlPartner;
  let userId: string;
  let id: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    partner = await createPartner(server.url);
    userId = (await api.post('/api/users', ada)).body.id;
    const attributeMapping = { roles: 'groups', organizations: 'companies', organization_roles: 'companyRoles' };
    const draft = { name: 'Payroll', entityId: partner.entityId, acsUrl: partner.acsUrl, attributeMapping };
    id = (await api.post('/api/saml-applications', draft)).body.id;
  });
  after(() => server.close());

  const created = async (path: string, body: object): Promise<string> => (await api.post(path, body)).body.id;

  it('pass roles, organizations and roles in them on, as they are at this sign-in', async () => {
    const agent = createAgent();
    const client = await partner.connect(id);
    const read = async () => {
      const url = await client.getAuthorizeUrlAsync('', undefined, {});
      const { groups, companies, companyRoles } = await profileOf(
        client,
        await signInTo(server.url, { url }, { ...ada, agent }),
      );
      return { groups, companies, companyRoles };
    };
    assert.deepEqual(await read(), { groups: undefined, companies: undefined, companyRoles: undefined });
    const roles = [
      await created('/api/roles', { name: 'auditor', description: 'x' }),
      await created('/api/roles', { name: 'clerk', description: 'x' }),
    ];
    await api.post(`/api/users/${userId}/roles`, { roleIds: roles });
    const company = await created('/api/organizations', { name: 'Acme' });
    const admin = await created('/api/organization-roles', { name: 'admin', description: 'x' });
    await api.post(`/api/organizations/${company}/users`, { userIds: [userId] });
    await api.post(`/api/organizations/${company}/users/${userId}/roles`, { organizationRoleIds: [admin] });
    const { groups, companies, companyRoles } = await read();
    assert.deepEqual([groups].flat().sort(), ['auditor', 'clerk']);
    assert.deepEqual([companies, companyRoles], [company, `${company}:admin`]);
    await api.delete(`/api/organizations/${company}/users/${userId}`);
    await api.delete(`/api/users/${userId}/roles/${roles[0]}`);
    assert.deepEqual(await read(), { groups: 'clerk', companies: undefined, companyRoles: undefined });
  });

  it('change their certificate without a break for a portal that trusts both', async () => {
    const metadata = async () => (await fetch(`${server.url}/api/saml-applications/${id}/metadata`)).text();
    const certificatesIn = (xml: string) =>
      [...xml.matchAll(/<ds:X509Certificate>([^<]+)</g)].map(([, certificate = '']) => certificate);
    const agent = createAgent();
    const signInWith = async (idpCert: string | string[]) => {
      const client = await partner.connect(id, { idpCert });
      const url = await client.getAuthorizeUrlAsync('', undefined, {});
      return profileOf(client, await signInTo(server.url, { url }, { ...ada, agent }));
    };
    const [old = ''] = certificatesIn(await metadata());
    const secrets = `/api/saml-applications/${id}/secrets`;
    const [{ id: oldId }] = (await api.get(secrets)).body;
    const { id: newId } = (await api.post(secrets, { lifeSpanInYears: 1 })).body;
    const both = certificatesIn(await metadata());
    assert.equal(both.length, 2);
    assert.equal(both[0], old, 'the active one first');
    const [, next = ''] = both;
    assert.equal((await signInWith(both)).nameID, userId, 'before the change');
    assert.equal((await signInWith(old)).nameID, userId, 'a portal that does not know the new one yet');
    await api.patch(`${secrets}/${newId}`, { active: true });
    assert.equal((await signInWith(both)).nameID, userId, 'after the change, with the metadata of before');
    await assert.rejects(signInWith(old), /signature/i);
    assert.equal((await signInWith(next)).nameID, userId);
    assert.equal(certificatesIn(await metadata())[0], next);
    assert.equal((await api.delete(`${secrets}/${oldId}`)).status, 204);
    assert.deepEqual(certificatesIn(await metadata()), [next]);
  });

  // security: suspension
  it('get no response for a user who is suspended between the sign-in and the response, and the log says why', async () => {
    const agent = createAgent();
    let back = '';
    const client = await partner.connect(id);
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    const fetchUntil: typeof agent.fetch = async (address, init) => {
      if (!address.includes('/callback?')) return agent.fetch(address, init);
      back = address;
      return new Response('<form action="x"><input type="hidden" name="a" value="b">');
    };
    await signInTo(server.url, { url }, { ...ada, agent: { ...agent, fetch: fetchUntil } });
    await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: true });
    try {
      const answer = await agent.fetch(back);
      assert.equal(answer.status, 400);
      assert.ok(!(await answer.text()).includes('SAMLResponse'));
      const { body } = await api.get('/api/logs?logKey=SamlApplication.Callback&page_size=1');
      assert.equal(body[0].payload.result, 'Error');
      const passive = await partner.connect(id, { passive: true });
      const later = await follow(agent, await passive.getAuthorizeUrlAsync('', undefined, {}));
      const { fields } = await formOf(later.answer);
      assert.match(Buffer.from(fields.SAMLResponse ?? '', 'base64').toString(), /status:NoPassive/);
    } finally {
      await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: false });
    }
  });
});
