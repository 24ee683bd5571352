import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findRoot } from '../../server/src/root.ts';
import type { TestServer } from './server.ts';

/** What a run of `./aldaba` left behind. */
export interface Run {
  code: number;
  /** Standard output: the answer. */
  out: string;
  /** Standard error: everything else. */
  err: string;
}

export interface CommandLine {
  (...args: string[]): Promise<Run>;
  /** The same with `--json`, parsed. @throws Error with the output when the exit code is not 0 */
  json: <Data>(...args: string[]) => Promise<Data>;
}

/** Runs the program itself, as people do, on the database of a server. */
export function commandLine(
  server: TestServer,
  options: { dataFolder: string; environment?: Record<string, string>; input?: string },
): CommandLine {
  const environment = {
    DATABASE_URL: server.databaseUrl,
    ALDABA_SECRET: 'a secret for tests that is long enough',
    ALDABA_DATA: options.dataFolder,
    ENDPOINT: server.url,
    ...options.environment,
  };
  const run = (...args: string[]) => runAldaba(args, environment, options.input);
  return Object.assign(run, {
    async json<Data>(...args: string[]) {
      const { code, out, err } = await run(...args, '--json');
      if (code !== 0) throw new Error(`aldaba ${args.join(' ')} ended with ${code}:\n${out}${err}`);
      return JSON.parse(out) as Data;
    },
  });
}

/** Runs `./aldaba` with only the variables of this process's environment that locate programs. */
export function runAldaba(args: readonly string[], environment: Record<string, string>, input?: string): Promise<Run> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(join(findRoot(process.env), 'aldaba'), args, { env: { PATH, HOME, ...environment } });
  const run: Run = { code: -1, out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    run.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    run.err += chunk;
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...run, code: code ?? -1 }));
  });
}
