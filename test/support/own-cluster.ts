import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCluster } from '../../server/src/store/embedded-cluster.ts';
import { findPostmaster, type Postmaster, startPostmaster } from '../../server/src/store/embedded-postmaster.ts';
import { findPrograms } from '../../server/src/store/embedded-programs.ts';

/** A PostgreSQL of a test's own, which it may restart and stop: to the server under test it is any operator's. */
export interface OwnCluster {
  url: string;
  /**
   * Ends it: `fast` as an upgrade of the package does, `immediate` as a crash, `kill` as the kernel does without
   * memory.
   */
  stop: (mode: 'fast' | 'immediate' | 'kill') => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
}

const signals = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;

export async function startOwnCluster(): Promise<OwnCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-own-'));
  const quiet = () => undefined;
  const programs = await findPrograms(folder, quiet);
  const cluster = await ensureCluster(programs, quiet);
  let running: Postmaster | undefined = await startPostmaster(programs, cluster, quiet);
  const { socketFolder } = running;
  const url = `postgresql://aldaba@/aldaba?host=${encodeURIComponent(socketFolder)}&port=5432`;
  const stop: OwnCluster['stop'] = async (mode) => {
    if (!running) return;
    process.kill(running.pid, signals[mode]);
    running = undefined;
    // Returns once the last of its processes is gone. A server that was just asked to stop may still be listed as
    // ready.
    while (await findPostmaster(cluster));
  };
  return {
    url,
    stop,
    async start() {
      running = await startPostmaster(programs, cluster, quiet);
    },
    async close() {
      await stop('fast');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
