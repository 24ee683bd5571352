import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { LdapSync, LdapSyncRun } from '@aldaba/contract';
import { noCounts } from '../../server/src/features/enterprise/ldap-sync/run.ts';
import { type Cable, startCable } from '../support/cable.ts';
import { type Directory, startDirectory } from '../support/directory.ts';
import { type Manager, manage } from '../support/management.ts';
import { freePort, type Program, startProgram } from '../support/programs.ts';
import { startServer, type TestServer } from '../support/server.ts';

const builtRoot = process.env.ALDABA_ROOT;
const serverProgram = builtRoot
  ? join(builtRoot, 'dist/server/main.js')
  : join(import.meta.dirname, '../../server/src/main.ts');
const present = '(&(objectClass=inetOrgPerson)(!(employeeType=left)))';
const people = 800;
/** Of what the directory sends: more than one page of people, and less than all. */
const halfway = 120_000;

describe('A node that reads a directory', () => {
  let directory: Directory;
  let cable: Cable;
  let server: TestServer;
  let api: Manager;
  let id: string;
  let dataFolder: string;
  let node: Program | undefined;
  before(async () => {
    directory = await startDirectory({ people });
    cable = await startCable(directory.ports.ldaps);
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-sync-'));
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
  });
  after(async () => {
    await server?.close();
    await cable?.close();
    await directory?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const config = { ...directory.config, url: `ldaps://127.0.0.1:${cable.port}`, userFilter: present };
    const draft = { providerName: 'LDAP', connectorName: `Acme ${Math.random()}`, domains: ['acme.example'], config };
    id = (await api.post('/api/sso-connectors', draft)).body.id;
    // It runs only when a test says so.
    await api.put(`/api/sso-connectors/${id}/sync`, { enabled: false });
    node = await startNode();
  });
  afterEach(async () => {
    node?.child.kill('SIGCONT');
    await node?.stop('SIGKILL');
    await api.delete(`/api/sso-connectors/${id}`);
    await server.tenant.db.raw('delete from users where tenant_id = $1', [server.tenant.id]);
    for (const uid of ['p0003', 'p0790']) await directory.change(uid, { employeeType: 'here' });
  });

  /** Another node of the installation, in its own process. */
  const startNode = async (): Promise<Program & { url: string }> => {
    const port = await freePort();
    const program = startProgram(process.execPath, [serverProgram], {
      environment: {
        ...(builtRoot ? { ALDABA_ROOT: builtRoot } : {}),
        ...{ PORT: String(port), HOST: '127.0.0.1', ENDPOINT: server.url, ALDABA_DATA: dataFolder },
        ...{ DATABASE_URL: server.databaseUrl, ALDABA_SECRET: 'a secret for tests that is long enough' },
        ...{ OUTBOUND_ALLOWED_HOSTS: '127.0.0.1', LOG_LEVEL: 'warn' },
      },
    });
    await program.says(/is ready at/);
    return { ...program, url: `http://localhost:${port}` };
  };
  const syncOf = async () => (await api.get(`/api/sso-connectors/${id}/sync`)).body as LdapSync;
  /** Waits for the end of a run other than this one. */
  const ended = async (before: LdapSyncRun | null | undefined): Promise<LdapSyncRun> => {
    for (;;) {
      const { lastRun } = await syncOf();
      if (lastRun && lastRun.finishedAt !== null && lastRun.startedAt !== before?.startedAt) return lastRun;
    }
  };
  /** Enqueues a run at the node, which takes it at once. */
  const runAtNode = async (options: object = {}) => {
    const answer = await fetch(`${(node as Program & { url: string }).url}/api/sso-connectors/${id}/sync/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${api.token}` },
      body: JSON.stringify(options),
    });
    assert.equal(answer.status, 202, await answer.text());
  };
  /** As if so much time had gone by that others may take what the node has. */
  const letTheTurnExpire = async () => {
    const past = new Date(Date.now() - 1000);
    await server.app.database.system.raw('update ldap_syncs set running_until = $1 where running_until is not null', [
      past,
    ]);
    await server.app.database.system.raw(`update jobs set run_at = $1 where queue = 'ldap-syncs'`, [past]);
  };
  const suspended = async () =>
    (
      await server.tenant.db.raw<{ email: string }>(
        'select primary_email as email from users where tenant_id = $1 and is_suspended order by 1',
        [server.tenant.id],
      )
    ).map(({ email }) => email);
  const usersCount = async () =>
    Number(
      (
        await server.tenant.db.raw<{ n: string }>('select count(*) as n from users where tenant_id = $1', [
          server.tenant.id,
        ])
      )[0]?.n,
    );

  it('is replaced by another one when it dies, which creates all accounts once', async () => {
    const hold = cable.holdAfter(halfway);
    await runAtNode();
    await hold.held;
    await node?.stop('SIGKILL');
    const begun = (await syncOf()).lastRun;
    assert.equal(begun?.state, 'running');
    hold.resume();
    await letTheTurnExpire();
    const { state, counts } = await ended(begun);
    assert.deepEqual([state, counts.read, counts.suspended, counts.failed], ['succeeded', people, 0, 0]);
    assert.deepEqual([await usersCount(), await suspended()], [people, []]);
  });

  // security: suspension
  it('is replaced by another one when it dies, which suspends the people who left and no one else', async () => {
    await runAtNode();
    const first = await ended(null);
    assert.deepEqual(first.counts, { ...noCounts, read: people, created: people });
    for (const uid of ['p0003', 'p0790']) await directory.change(uid, { employeeType: 'left' });
    const hold = cable.holdAfter(halfway);
    await runAtNode();
    await hold.held;
    await node?.stop('SIGKILL');
    const begun = (await syncOf()).lastRun;
    hold.resume();
    await letTheTurnExpire();
    const { state, counts } = await ended(begun);
    assert.deepEqual([state, counts.suspended, counts.missing], ['succeeded', 2, 2]);
    assert.deepEqual(await suspended(), ['p0003@acme.example', 'p0790@acme.example']);
  });

  // The other node would take a job after a minute, of which the run uses more than a half here.
  it('keeps its turn for as long as the directory takes, while another node looks for work', async () => {
    const first = cable.holdAfter(halfway / 2);
    await runAtNode();
    await first.held;
    const begun = (await syncOf()).lastRun;
    const turnEnds = async () =>
      (
        await server.app.database.system.raw<{ until: Date; hiddenUntil: Date }>(
          `select running_until as until, run_at as "hiddenUntil" from ldap_syncs, jobs where queue = 'ldap-syncs'`,
        )
      )[0] ?? assert.fail('The run has ended');
    const atFirst = await turnEnds();
    const passed = async () => {
      const now = await turnEnds();
      return Math.min(
        now.until.getTime() - atFirst.until.getTime(),
        now.hiddenUntil.getTime() - atFirst.hiddenUntil.getTime(),
      );
    };
    // No answer may take longer than 30 s.
    while ((await passed()) < 14_000);
    const second = cable.holdAfter(halfway);
    first.resume();
    await second.held;
    while ((await passed()) < 29_000);
    assert.equal((await syncOf()).lastRun?.startedAt, begun?.startedAt);
    second.resume();
    const { state, counts, startedAt } = await ended(null);
    assert.deepEqual([state, counts.created, startedAt], ['succeeded', people, begun?.startedAt]);
  });

  // security: suspension
  it('changes nothing more when it wakes up after another one has taken its turn', async () => {
    const before = (await api.get('/api/logs?logKey=Ldap.Sync&page_size=100')).body.length;
    await runAtNode();
    const first = await ended(null);
    const hold = cable.holdAfter(halfway);
    // Whatever is missing may be suspended: only the turn protects the people.
    await runAtNode({ maximumMissing: people });
    await hold.held;
    node?.child.kill('SIGSTOP');
    const begun = (await syncOf()).lastRun;
    assert.notEqual(begun?.startedAt, first.startedAt);
    hold.resume();
    await letTheTurnExpire();
    const second = await ended(begun);
    assert.deepEqual([second.state, second.counts.unchanged], ['succeeded', people]);
    node?.child.kill('SIGCONT');
    const runs = async () => (await api.get('/api/logs?logKey=Ldap.Sync&page_size=100')).body;
    while ((await runs()).length < before + 3);
    assert.deepEqual([await usersCount(), await suspended()], [people, []]);
    const reasons = (await runs()).map(({ payload }) => (payload as { params?: { reason?: string } }).params?.reason);
    assert.ok(reasons.includes('interrupted'), JSON.stringify(reasons));
    assert.deepEqual((await syncOf()).lastRun, second);
  });
});
