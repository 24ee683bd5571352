/** What the server weighs: time to start, memory when idle, the sign-in page's first load. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { memoryOf, proportionalMemory } from './channel.ts';
import type { Fixtures } from './flows.ts';
import type { Client, Reply } from './load.ts';
import { median } from './measurement.ts';

export interface Startup {
  /**
   * Seconds from `npm start` to the line that says that the server is ready: npm, the check for changes, the server.
   */
  npmStart: number;
  /** Seconds of the server's own part, `dist/server/main.js`. */
  server: number;
  /** Bytes of resident memory of the server, started and left alone. */
  idle: number;
  /** Bytes of its PostgreSQL: the proportional set size of all its processes. */
  idleDatabase: number;
}

/** Starts and stops the built server on one data folder: once to make it, then `runs` times each way. */
export async function measureStartup(settings: {
  root: string;
  flags: string[];
  dataFolder: string;
  port: number;
  runs: number;
}): Promise<Startup> {
  const { root, dataFolder, port } = settings;
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX,
    UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE,
    ALDABA_ROOT: root,
    ALDABA_DATA: dataFolder,
    HOST: '127.0.0.1',
    PORT: String(port),
    NODE_ENV: 'production',
  };
  const direct = [process.execPath, ...settings.flags, `${root}/dist/server/main.js`];
  await runUntilReady(direct, { root, environment });
  const server: number[] = [];
  const npm: number[] = [];
  let idle = 0;
  let idleDatabase = 0;
  for (let run = 0; run < settings.runs; run += 1) {
    const last = run === settings.runs - 1;
    const observe = async (pid: number) => {
      if (!last) return;
      // Start-up garbage is collected after a few seconds without requests: only then is the server idle.
      await new Promise((resolve) => setTimeout(resolve, 5000));
      idle = memoryOf(pid).resident;
      idleDatabase = proportionalMemory(postmasterOf(`${dataFolder}/postgres`));
    };
    server.push(await runUntilReady(direct, { root, environment, observe }));
    npm.push(await runUntilReady(['npm', 'start'], { root, environment }));
  }
  return { npmStart: median(npm), server: median(server), idle, idleDatabase };
}

interface RunOptions {
  root: string;
  environment: Record<string, string | undefined>;
  observe?: (pid: number) => Promise<void>;
}

/** Seconds until the program says that it is ready; it is then asked to stop, and waited for. */
async function runUntilReady(
  [file = '', ...args]: string[],
  { root, environment, observe }: RunOptions,
): Promise<number> {
  const start = performance.now();
  const child = spawn(file, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  // npm does not forward a signal to its child; a terminal also signals the whole group.
  const stop = () => process.kill(-(child.pid as number), 'SIGTERM');
  process.once('exit', stop);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  const ready = new Promise<number>((resolve, reject) => {
    const read = (data: Buffer) => {
      output += data;
      if (output.includes('is ready at')) resolve((performance.now() - start) / 1000);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    ended.then((code) =>
      reject(new Error(`${[file, ...args].join(' ')} ended with ${code} before it was ready:\n${output}`)),
    );
  });
  const seconds = await ready;
  await observe?.(child.pid as number);
  stop();
  await ended;
  process.off('exit', stop);
  return seconds;
}

/** Process id of the PostgreSQL that runs on a folder: the first line of its pid file. */
export const postmasterOf = (folder: string): number =>
  Number(readFileSync(`${folder}/postmaster.pid`, 'utf8').split('\n', 1)[0]);

export interface PageWeight {
  requests: number;
  /** Bytes of all answers' bodies as they cross the wire. */
  sent: number;
  /** Bytes of the same with gzip. */
  compressed: number;
}

/** Loads the sign-in page as a browser without a cache does: the page, and all that it names. */
export async function weighSignInPage(client: Client, { spa }: Fixtures): Promise<PageWeight> {
  const query = new URLSearchParams({
    client_id: spa.id,
    redirect_uri: spa.redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  });
  const begun = await client.send({ method: 'GET', path: `/oidc/auth?${query}` }, 303);
  const cookie = (begun.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]).join('; ');
  const page = pathOf(begun.headers.location ?? '');
  const load = (path: string) =>
    client.send({ method: 'GET', path, headers: { cookie, 'accept-encoding': 'gzip, br' } }, 200);
  const plain = await client.send({ method: 'GET', path: page, headers: { cookie } }, 200);
  const answers = [await load(page)];
  for (const path of partsOf(plain.body.toString())) answers.push(await load(path));
  return {
    requests: answers.length,
    sent: answers.reduce((sum, { body }) => sum + body.length, 0),
    compressed: answers.reduce((sum, answer) => sum + compressedSize(answer), 0),
  };
}

const compressedSize = ({ headers, body }: Reply): number =>
  headers['content-encoding'] ? body.length : Math.min(body.length, gzipSync(body, { level: 9 }).length);

/** Paths of the style sheets, scripts and pictures that a page names, each once; data URLs come with the page. */
function partsOf(html: string): string[] {
  const tags = html.match(/<(?:script|link|img|source)\b[^>]*>/g) ?? [];
  const loaded = tags.filter(
    (tag) => !tag.startsWith('<link') || /\brel="(?:stylesheet|icon|modulepreload|preload)"/.test(tag),
  );
  const addresses = loaded.map((tag) => /\s(?:src|href)="([^"]+)"/.exec(tag)?.[1]?.replaceAll('&amp;', '&'));
  return [
    ...new Set(
      addresses
        .filter((address) => address !== undefined && !address.startsWith('data:'))
        .map((address) => pathOf(address as string)),
    ),
  ];
}

function pathOf(address: string): string {
  const { pathname, search } = new URL(address, 'http://127.0.0.1');
  return pathname + search;
}
