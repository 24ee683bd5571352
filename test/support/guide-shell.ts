import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Guide } from '../../console/guides/format.ts';
import { findVersions, isInstallation, pinVersions } from './guide-packages.ts';

/**
 * `recorded`: the versions of `console/guides/versions.json`, installed once and kept for the next run.
 * `newest`: what a reader gets today, installed each time.
 */
export type VersionChoice = 'recorded' | 'newest';

/** A shell in the folder of a reader's app. Its working folder and variables last from one command to the next. */
export interface GuideShell {
  /** Writes a file of the app, relative to the working folder. */
  write: (file: string, text: string, append: boolean) => Promise<void>;
  /** Types commands and returns their standard output. @throws Error with all they printed when one fails */
  run: (commands: string) => Promise<string>;
  /** Types commands that keep running until `close`. */
  start: (commands: string) => void;
  /** False once a started program has ended. */
  isRunning: () => boolean;
  /** What the started programs have printed. */
  output: () => string;
  /** Versions of the packages that the install commands name. */
  installedVersions: () => Promise<Record<string, string>>;
  /** Stops what was started. The folder is deleted, unless its installation serves the next run. */
  close: () => Promise<void>;
}

/** Milliseconds for one fence of commands: some install hundreds of packages or compile. */
const commandLimit = 9 * 60_000;

/** Versions of the packages, by the name of the guide, as `npm run guides -- --record` wrote them. */
export const versionsFile = join(import.meta.dirname, '../../console/guides/versions.json');

export const readVersions = (): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(versionsFile, 'utf8'));

/** Variables that the reader has set, by name. The values contain no quotes. */
export type Variables = Record<string, string>;

/** Opens a shell to follow a guide once. Its folder is outside of the repository, whose packages it must not see. */
export async function openGuideShell(
  guide: Guide,
  choice: VersionChoice,
  variables: Variables = {},
): Promise<GuideShell> {
  const versions = choice === 'recorded' ? (readVersions()[guide.name] ?? {}) : {};
  const commands = guide.steps.flatMap(({ blocks }) => blocks).flatMap((b) => (b.kind === 'commands' ? [b.text] : []));
  const shell = new Shell(await openFolder(choice, [guide.name, commands, versions]), { versions, variables });
  return {
    write: (file, text, append) => shell.write(file, text, append),
    run: (text) => shell.run(text),
    start: (text) => shell.start(text),
    isRunning: () => shell.programs.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
    output: () => shell.output,
    installedVersions: () => findVersions(commands.join('\n'), (text) => shell.ask(text)),
    async close() {
      await shell.stop();
      if (choice === 'newest') await rm(shell.base, { recursive: true, force: true });
    },
  };
}

/** A folder that differs with anything that changes the installation, and with the clone of the repository. */
async function openFolder(choice: VersionChoice, parts: unknown): Promise<string> {
  if (choice === 'newest') return mkdtemp(join(tmpdir(), 'aldaba-guide-'));
  const digest = createHash('sha256')
    .update(JSON.stringify([import.meta.dirname, parts]))
    .digest('hex');
  const base = join(tmpdir(), `aldaba-guides-${process.getuid?.() ?? 0}`, digest.slice(0, 16));
  await mkdir(base, { recursive: true, mode: 0o700 });
  return base;
}

class Shell {
  readonly base: string;
  readonly programs: ChildProcess[] = [];
  output = '';
  readonly #versions: Record<string, string>;
  readonly #variables: Variables;
  readonly #constraints: string;
  /** Fences so far; the variables after the nth are in `state-n`. */
  #fences = 0;

  constructor(base: string, { versions, variables }: { versions: Record<string, string>; variables: Variables }) {
    this.base = base;
    this.#versions = versions;
    this.#variables = variables;
    this.#constraints = join(base, 'constraints.txt');
  }

  async write(file: string, text: string, append: boolean): Promise<void> {
    const path = join(this.#workingFolder(), file);
    await mkdir(dirname(path), { recursive: true });
    await (append ? appendFile : writeFile)(path, text);
  }

  async run(commands: string): Promise<string> {
    const install = isInstallation(commands);
    const done = join(this.base, `installed-${this.#fences + 1}`);
    if (!(install && existsSync(done))) {
      const next = join(this.base, `state-${this.#fences + 1}`);
      const { code, printed, complaints } = await this.#finish(
        `${pinVersions(commands, this.#versions)}\nexport -p >'${next}'\nprintf %s "$PWD" >'${next}.folder'`,
      );
      if (code !== 0) throw new Error(`The guide's commands failed:\n${commands}\n${printed}\n${complaints}`);
      if (install) await writeFile(done, '');
      this.#fences += 1;
      return printed;
    }
    this.#fences += 1;
    return '';
  }

  /** Runs a question of the test in the shell, without effect on the state. */
  async ask(commands: string): Promise<string> {
    return (await this.#finish(commands)).printed;
  }

  start(commands: string): void {
    const program = this.#spawn(commands);
    this.programs.push(program);
    for (const stream of [program.stdout, program.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.programs.map(async (program) => {
        if (program.exitCode !== null || program.signalCode !== null) return;
        const ended = new Promise((resolve) => program.once('exit', resolve));
        signalGroup(program, 'SIGTERM');
        const impatient = setTimeout(() => signalGroup(program, 'SIGKILL'), 5000);
        await ended;
        clearTimeout(impatient);
        signalGroup(program, 'SIGKILL'); // what the program started and left behind
      }),
    );
  }

  /** `printed` is the standard output alone: what curl says of its progress would cut into its lines. */
  async #finish(commands: string): Promise<{ code: number | null; printed: string; complaints: string }> {
    if (Object.keys(this.#versions).length > 0) {
      const lines = Object.entries(this.#versions).map(([name, version]) => `${name}==${version}\n`);
      await writeFile(this.#constraints, lines.filter((line) => !line.startsWith('@')).join(''));
    }
    const child = this.#spawn(commands);
    let printed = '';
    let complaints = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    const limit = setTimeout(() => signalGroup(child, 'SIGKILL'), commandLimit);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(limit);
    return { code, printed, complaints };
  }

  #workingFolder(): string {
    const file = join(this.base, `state-${this.#fences}.folder`);
    return existsSync(file) ? readFileSync(file, 'utf8') : join(this.base, 'app');
  }

  #spawn(commands: string): ChildProcess {
    const state = join(this.base, `state-${this.#fences}`);
    const folder = this.#workingFolder();
    const resume = existsSync(state) ? `. '${state}'\n` : `mkdir -p '${folder}'\n`;
    // After the state of an earlier run, which has other values.
    const set = Object.entries(this.#variables).map(([name, value]) => `export ${name}='${value}'\n`);
    return spawn('sh', ['-e', '-c', `${resume}${set.join('')}cd '${folder}'\n${commands}`], {
      cwd: this.base,
      // A group of its own, so that what the commands start ends with them.
      detached: true,
      env: { ...readersEnvironment(), ...(existsSync(this.#constraints) ? { PIP_CONSTRAINT: this.#constraints } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** This process's environment without what the test run and `npm` put into it, and with this Node first. */
function readersEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(NODE_ENV|NODE_CHANNEL_FD|NODE_UNIQUE_ID|PORT|ENDPOINT|DATABASE_URL|INIT_CWD|ALDABA_.*|npm_(?!config_(registry|cafile|.*proxy)$).*)$/i;
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return {
    ...kept,
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
    npm_config_yes: 'true',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    NEXT_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
    NG_CLI_ANALYTICS: 'false',
  };
}
