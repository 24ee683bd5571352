import { Worker } from 'node:worker_threads';
import { AldabaError } from '../../kernel/errors.ts';
import type { Outcome, Task } from './outcome.ts';

/** Runs scripts off the main thread, each in its own runtime. */
export interface Scripts {
  /**
   * @param owner scripts of one owner run one after the other, so that an endless loop of one owner does not delay the
   *   scripts of others
   * @throws AldabaError `request.overloaded` if the script did not run to its end for lack of capacity or time: its
   *   result is unknown, so a caller must not continue as if it had passed
   */
  run: (owner: string, task: Task) => Promise<Outcome>;
  close: () => Promise<void>;
}

interface ScriptsOptions {
  /** Maximum threads; they start on demand. */
  size: number;
  /**
   * Milliseconds after which an unresponsive thread is terminated. The isolate's limit of processor time stops a script
   * earlier, unless the machine is overloaded.
   */
  wallLimit?: number;
  /** Scripts of one owner that may wait: an owner that requests more than can run does not delay others. */
  maximumQueue?: number;
}

interface Waiting {
  owner: string;
  task: Task;
  done: (outcome: Outcome) => void;
  fail: (error: AldabaError) => void;
}

interface Thread {
  worker: Worker;
  job?: Waiting;
  timer?: NodeJS.Timeout;
}

// Next to this file, as source or as an entry of the bundle (scripts/build.mjs).
const entry = new URL(import.meta.url.endsWith('.ts') ? './isolate.ts' : './isolate.js', import.meta.url);

export function createScripts({ size, wallLimit = 3000, maximumQueue = 200 }: ScriptsOptions): Scripts {
  const threads = new Set<Thread>();
  const idle: Thread[] = [];
  /** By owner, in round-robin: an owner whose script starts moves behind all waiting owners. */
  const queues = new Map<string, Waiting[]>();
  let isClosed = false;

  const next = () => {
    const busy = new Set([...threads].map(({ job }) => job?.owner));
    const owner = queues.keys().find((candidate) => !busy.has(candidate));
    if (owner === undefined) return;
    const thread = idle.pop();
    if (thread) give(thread, take(owner));
    else if (threads.size < size) start();
  };
  const take = (owner: string): Waiting => {
    const [first, ...rest] = queues.get(owner) as [Waiting, ...Waiting[]];
    queues.delete(owner);
    if (rest.length > 0) queues.set(owner, rest);
    return first;
  };
  const refuseAll = (cause?: Error) => {
    const waiting = [...queues.values()].flat();
    queues.clear();
    for (const job of waiting) job.fail(overloaded(cause));
  };
  const give = (thread: Thread, job: Waiting) => {
    thread.job = job;
    thread.timer = setTimeout(() => end(thread, overloaded()), wallLimit);
    thread.worker.ref();
    thread.worker.postMessage(job.task);
  };
  const settle = (thread: Thread, outcome: Outcome | AldabaError) => {
    clearTimeout(thread.timer);
    const { job } = thread;
    delete thread.job;
    if (outcome instanceof AldabaError) job?.fail(outcome);
    else job?.done(outcome);
  };
  const end = (thread: Thread, outcome: Outcome | AldabaError) => {
    threads.delete(thread);
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    settle(thread, outcome);
    // Also stops a loop inside WebAssembly.
    void thread.worker.terminate();
    if (!isClosed) next();
  };
  const start = () => {
    const worker = new Worker(entry, {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    const thread: Thread = { worker };
    threads.add(thread);
    const rest = () => {
      worker.unref();
      idle.push(thread);
      next();
    };
    worker.on('message', (message: 'ready' | { outcome: Outcome; isSound: boolean }) => {
      if (!threads.has(thread)) return;
      if (message === 'ready') return rest();
      if (!message.isSound) return end(thread, message.outcome);
      settle(thread, message.outcome);
      rest();
    });
    worker.on('error', (error) => {
      // If no thread can start, waiting scripts would never finish: reject them.
      if (!thread.job) refuseAll(error);
      if (threads.has(thread)) end(thread, { kind: 'failed', reason: 'memory', message: error.message });
    });
    worker.on('exit', () => {
      if (threads.has(thread)) end(thread, { kind: 'failed', reason: 'memory' });
    });
  };

  return {
    run: (owner, task) =>
      new Promise((done, fail) => {
        const queue = queues.get(owner) ?? [];
        if (isClosed || queue.length >= maximumQueue) return fail(overloaded());
        queues.set(owner, queue);
        queue.push({ owner, task, done, fail });
        next();
      }),
    async close() {
      isClosed = true;
      refuseAll();
      await Promise.all(
        [...threads].map((thread) => {
          settle(thread, overloaded());
          return thread.worker.terminate();
        }),
      );
    },
  };
}

const overloaded = (cause?: Error) => new AldabaError('request.overloaded', undefined, cause ? { cause } : undefined);
