import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A program that the test started, with its output so far. */
export interface Program {
  child: ChildProcess;
  output: () => string;
  /** Resolves when a line of the output matches. @throws Error with the output when the program ends before that. */
  says: (pattern: RegExp) => Promise<string>;
  /** Resolves with the exit code when the program has ended and everything it printed is there; null after a signal. */
  ended: Promise<number | null>;
  /** Sends the signal and waits for the end. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface ProgramOptions {
  environment?: Record<string, string>;
  folder?: string;
}

/** Starts a program with only the variables of this process's environment that locate programs. */
export function startProgram(file: string, args: string[], options: ProgramOptions = {}): Program {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(file, args, {
    cwd: options.folder,
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    child.emit('said');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
    child.once('error', (error) => {
      output += String(error);
      resolve(null);
    });
  });
  return {
    child,
    output: () => output,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = output.split('\n').find((candidate) => pattern.test(candidate));
          if (line === undefined) return;
          child.off('said', look);
          resolve(line);
        };
        child.on('said', look);
        look();
        void ended.then(() => reject(new Error(`${file} ended before it said ${pattern}:\n${output}`)));
      }),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

/** A port of this machine that is not in use. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when a program of this machine accepts connections at a port. @throws Error after 30 seconds */
export async function acceptsConnections(port: number): Promise<void> {
  for (const end = Date.now() + 30_000; ; await setTimeout(20)) {
    const socket = connect(port, '127.0.0.1');
    const refusal = await new Promise<Error | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined)).once('error', resolve);
    });
    socket.destroy();
    if (!refusal) return;
    if (Date.now() > end) throw refusal;
  }
}
