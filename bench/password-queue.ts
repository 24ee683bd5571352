/**
 * `npm run bench -- --only password-queue`: what other requests wait while more passwords arrive than can be checked.
 */
import { join } from 'node:path';
import { startSubject } from './channel.ts';
import { json, obtainManagementToken } from './flows.ts';
import type { Client, Exchange } from './load.ts';
import { startOwnServer } from './own-server.ts';
import { table } from './table.ts';

export const passwordQueueId = 'password-queue';
/** Milliseconds, for the median of token requests. */
const aim = 10;
/** Callers that send the next password as soon as the last one is answered, whatever the answer says. */
const callers = 400;
const requests = 500;

/** Sends token requests one at a time, first alone, then concurrently with the callers. Returns a table. */
export async function measurePasswordQueue({ root, flags }: { root: string; flags: string[] }): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const { subject, client } = await startOwnServer({ root, flags }, stack);
  const manager = await subject.ask<{ id: string; secret: string; indicator: string }>('createManager');
  const token = await obtainManagementToken(client, manager, manager.indicator);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const create = {
    method: 'POST',
    path: '/api/users',
    headers,
    body: '{"username":"ada","password":"tulips under stone"}',
  };
  const { id } = json(await client.send(create, 200)) as { id: string };
  const check = {
    method: 'POST',
    path: `/api/users/${id}/password/verify`,
    headers,
    body: '{"password":"wrong words"}',
  };
  const ask: Exchange = {
    method: 'POST',
    path: '/oidc/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: manager.id,
      client_secret: manager.secret,
      resource: manager.indicator,
    }).toString(),
  };
  const measure = () => timesOf(client, ask);
  await measure();
  const alone = await measure();
  const flood = await startFlood({ port: subject.port, check });
  const beside = await measure();
  const answers = await flood.stop();
  return report(alone, beside, answers);
}

function report(
  alone: readonly number[],
  beside: readonly number[],
  answers: { checked: number; refused: number },
): string {
  const at = (times: readonly number[], share: number) =>
    (times[Math.floor(times.length * share)] as number).toFixed(1);
  const median = beside[Math.floor(beside.length / 2)] as number;
  return table(
    [
      `Token requests while ${callers} callers send passwords without a pause`,
      'p50 ms',
      'p95 ms',
      'slowest ms',
      'Target',
      '',
    ],
    [
      ['alone', at(alone, 0.5), at(alone, 0.95), (alone.at(-1) as number).toFixed(1), '', ''],
      [
        `with the password queue full (${answers.checked} checked, ${answers.refused} refused)`,
        at(beside, 0.5),
        at(beside, 0.95),
        (beside.at(-1) as number).toFixed(1),
        `p50 ≤ ${aim} ms`,
        median <= aim ? 'ok' : '**missed**',
      ],
    ],
  );
}

/** Milliseconds of each request, in ascending order. */
async function timesOf(client: Client, ask: Exchange): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    const start = performance.now();
    await client.send(ask, 200);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** The callers run in a process of their own, so that they do not slow down the clock of the measurement. */
async function startFlood(about: { port: number; check: Exchange }) {
  const subject = await startSubject({
    program: join(import.meta.dirname, 'subjects/password-flood.ts'),
    environment: {},
    settings: { ...about, callers },
  });
  return {
    async stop() {
      const answers = await subject.ask<{ checked: number; refused: number }>('finish');
      await subject.stop();
      return answers;
    },
  };
}
