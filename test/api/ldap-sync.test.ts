import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { LdapSync, LdapSyncRun } from '@aldaba/contract';
import { noCounts } from '../../server/src/features/enterprise/ldap-sync/run.ts';
import { takeTurn } from '../../server/src/features/enterprise/ldap-sync/store.ts';
import { experienceClient, UnexpectedAnswer } from '../support/agent.ts';
import { type Cable, startCable } from '../support/cable.ts';
import { type Directory, startDirectory } from '../support/directory.ts';
import { syncsOf } from '../support/directory-sync.ts';
import { openExperience } from '../support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const present = '(&(objectClass=inetOrgPerson)(!(employeeType=left)))';

describe('Sync of a directory', () => {
  let directory: Directory;
  let cable: Cable;
  let server: TestServer;
  let api: Manager;
  const added = new Set<string>();
  before(async () => {
    directory = await startDirectory();
    cable = await startCable(directory.ports.ldaps);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
  });
  after(async () => {
    await server?.close();
    await cable?.close();
    await directory?.close();
  });
  const removeUsers = async () => {
    for (;;) {
      const { body } = await api.get('/api/users?page_size=100');
      if (body.length === 0) return;
      for (const { id } of body) await api.delete(`/api/users/${id}`);
    }
  };
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    await removeUsers();
    for (const uid of ['ada', 'bob', 'cleo', 'dan']) await add(uid);
  });
  afterEach(async () => {
    cable.set('pass');
    cable.cutAfter(undefined);
    for (const uid of added) await directory.remove(uid);
    added.clear();
  });
  const add = async (uid: string, attributes?: Record<string, string>) => {
    await directory.add(uid, attributes);
    added.add(uid);
  };
  const leave = (uid: string) => directory.change(uid, { employeeType: 'left' });

  const connect = async (more: object = {}, settings: object = {}, config: object = {}): Promise<string> => {
    const url = `ldaps://127.0.0.1:${cable.port}`;
    const draft = {
      ...{ providerName: 'LDAP', connectorName: `Acme ${Math.random()}`, domains: ['acme.example'], ...more },
      config: { ...directory.config, url, userFilter: present, ...config },
    };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    const set = await api.put(`/api/sso-connectors/${body.id}/sync`, settings);
    assert.equal(set.status, 200, JSON.stringify(set.body));
    return body.id;
  };
  const { syncOf, ended, run } = syncsOf(() => api);
  const users = async () => (await api.get('/api/users?page_size=100')).body;
  const userOf = async (uid: string) => {
    const found = (await users()).find(({ primaryEmail }) => primaryEmail === `${uid}@acme.example`);
    assert.ok(found, uid);
    return found;
  };
  const auditOf = async (key: string) => (await api.get(`/api/logs?logKey=${key}&page_size=100`)).body.length;

  it('creates accounts, with which people sign in, and changes nothing when nothing has changed', async () => {
    const id = await connect();
    const audited = await auditOf('Ldap.User.Create');
    const first = await run(id);
    assert.equal(first.state, 'succeeded', JSON.stringify(first));
    assert.deepEqual(first.counts, { ...noCounts, read: 4, created: 4 });
    assert.deepEqual(
      (await users()).map(({ name }) => name).sort(),
      ['ada', 'bob', 'cleo', 'dan'].map((uid) => `Person ${uid}`),
    );
    assert.equal(await auditOf('Ldap.User.Create'), audited + 4);
    const second = await run(id);
    assert.deepEqual(second.counts, { ...noCounts, read: 4, unchanged: 4 });
    assert.ok((second.duration ?? -1) >= 0 && (await syncOf(id)).lastSuccessAt === second.finishedAt);
    const page = await openExperience(server, 'SignIn');
    const typed = { username: 'ada', password: 'password of ada' };
    const { verificationId } = await page.expect(200, 'POST', `/verification/sso/${id}/password`, typed);
    await page.expect(204, 'POST', '/identification', { verificationId });
    assert.equal((await users()).length, 4);
  });

  it('links accounts that exist, and creates none where people get them at their first sign-in', async () => {
    const { body: before } = await api.post('/api/users', { primaryEmail: 'ada@acme.example', name: 'Ada' });
    const id = await connect({}, { createsUsers: false });
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 4, linked: 1 });
    const [user, ...others] = await users();
    assert.deepEqual([user?.id, user?.name, others], [before.id, 'Ada', []]);
  });

  // security: similar-addresses
  it('removes the password of an account whose address was never proved before it links it', async () => {
    const password = 'the squatter knows it';
    const { body } = await api.post('/api/users', { primaryEmail: 'ada@acme.example', password });
    const text = 'update users set is_email_verified = false where tenant_id = $1 and id = $2';
    await server.tenant.db.raw(text, [server.tenant.id, body.id]);
    assert.equal((await run(await connect())).counts.linked, 1);
    assert.equal((await userOf('ada')).id, body.id);
    assert.equal((await userOf('ada')).hasPassword, false);
  });

  it('follows names, addresses and groups', async () => {
    const organizationId = (await api.post('/api/organizations', { name: 'Acme' })).body.id;
    const roleId = (await api.post('/api/organization-roles', { name: `engineer ${Math.random()}` })).body.id;
    const mapping = { attribute: 'groups', value: 'Engineers', organizationId, organizationRoleIds: [roleId] };
    await directory.group('Engineers', ['ada']);
    const id = await connect({ syncProfile: true, roleMappings: [mapping] });
    await run(id);
    const ada = await userOf('ada');
    const rolesOf = async (userId: string) => {
      const { status, body } = await api.get(`/api/organizations/${organizationId}/users/${userId}/roles`);
      return status === 200 ? (body as unknown as { id: string }[]).map((role) => role.id) : [];
    };
    assert.deepEqual(await rolesOf(ada.id), [roleId]);
    await directory.change('ada', { cn: 'Ada Lovelace', mail: 'lovelace@acme.example' });
    await directory.group('Engineers', ['bob']);
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 4, updated: 2, unchanged: 2 });
    const after = await userOf('lovelace');
    assert.deepEqual([after.id, after.name], [ada.id, 'Ada Lovelace']);
    assert.deepEqual([await rolesOf(ada.id), await rolesOf((await userOf('bob')).id)], [[], [roleId]]);
    await api.patch(`/api/users/${ada.id}`, { name: 'As she likes' });
    await run(id);
    assert.equal((await userOf('lovelace')).name, 'As she likes', 'what the directory repeats is not news');
    await directory.group('Engineers', []);
  });

  // security: suspension
  it('suspends people who leave, ends their sessions and tokens, and restores people who come back', async () => {
    const id = await connect();
    await run(id);
    const ada = await userOf('ada');
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: false });
    await api.patch(`/api/users/${ada.id}`, { username: 'ada' });
    await api.patch(`/api/users/${ada.id}/password`, { password: 'a long enough one 7' });
    const client = experienceClient(server.tenant.baseUrl);
    const tokens = await client.redeem(await client.signIn('ada', 'a long enough one 7'));
    await leave('ada');
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 3, unchanged: 3, missing: 1, suspended: 1 });
    assert.equal((await userOf('ada')).isSuspended, true);
    await assert.rejects(client.refresh(tokens.refresh_token), UnexpectedAnswer);
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 3, unchanged: 3 });
    await directory.change('ada', { employeeType: 'back' });
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 4, unchanged: 3, restored: 1 });
    assert.equal((await userOf('ada')).isSuspended, false);
    await directory.remove('ada');
    await run(id);
    await directory.add('ada');
    const again = await run(id);
    assert.equal((await userOf('ada')).isSuspended, false, JSON.stringify(again.counts));
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
  });

  it('leaves suspensions of operators, and accounts that are not the company’s', async () => {
    const id = await connect();
    await run(id);
    const [ada, bob] = [await userOf('ada'), await userOf('bob')];
    await api.patch(`/api/users/${ada.id}/is-suspended`, { isSuspended: true });
    await api.patch(`/api/users/${bob.id}`, { primaryEmail: 'bob@elsewhere.example' });
    await directory.change('ada', { cn: 'Another name' });
    await leave('bob');
    const { counts } = await run(id, { maximumMissing: 2 });
    assert.deepEqual([counts.suspended, counts.restored], [0, 0]);
    assert.equal((await userOf('ada')).isSuspended, true);
    assert.equal((await api.get(`/api/users/${bob.id}`)).body.isSuspended, false);
  });

  // security: enterprise-domains
  it('neither links nor names accounts by addresses outside of the domains of the connector', async () => {
    const { body: outsider } = await api.post('/api/users', { primaryEmail: 'chief@other.example', name: 'Chief' });
    await directory.change('ada', { mail: 'chief@other.example' });
    const id = await connect();
    assert.deepEqual((await run(id)).counts, { ...noCounts, read: 4, created: 4 });
    const all = await users();
    assert.deepEqual(all.map(({ primaryEmail }) => primaryEmail ?? '').sort(), [
      '',
      'bob@acme.example',
      'chief@other.example',
      'cleo@acme.example',
      'dan@acme.example',
    ]);
    await leave('ada');
    assert.equal((await run(id)).counts.suspended, 1);
    assert.equal((await api.get(`/api/users/${outsider.id}`)).body.isSuspended, false);
  });

  it('suspends no one when the directory lists no one, or too few', async () => {
    const id = await connect();
    await run(id);
    await leave('ada');
    await leave('bob');
    const refused = await run(id);
    assert.deepEqual(
      [refused.state, refused.problem?.reason, refused.counts.missing],
      ['refused', 'too-many-missing', 2],
    );
    assert.deepEqual(
      (await users()).filter(({ isSuspended }) => isSuspended),
      [],
    );
    await leave('cleo');
    await leave('dan');
    const empty = await run(id, { maximumMissing: 100 });
    assert.deepEqual([empty.state, empty.problem?.reason], ['refused', 'empty']);
    assert.deepEqual(
      (await users()).filter(({ isSuspended }) => isSuspended),
      [],
    );
    await directory.change('dan', { employeeType: 'back' });
    assert.deepEqual([(await run(id, { maximumMissing: 3 })).counts.suspended], [3]);
  });

  it('tells why a directory could not be read, and stores others when one person cannot be stored', async () => {
    const id = await connect();
    cable.set('cut');
    const failed = await run(id);
    assert.equal(failed.state, 'failed');
    assert.ok(failed.problem?.reason && failed.problem.message, JSON.stringify(failed));
    cable.set('pass');
    await api.post('/api/users', { primaryEmail: 'taken@acme.example' });
    assert.equal((await run(id)).state, 'succeeded');
    await directory.change('ada', { mail: 'taken@acme.example' });
    const { state, counts, failures } = await run(id);
    assert.deepEqual(
      [state, counts.failed, failures.map(({ code }) => code)],
      ['succeeded', 1, ['user.email_already_in_use']],
    );
    assert.equal((await userOf('ada')).isSuspended, false);
  });

  it('runs by itself when it is due, and once for several nodes', async (t) => {
    const id = await connect();
    const other = await server.addNode();
    t.after(() => other.close());
    const now = Date.now();
    const begun = await Promise.all([server.app.ldapSyncs.startDue(now), other.app.ldapSyncs.startDue(now)]);
    assert.deepEqual(begun.toSorted(), [0, 1]);
    const done = await ended(id, null);
    assert.equal(done.state, 'succeeded');
    assert.equal(await server.app.ldapSyncs.startDue(now + 59 * 60_000), 0);
    const startedAt = new Date(now + 120_000);
    const held = { until: new Date(now + 180_000), counts: noCounts };
    const turns = await Promise.all(
      ['a', 'b', 'c'].map((runId) => takeTurn(server.tenant.db, { connectorId: id, runId, startedAt }, held)),
    );
    assert.equal(turns.filter((turn) => turn && 'knownReferrals' in turn).length, 1);
    assert.equal(turns.filter((turn) => turn && 'until' in turn).length, 2);
    assertRefused(await api.post(`/api/sso-connectors/${id}/sync/run`, {}), 409, 'single_sign_on.sync_running');
    await api.put(`/api/sso-connectors/${id}/sync`, { enabled: false });
    assert.equal(await server.app.ldapSyncs.startDue(now + 600 * 60_000), 0);
  });

  it('is of connectors for directories alone, and ends with the connector', async () => {
    const { body: saml } = await api.post('/api/sso-connectors', { providerName: 'SAML', connectorName: 'Saml' });
    assertRefused(await api.put(`/api/sso-connectors/${saml.id}/sync`, {}), 400, 'single_sign_on.ldap_only');
    const { body: empty } = await api.post('/api/sso-connectors', { providerName: 'LDAP', connectorName: 'Empty' });
    assertRefused(await api.get(`/api/sso-connectors/${empty.id}/sync`), 404, 'entity.not_found');
    await api.put(`/api/sso-connectors/${empty.id}/sync`, {});
    assert.equal((await run(empty.id)).problem?.reason, 'not-configured');
    assert.equal((await api.delete(`/api/sso-connectors/${empty.id}/sync`)).status, 204);
    assertRefused(await api.get(`/api/sso-connectors/${empty.id}/sync`), 404, 'entity.not_found');
    const id = await connect();
    await run(id);
    assert.equal((await api.delete(`/api/sso-connectors/${id}`)).status, 204);
    assert.equal((await users()).length, 4, 'accounts stay');
  });
});

describe('Sync of a large directory', () => {
  let directory: Directory;
  let cable: Cable;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    directory = await startDirectory({ people: 2000 });
    cable = await startCable(directory.ports.ldaps);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await cable?.close();
    await directory?.close();
  });
  const connect = async (config: object) => {
    const draft = { providerName: 'LDAP', connectorName: `Acme ${Math.random()}`, domains: ['acme.example'], config };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    const set = await api.put(`/api/sso-connectors/${body.id}/sync`, {});
    assert.equal(set.status, 200, JSON.stringify(set.body));
    return body.id;
  };
  const run = async (id: string): Promise<LdapSyncRun> => {
    const path = `/api/sso-connectors/${id}/sync`;
    const before = ((await api.get(path)).body as LdapSync).lastRun;
    assert.equal((await api.post(`${path}/run`, {})).status, 202);
    for (;;) {
      const { lastRun } = (await api.get(path)).body as LdapSync;
      if (lastRun && lastRun.finishedAt !== null && lastRun.startedAt !== before?.startedAt) return lastRun;
    }
  };

  it('reads 2,000 people by pages, and suspends no one when the directory fails among them', async () => {
    const id = await connect({ ...directory.config, url: `ldaps://127.0.0.1:${cable.port}` });
    const first = await run(id);
    assert.deepEqual([first.state, first.counts], ['succeeded', { ...noCounts, read: 2000, created: 2000 }]);
    for (const uid of ['p0007', 'p1999']) await directory.remove(uid);
    cable.cutAfter(150_000);
    const cut = await run(id);
    assert.equal(cut.state, 'failed', JSON.stringify(cut));
    assert.ok(cut.counts.read > 0 && cut.counts.read < 1998, String(cut.counts.read));
    assert.deepEqual([cut.problem?.reason, cut.counts.suspended], ['broken', 0]);
    cable.cutAfter(undefined);
    const last = await run(id);
    assert.deepEqual([last.state, last.counts.unchanged, last.counts.suspended], ['succeeded', 1998, 2]);
  });

  it('treats a list that the directory cut at its own limit as no list', async (t) => {
    const small = await startDirectory({ people: 30, listsAtMost: 20 });
    t.after(() => small.close());
    const cut = await run(await connect(small.config));
    assert.deepEqual([cut.state, cut.problem?.reason, cut.counts.suspended], ['failed', 'size', 0]);
  });
});
