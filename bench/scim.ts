/** `npm run bench -- --only scim`: a directory that creates and changes users, one by one and in bulk. */
import { memoryOf } from './channel.ts';
import { json, obtainManagementToken } from './flows.ts';
import type { Client } from './load.ts';
import { startOwnServer } from './own-server.ts';
import { integer, table } from './table.ts';

export const scimId = 'scim';
const single = 2000;
const synced = 10_000;
const operationsInOne = 500;
/** Requests in flight. */
const parallel = 4;
/** The memory after the sync may be this share above that after its first tenth. */
const growthAim = 0.1;

type Send = (method: string, path: string, body: object, expected: number) => Promise<Record<string, unknown>>;

/** Creates and patches users one by one, then syncs 10,000 by bulk requests. Returns a table. */
export async function measureScim(given: { root: string; flags: string[]; effort: number }): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const { subject, client } = await startOwnServer(given, stack);
  const send = await openDirectory(client, (await subject.ask('createManager')) as Manager);
  const count = Math.ceil(single * given.effort);
  const ids: string[] = [];
  await inTurn(Math.ceil(count / 10), async (index) => {
    await send('POST', '/Users', userOf(`warm${index}`), 201);
  });
  const creating = await inTurn(count, async (index) => {
    ids[index] = String((await send('POST', '/Users', userOf(`single${index}`), 201)).id);
  });
  const patch = { Operations: [{ op: 'replace', path: 'name.familyName', value: 'Changed' }] };
  const patching = await inTurn(count, async (index) => {
    await send('PATCH', `/Users/${ids[index]}`, patch, 200);
  });
  const total = Math.ceil(synced * given.effort);
  const samples: number[] = [];
  const begun = performance.now();
  for (let first = 0; first < total; first += operationsInOne) {
    const size = Math.min(operationsInOne, total - first);
    const Operations = Array.from({ length: size }, (_, index) => {
      const name = `bulk${first + index}`;
      return { method: 'POST', path: '/Users', bulkId: name, data: userOf(name) };
    });
    const answer = await send('POST', '/Bulk', { Operations }, 200);
    const outcomes = answer.Operations as { status: string }[];
    if (outcomes.some(({ status }) => status !== '201'))
      throw new Error(`A bulk operation failed: ${outcomes[0]?.status}`);
    samples.push(memoryOf(subject.pid).resident);
  }
  return report({ creating, patching, total, seconds: (performance.now() - begun) / 1000, samples });
}

interface Manager {
  id: string;
  secret: string;
  indicator: string;
}

/** A client of the tenant's directory. */
async function openDirectory(client: Client, manager: Manager): Promise<Send> {
  const management = await obtainManagementToken(client, manager, manager.indicator);
  const headers = { authorization: `Bearer ${management}`, 'content-type': 'application/json' };
  const create = { method: 'POST', path: '/api/scim/tokens', headers, body: '{"name":"Bench"}' };
  const { value } = json(await client.send(create, 201));
  const own = { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' };
  return async (method, path, body, expected) =>
    json(await client.send({ method, path: `/scim/v2${path}`, headers: own, body: JSON.stringify(body) }, expected));
}

const userOf = (name: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  externalId: `external-${name}`,
  userName: `${name}@example.com`,
  name: { givenName: 'Given', familyName: 'Family' },
  emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
});

/** Runs the work `count` times, some at a time. Returns how many a second. */
async function inTurn(count: number, work: (index: number) => Promise<void>): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const run = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: parallel }, run));
  return count / ((performance.now() - begun) / 1000);
}

function report(found: {
  creating: number;
  patching: number;
  total: number;
  seconds: number;
  samples: readonly number[];
}): string {
  const { creating, patching, total, seconds, samples } = found;
  const early = samples[Math.floor(samples.length / 10)] as number;
  const late = samples.at(-1) as number;
  const growth = late / early - 1;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return table(
    ['Directory sync by SCIM', 'Value', 'Target', ''],
    [
      [`Users created one by one, ${parallel} at a time`, `${integer(creating)} a second`, '', ''],
      [`Users patched one by one, ${parallel} at a time`, `${integer(patching)} a second`, '', ''],
      [`${integer(total)} users created in bulk requests of ${operationsInOne}`, `${seconds.toFixed(1)} s`, '', ''],
      ['Resident memory after the first tenth and at the end', `${megabytes(early)}, ${megabytes(late)}`, '', ''],
      [
        'Growth in between',
        `${(growth * 100).toFixed(1)} %`,
        `≤ ${growthAim * 100} %`,
        growth <= growthAim ? 'flat' : '**grows**',
      ],
    ],
  );
}
