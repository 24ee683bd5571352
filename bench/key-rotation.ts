/** `npm run bench -- --only key-rotation`: how long another node takes to publish the keys of a rotation. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../server/src/store/embedded.ts';
import { startSubject } from './channel.ts';
import { json, obtainManagementToken } from './flows.ts';
import { type Client, createClient } from './load.ts';
import { median } from './measurement.ts';
import { freePort } from './servers.ts';
import type { AldabaSettings } from './subjects/aldaba.ts';
import { table } from './table.ts';

export const keyRotationId = 'key-rotation';
/** Milliseconds, for the slowest. */
const aim = 200;
/** Milliseconds after which a rotation that no node noticed is a failure. */
const deadline = 10_000;

interface Setup {
  root: string;
  flags: string[];
  rotations: number;
}

/** Rotates on one of two nodes and asks the other for its keys until the new one is among them. Returns a table. */
export async function measureKeyRotation({ root, flags, rotations }: Setup): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const dataFolder = stack.adopt(await mkdtemp(join(tmpdir(), 'aldaba-bench-keys-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const database = stack.adopt(
    await startEmbedded({ dataFolder, purpose: 'server', progress: () => undefined }),
    (started) => started.stop(),
  );
  const startNode = async () => {
    const settings: AldabaSettings = { databaseUrl: database.url, root, dataFolder, port: await freePort() };
    const program = join(root, 'dist/bench/aldaba.js');
    const subject = stack.adopt(
      await startSubject({ program, flags, environment: { ALDABA_ROOT: root }, settings }),
      (started) => started.stop(),
    );
    return { subject, client: stack.adopt(createClient(subject.port), (open) => open.close()) };
  };
  const [here, there] = [await startNode(), await startNode()];
  const manager = await here.subject.ask<{ id: string; secret: string; indicator: string }>('createManager');
  const times: number[] = [];
  for (let count = 0; count < rotations; count += 1) {
    const token = await obtainManagementToken(here.client, manager, manager.indicator);
    await there.client.send(jwks, 200);
    const id = await rotate(here.client, token);
    const start = performance.now();
    await seeKey(there.client, id, start + deadline);
    times.push(performance.now() - start);
  }
  const worst = Math.max(...times);
  return table(
    ['Time until another node publishes a rotated key', 'p50 ms', 'slowest ms', 'Target', ''],
    [
      [
        `${rotations} rotations`,
        median(times).toFixed(1),
        worst.toFixed(1),
        `≤ ${aim} ms`,
        worst <= aim ? 'ok' : '**missed**',
      ],
    ],
  );
}

const jwks = { method: 'GET', path: '/oidc/jwks' };

/** Returns the id of the key that waits from now on. */
async function rotate(client: Client, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const path = '/api/configs/oidc/private-keys/rotate';
  const reply = await client.send(
    { method: 'POST', path, headers, body: '{"signingKeyAlgorithm":"EC","rotationGracePeriod":0}' },
    200,
  );
  const keys = JSON.parse(reply.body.toString()) as { id: string; status: string; signingKeyAlgorithm: string }[];
  return keys.find(({ status, signingKeyAlgorithm }) => status === 'Next' && signingKeyAlgorithm === 'EC')?.id ?? '';
}

async function seeKey(client: Client, id: string, until: number): Promise<void> {
  while (performance.now() < until) {
    const { keys } = json(await client.send(jwks, 200)) as { keys: { kid: string }[] };
    if (keys.some(({ kid }) => kid === id)) return;
  }
  throw new Error(`The other node did not publish the key ${id}.`);
}
