import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { freePort, type Program, startProgram } from '../support/programs.ts';
import { person } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const builtRoot = process.env.ALDABA_ROOT;
const serverProgram = builtRoot
  ? join(builtRoot, 'dist/server/main.js')
  : join(import.meta.dirname, '../../server/src/main.ts');

interface Outcome {
  status: string;
  location?: string;
}

describe('A node that dies in the middle of a bulk request', () => {
  let server: TestServer;
  let api: Manager;
  let dataFolder: string;
  let token: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    dataFolder = await mkdtemp(join(tmpdir(), 'aldaba-bulk-'));
    token = (await api.send('POST', '/api/scim/tokens', { body: { name: 'Directory' } })).body.value;
  });
  after(async () => {
    await server?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  const startNode = async (): Promise<Program & { url: string }> => {
    const port = await freePort();
    const program = startProgram(process.execPath, [serverProgram], {
      environment: {
        ...(builtRoot ? { ALDABA_ROOT: builtRoot } : {}),
        ...{ PORT: String(port), HOST: '127.0.0.1', ENDPOINT: server.url, ALDABA_DATA: dataFolder },
        ...{ DATABASE_URL: server.databaseUrl, ALDABA_SECRET: 'a secret for tests that is long enough' },
        LOG_LEVEL: 'warn',
      },
    });
    await program.says(/is ready at/);
    return { ...program, url: `http://localhost:${port}` };
  };
  const bulk = async (url: string, operations: object[]): Promise<Outcome[]> => {
    const answer = await fetch(`${url}/scim/v2/Bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [scimUrn.bulk], Operations: operations }),
    });
    const { Operations } = (await answer.json()) as { Operations: Outcome[] };
    assert.equal(answer.status, 200, JSON.stringify(Operations));
    return Operations;
  };
  const count = async (sql: string): Promise<number> =>
    Number((await server.tenant.db.raw<{ n: string }>(`select count(*) as n ${sql}`, [server.tenant.id]))[0]?.n);
  const accounts = () => count('from users where tenant_id = $1');
  const resources = () => count('from scim_users where tenant_id = $1');
  /** Waits until PostgreSQL has finished what it does for the dead process. */
  const atRest = async () => {
    const others = `from pg_stat_activity where $1 <> '' and datname = current_database() and pid <> pg_backend_pid()`;
    while ((await count(`${others} and state in ('active', 'idle in transaction')`)) > 0);
  };
  const groupOf = async (displayName: string) => {
    const filter = encodeURIComponent(`displayName eq "${displayName}"`);
    const answer = await fetch(`${server.url}/scim/v2/Groups?filter=${filter}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { Resources } = (await answer.json()) as { Resources: { members?: unknown[] }[] };
    return Resources.map(({ members = [] }) => members.length);
  };

  it('leaves whole users, and the directory completes the request by sending it again', async () => {
    const people = 300;
    const operations = Array.from({ length: people }, (_, at) => ({
      ...{ method: 'POST', path: '/Users', bulkId: `p${at}` },
      data: person(`bulk${at}@example.com`, { externalId: `bulk${at}` }),
    }));
    const group = {
      ...{ method: 'POST', path: '/Groups', bulkId: 'group' },
      data: {
        ...{ schemas: [scimUrn.group], displayName: 'Everyone' },
        members: operations.map(({ bulkId }) => ({ value: `bulkId:${bulkId}` })),
      },
    };
    const node = await startNode();
    const lost = assert.rejects(bulk(node.url, [...operations, group]), TypeError);
    while ((await accounts()) < 20);
    await node.stop('SIGKILL');
    await lost;
    await atRest();
    const created = await accounts();
    assert.ok(created < people, 'The node finished before it was stopped');
    assert.deepEqual([await resources(), await groupOf('Everyone')], [created, []]);
    const again = await bulk(server.url, [...operations, { ...group, data: { ...group.data, members: [] } }]);
    const statuses = again.map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set(['201', '409']));
    assert.equal(statuses.filter((status) => status === '409').length, created);
    assert.deepEqual([await accounts(), await resources(), await groupOf('Everyone')], [people, people, [0]]);
  });

  it('creates all users of a circle or none', async () => {
    const people = 200;
    const circle = Array.from({ length: people }, (_, at) => ({
      ...{ method: 'POST', path: '/Users', bulkId: `c${at}` },
      data: person(`circle${at}@example.com`, {
        [scimUrn.enterpriseUser]: { manager: { value: `bulkId:c${(at + 1) % people}` } },
      }),
    }));
    const before = await accounts();
    const node = await startNode();
    const lost = assert.rejects(bulk(node.url, circle), TypeError);
    const isWriting = () =>
      count(
        `from pg_stat_activity where $1 <> '' and datname = current_database() and pid <> pg_backend_pid()
           and state in ('active', 'idle in transaction') and xact_start is not null and query ~ 'scim_users|users'`,
      );
    while ((await isWriting()) === 0);
    await node.stop('SIGKILL');
    await lost;
    await atRest();
    assert.deepEqual([await accounts(), await resources()], [before, before]);
    assert.deepEqual(new Set((await bulk(server.url, circle)).map(({ status }) => status)), new Set(['201']));
    assert.deepEqual([await accounts(), await resources()], [before + people, before + people]);
  });
});
