import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Cable, startCable } from '../support/cable.ts';
import { type Directory, startDirectory } from '../support/directory.ts';
import { syncsOf } from '../support/directory-sync.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = Array.from({ length: 20 }, (_, at) => `p${String(at + 1).padStart(4, '0')}`);
const minute = 60_000;

describe('Sync of a directory that does not list everyone', () => {
  let directory: Directory;
  let cable: Cable;
  let server: TestServer;
  let api: Manager;
  before(async () => {
    directory = await startDirectory({ people: names.length });
    cable = await startCable(directory.ports.ldaps);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await cable?.close();
    await directory?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    await server.tenant.db.raw('delete from users where tenant_id = $1', [server.tenant.id]);
  });
  afterEach(async () => {
    cable.set('pass');
    for (const uid of names.slice(0, 5)) await directory.change(uid, { employeeType: 'here' });
  });
  /** A directory that lists people unless their `employeeType` is this. */
  const connect = async (unless: string): Promise<string> => {
    const config = {
      ...{ ...directory.config, url: `ldaps://127.0.0.1:${cable.port}` },
      userFilter: `(&(objectClass=inetOrgPerson)(!(employeeType=${unless})))`,
    };
    const draft = { providerName: 'LDAP', connectorName: `Without ${unless}`, domains: ['acme.example'], config };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    await api.put(`/api/sso-connectors/${body.id}/sync`, {});
    return body.id;
  };
  const { syncOf, ended, run } = syncsOf(() => api);
  const suspended = async () =>
    (await api.get('/api/users?page_size=100')).body
      .filter(({ isSuspended }) => isSuspended)
      .map(({ primaryEmail }) => primaryEmail)
      .sort();
  /** What the audit log says about the last run. */
  const audited = async () => {
    const [entry] = (await api.get('/api/logs?logKey=Ldap.Sync&page_size=1')).body;
    const payload = entry?.payload as { result?: string; params?: { reason?: string } } | undefined;
    return [payload?.result, payload?.params?.reason];
  };

  // security: suspension
  it('suspends a person whom two directories listed only after both have dropped the person', async () => {
    const [one, two] = [await connect('left'), await connect('gone')];
    for (const id of [one, two]) assert.equal((await run(id)).state, 'succeeded');
    await directory.change('p0001', { employeeType: 'left' });
    assert.deepEqual([(await run(one)).counts.missing, await suspended()], [1, []]);
    cable.set('cut');
    assert.equal((await run(two)).state, 'failed');
    assert.equal((await run(two)).state, 'failed');
    cable.set('pass');
    assert.deepEqual([(await run(one)).state, await suspended()], ['succeeded', []], 'the other may list the person');
    await run(two);
    assert.deepEqual([(await run(one)).state, await suspended()], ['succeeded', []], 'the other lists the person');
    await directory.change('p0001', { employeeType: ['left', 'gone'] });
    assert.deepEqual([(await run(two)).counts.suspended, await suspended()], [1, ['p0001@acme.example']]);
    await directory.change('p0001', { employeeType: 'gone' });
    assert.deepEqual([(await run(one)).state, await suspended()], ['succeeded', ['p0001@acme.example']]);
    await directory.change('p0001', { employeeType: 'here' });
    assert.deepEqual([(await run(two)).counts.restored, await suspended()], [1, []]);
  });

  it('says in the audit log why no one was suspended', async () => {
    const id = await connect('left');
    assert.equal((await run(id)).state, 'succeeded');
    assert.deepEqual(await audited(), ['Success', undefined]);
    for (const uid of names.slice(0, 5)) await directory.change(uid, { employeeType: 'left' });
    const many = await run(id);
    assert.deepEqual([many.state, many.problem?.reason, many.counts.missing], ['refused', 'too-many-missing', 5]);
    assert.deepEqual(await audited(), ['Error', 'too-many-missing']);
    cable.set('cut');
    assert.equal((await run(id)).state, 'failed');
    const [result, reason] = await audited();
    assert.deepEqual([result, reason], ['Error', (await syncOf(id)).lastRun?.problem?.reason]);
    assert.deepEqual(await suspended(), []);
  });

  // security: suspension
  it('suspends no one when a part of the directory has moved to another server', async (t) => {
    const id = await connect('left');
    assert.equal((await run(id)).state, 'succeeded');
    const base = await directory.refer('moved');
    t.after(() => directory.removeReferral('moved'));
    assert.equal((await run(id)).state, 'succeeded', 'no one is missing');
    await directory.refer('more');
    t.after(() => directory.removeReferral('more'));
    await directory.change('p0001', { employeeType: 'left' });
    const refused = await run(id);
    assert.deepEqual(
      [refused.state, refused.problem?.reason, refused.counts.referrals],
      ['refused', 'more-referrals', 2],
    );
    assert.deepEqual([await audited(), await suspended()], [['Error', 'more-referrals'], []]);
    assert.equal((await run(id, { maximumMissing: 1 })).counts.suspended, 1);
    await directory.change('p0002', { employeeType: 'left' });
    assert.equal((await run(id)).counts.suspended, 1, 'the referrals are known now');
    const draft = { providerName: 'LDAP', connectorName: 'Moved', config: { ...directory.config, userBaseDn: base } };
    const answer = await api.post('/api/sso-connectors', draft);
    assertRefused(answer, 400, 'connector.invalid_config');
    assert.match(JSON.stringify(answer.body), /"path":"userBaseDn".*result code 10/);
  });

  it('tries again soon when the directory cannot be reached, later each time, and then at its usual time', async () => {
    const id = await connect('left');
    const usual = (await syncOf(id)).nextRunAt;
    const { startDue } = server.app.ldapSyncs;
    // It is due since it was set up.
    let due = Date.now() + 61 * minute;
    cable.set('cut');
    for (const [at, wait] of [1, 2, 4, 8, 16, 32, 64, 128].entries()) {
      const { lastRun } = await syncOf(id);
      assert.equal(await startDue(due), 1);
      const failed = await ended(id, lastRun);
      assert.ok(failed.problem?.reason && failed.problem.message, JSON.stringify(failed));
      const { failedRuns, nextRunAt } = await syncOf(id);
      assert.equal(failedRuns, at + 1);
      assert.equal(nextRunAt, Math.min((failed.finishedAt as number) + wait * minute, due + 60 * minute));
      assert.equal(await startDue(nextRunAt - 1), 0);
      due = nextRunAt;
    }
    cable.set('pass');
    const { lastRun } = await syncOf(id);
    await startDue(due);
    assert.equal((await ended(id, lastRun)).state, 'succeeded');
    const { failedRuns, nextRunAt } = await syncOf(id);
    assert.deepEqual([failedRuns, nextRunAt], [0, due + 60 * minute]);
    assert.ok(usual <= due);
  });

  it('does not repeat what only an operator can change', async (t) => {
    const small = await startDirectory({ people: 30, listsAtMost: 20 });
    t.after(() => small.close());
    const draft = { providerName: 'LDAP', connectorName: 'Small', domains: ['acme.example'], config: small.config };
    const { id } = (await api.post('/api/sso-connectors', draft)).body;
    await api.put(`/api/sso-connectors/${id}/sync`, {});
    const due = Date.now() + 61 * minute;
    await server.app.ldapSyncs.startDue(due);
    assert.equal((await ended(id, null)).problem?.reason, 'size');
    const { failedRuns, nextRunAt } = await syncOf(id);
    assert.deepEqual([failedRuns, nextRunAt], [1, due + 60 * minute]);
  });
});
