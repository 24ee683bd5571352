/** `./aldaba <command>`: works with and without a running server. Only this file and `main.ts` touch `process`. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type CommandApp, createCommandApp } from './app.ts';
import {
  type Command,
  commands,
  explain,
  type FilesCommand,
  failureOf,
  type Output,
  Refused,
  type Terminal,
  UsageError,
} from './commands/index.ts';
import { helpOf, overview, usageOf } from './commands/usage.ts';
import { type Config, readConfig } from './config.ts';
import { AldabaError } from './kernel/errors.ts';
import { findRoot } from './root.ts';
import { explainStart } from './start-failure.ts';
import { defaultTenantId } from './tenancy/address.ts';
import type { Tenant } from './tenancy/service.ts';
import { dataFolderOf, openWorld } from './world.ts';

const commonOptions = { tenant: { type: 'string' }, help: { type: 'boolean' }, json: { type: 'boolean' } } as const;
const progress = (message: string) => process.stderr.write(`  · ${message}\n`);

/** The command whose words the arguments begin with, and what follows them. */
function choose(args: string[]): { command: Command; rest: string[] } | undefined {
  for (const command of commands) {
    const words = command.name.split(' ');
    if (words.every((word, index) => args[index] === word)) return { command, rest: args.slice(words.length) };
  }
  return undefined;
}

function parse(command: Command, rest: string[]): { values: Terminal['options']; positionals: string[] } {
  const own = Object.entries(command.options ?? {}).map(([name, { type, multiple = false }]) => [
    name,
    { type, multiple },
  ]);
  try {
    return parseArgs({ args: rest, options: { ...Object.fromEntries(own), ...commonOptions }, allowPositionals: true });
  } catch (error) {
    // Node's second sentence is about positional arguments that look like options.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence?.replace(/\.?$/, '.')}`);
  }
}

function terminal(options: Terminal['options'], words: string[]): Terminal {
  return {
    options,
    words,
    progress,
    readInput: () => readAll(process.stdin),
    async confirm(question) {
      if (!process.stdin.isTTY) throw new UsageError('Add --yes to confirm.');
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      const answer = await reader.question(`${question} [y/N] `);
      reader.close();
      return /^y(es)?$/i.test(answer.trim());
    },
    runProgram: (file, args, folder) =>
      new Promise((resolve, reject) => {
        // Its output goes to standard error: standard output is the answer of the command.
        const child = spawn(file, args, { cwd: folder, stdio: ['ignore', process.stderr, process.stderr] });
        child.once('error', reject);
        child.once('close', (code) => resolve(code ?? 1));
      }),
  };
}

async function run(command: Command, rest: string[]): Promise<Output> {
  const { values, positionals } = parse(command, rest);
  const given = terminal(values, positionals);
  const root = findRoot(process.env);
  const settings = () => readConfig({ LOG_LEVEL: 'warn', ...process.env });
  if (values.help) {
    const more = await command.help?.({ ...given, config: settings(), dataFolder: dataFolderOf(settings(), root) });
    const lines = [...helpOf(command), ...(more ? ['', ...more] : [])];
    return { text: lines, data: lines };
  }
  const config = settings();
  if (command.needs === 'files') return command.run({ ...given, config, dataFolder: dataFolderOf(config, root) });
  try {
    return await runOn(command, config, given);
  } catch (error) {
    // A sentence of ours stays; what the system or PostgreSQL said becomes one.
    if (error instanceof AldabaError && error.code !== 'request.unavailable') throw error;
    if (error instanceof UsageError || error instanceof Refused) throw error;
    const code = error instanceof AldabaError ? error.code : 'command.failed';
    throw new Refused(explainStart(error, config), { code, cause: error });
  }
}

async function runOn(command: Exclude<Command, FilesCommand>, config: Config, given: Terminal): Promise<Output> {
  const world = await openWorld(config, { root: findRoot(process.env), purpose: 'command', progress });
  try {
    if (command.needs === 'world') return await command.run({ ...given, config, world });
    const app = await createCommandApp(config, world, { connectorPackages: command.usesConnectors === true });
    try {
      const tenant = await findTenant(app, String(given.options.tenant ?? defaultTenantId));
      return await command.run({ ...given, app, tenant });
    } finally {
      await app.close();
    }
  } finally {
    await world.stop();
  }
}

async function findTenant({ tenancy }: CommandApp, id: string): Promise<Tenant> {
  if (!(await tenancy.list()).some((tenant) => tenant.id === id))
    throw new Refused(`No tenant "${id}" exists. "tenant list" shows all.`);
  return tenancy.get(id);
}

/** Whether the answer is for a program, also when the arguments are wrong otherwise. */
function asksJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

const writeJson = (data: unknown) => process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);

async function main(args: string[]): Promise<number> {
  const chosen = choose(args);
  if (!chosen) {
    const asked = args.length === 0 || args[0] === 'help' || args.includes('--help');
    const words = args.filter((word) => word !== '--json');
    const isNoun = words.length === 1 && commands.some(({ name }) => name.startsWith(`${words[0]} `));
    if (asked) {
      process.stdout.write(`${overview(commands, [])}\n`);
      return 0;
    }
    const error = new UsageError(
      isNoun ? `"${words[0]}" is not a complete command.` : `Unknown command "${words.join(' ')}".`,
    );
    if (asksJson(args)) writeJson(failureOf(error));
    process.stderr.write(`${error.message}\n\n${overview(commands, words)}\n`);
    return 2;
  }
  const { command, rest } = chosen;
  try {
    const { text, data, exitCode = 0 } = await run(command, rest);
    if (asksJson(rest)) writeJson(data);
    else process.stdout.write(`${text.join('\n')}\n`);
    return exitCode;
  } catch (error) {
    if (asksJson(rest)) writeJson(failureOf(error, command.fields));
    process.stderr.write(`${explain(error, command.fields)}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${usageOf(command)}\n`);
    if (process.env.LOG_LEVEL === 'debug' && !(error instanceof Refused))
      process.stderr.write(`${(error as Error).stack}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
