/**
 * The line between the run and the processes it measures: questions and answers over the IPC channel that `fork` opens.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process reports about itself at one moment; the difference of two is the cost of an operation. */
export interface Reading {
  /** Microseconds of processor time, user and system, all threads. */
  cpu: number;
  /** The part of `cpu` that was spent in the thread pool, where passwords are hashed. */
  pool: number;
  /** SQL statements sent since the start. */
  statements: number;
}

/** Memory of a process in bytes, as the kernel counts it. */
export interface Memory {
  resident: number;
  peak: number;
}

type Handler = (argument: never) => unknown;
interface Question {
  id: number;
  name: string;
  argument: unknown;
}
interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** Answers the run's questions in the measured process, and ends with the run. */
export function answer(handlers: Record<string, Handler>, countStatements: () => number = () => 0): void {
  const all: Record<string, Handler> = {
    ...handlers,
    read: (): Reading => {
      const { user, system } = process.cpuUsage();
      return { cpu: user + system, pool: poolTime(), statements: countStatements() };
    },
  };
  process.on('message', async ({ id, name, argument }: Question) => {
    try {
      const handler = all[name];
      if (!handler) throw new Error(`There is no ${name} here.`);
      process.send?.({ id, result: await handler(argument as never) } satisfies Answer);
    } catch (error) {
      process.send?.({
        id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies Answer);
    }
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group; the run ends its processes in order.
  process.on('SIGINT', () => undefined);
}

/** Microseconds that libuv's worker threads ran; the scheduler counts them in nanoseconds, exactly. */
function poolTime(): number {
  let nanoseconds = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    const folder = `/proc/self/task/${thread}`;
    if (readFileSync(`${folder}/comm`, 'utf8').trim() !== 'libuv-worker') continue;
    nanoseconds += Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1000;
}

/** A process under measurement. */
export interface Subject {
  readonly pid: number;
  readonly port: number;
  ask: <Result>(name: string, argument?: unknown) => Promise<Result>;
  read: () => Promise<Reading>;
  stop: () => Promise<void>;
}

export interface SubjectOptions {
  program: string;
  /** Flags for Node itself. */
  flags?: string[];
  environment: Record<string, string>;
  /** Given to the program's `start`, which answers with its port. */
  settings: unknown;
  /** The only cores that it may use, as a list for `taskset`. */
  cores?: string | undefined;
}

/** Starts a program in a separate process and waits until it listens. */
export async function startSubject(options: SubjectOptions): Promise<Subject> {
  const { program, flags = [], environment, settings, cores } = options;
  const child = fork(program, [], {
    // Set before Node starts, which counts its cores once.
    ...(cores === undefined
      ? { execArgv: flags }
      : { execPath: 'taskset', execArgv: ['--cpu-list', cores, process.execPath, ...flags] }),
    env: {
      PATH: process.env.PATH,
      MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX,
      UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE,
      NODE_ENV: 'production',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = createAsk(child, program);
  const port = await ask<number>('start', settings);
  return {
    pid: child.pid as number,
    port,
    ask,
    read: () => ask<Reading>('read'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function createAsk(child: ChildProcess, program: string): Subject['ask'] {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  let ended: Error | undefined;
  const end = (reason: string) => {
    ended ??= new Error(`${program} ${reason}.`);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  child.on('message', ({ id, result, error }: Answer) => {
    const question = waiting.get(id);
    waiting.delete(id);
    if (error) question?.reject(new Error(error));
    else question?.resolve(result as never);
  });
  child.once('error', (error) => end(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => end(`ended with ${signal ?? code}`));
  return (name, argument) =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, name, argument } satisfies Question);
    });
}

/** Memory of a process, from the kernel. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { resident: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Proportional set size of a process and all its children: shared pages are counted once over all that share them. */
export function proportionalMemory(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid);
  return [String(pid), ...children].reduce((sum, name) => sum + proportionOf(name), 0);
}

// A process may end between the listing and the reading; it then counts as zero.
function parentOf(pid: string): number | undefined {
  return readOr(`/proc/${pid}/status`, (text) => Number(/^PPid:\s+(\d+)/m.exec(text)?.[1]));
}

function proportionOf(pid: string): number {
  return readOr(`/proc/${pid}/smaps_rollup`, (text) => Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024) ?? 0;
}

function readOr<T>(path: string, use: (text: string) => T): T | undefined {
  try {
    return use(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
