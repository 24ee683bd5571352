import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes } from '@aldaba/contract';
import { createAdministrator, invite, managerOf, useLink } from '../support/administrator.ts';
import { createAgent } from '../support/agent.ts';
import { type Manager, managerWith, requestToken } from '../support/management.ts';
import { type Planted, plant, plantedName } from '../support/planted.ts';
import { pathWith } from '../support/route-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

const header = 'hook-header-value';
const variable = 'environment-variable-value';

describe('Secrets in answers of the Management API', () => {
  let server: TestServer;
  let planted: Planted;
  /** A colleague who reads everything and changes nothing. */
  let reader: Manager;
  /** Every secret of the tenant, by what it is of. */
  let secrets: Record<string, string>;

  before(async () => {
    server = await startServer();
    planted = await plant(server, server.tenant);
    const { api, ids, mark } = planted;
    const config = { url: 'https://receiver.example.com', headers: { authorization: header } };
    const { body: hook } = await api.patch(`/api/hooks/${ids.hookId}`, { config });
    for (const [path, name] of [
      ['jwt-customizer/access-token', 'getCustomJwtClaims'],
      ['actions/action.postSignIn', 'runAction'],
    ])
      await api.put(`/api/configs/${path}`, {
        script: `const ${name} = () => undefined;`,
        environmentVariables: { KEY: variable },
      });
    await api.patch(`/api/connectors/${ids.connectorId}`, { config: { appId: mark, appSecret: 'wechat-app-secret' } });
    const { body: tokens } = await api.get(`/api/users/${ids.userId}/personal-access-tokens`);
    const { body: links } = await api.get('/api/one-time-tokens');
    const { body: message } = await api.get(`/api/inbox/messages/${ids.other.messages}`);
    const { body: named } = await api.get(`/api/applications/${ids.machineId}/secrets`);
    secrets = {
      'a webhook': hook.signingKey,
      'the headers of a webhook': header,
      'a script': variable,
      'a connector': 'wechat-app-secret',
      'a personal access token': tokens[0]?.value ?? '',
      'a one-time token': links[0]?.token ?? '',
      'a message of the inbox': message.content,
      'an application': named.find(({ name }) => name === plantedName)?.value ?? '',
    };
    const admin = await managerOf(server, await createAdministrator(server, 'root'));
    const agent = createAgent();
    await useLink(server, agent, (await invite(admin, { role: 'read-only' })).link, 'reader');
    reader = await managerOf(server, agent);
  });
  after(() => server?.close());

  const seenBy = async (manager: Manager) => {
    const seen = new Map<string, string[]>();
    for (const route of allRoutes.filter(({ access, method }) => access === 'management' && method === 'GET')) {
      const { body } = await manager.get(pathWith(route, planted.ids));
      const text = JSON.stringify(body ?? null);
      for (const [of, value] of Object.entries(secrets))
        if (text.includes(value)) seen.set(of, [...(seen.get(of) ?? []), route.path]);
    }
    return seen;
  };

  // security: partial-access, team
  it('are shown to administrators, and on no route to a colleague who only reads', async () => {
    assert.ok(Object.values(secrets).every((value) => value.length > 9));
    assert.deepEqual([...(await seenBy(planted.api)).keys()].sort(), Object.keys(secrets).sort());
    assert.deepEqual([...(await seenBy(reader))], []);
    const { body } = await reader.get(`/api/hooks/${planted.ids.hookId}`);
    assert.deepEqual(
      [body.signingKey, body.config],
      ['******', { url: 'https://receiver.example.com', headers: { authorization: '******' } }],
    );
  });

  // security: partial-access
  it('are shown to programs that may change what they belong to, so that they can send back what they read', async () => {
    const { api, machine, ids } = planted;
    const { body: scopes } = await api.get('/api/resources/management-api/scopes');
    const permitted = async (...names: string[]) => {
      const scopeIds = scopes
        .filter(({ name }: { name: string }) => names.includes(name))
        .map(({ id }: { id: string }) => id);
      const { body: role } = await api.post('/api/roles', {
        name: names.join(),
        description: 'A role',
        type: 'MachineToMachine',
        scopeIds,
      });
      await api.post(`/api/applications/${machine.id}/roles`, { roleIds: [role.id] });
      const { body } = await requestToken(server.url, machine, server.tenant.managementIndicator, names.join(' '));
      return managerWith(server.url, body.access_token);
    };
    const writer = await permitted('read:hooks', 'write:hooks', 'read:connectors');
    assert.equal((await writer.get(`/api/hooks/${ids.hookId}`)).body.signingKey, secrets['a webhook']);
    assert.equal((await writer.get(`/api/connectors/${ids.connectorId}`)).body.config.appSecret, '******');
  });
});
