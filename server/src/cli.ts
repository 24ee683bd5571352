/** `npm run aldaba -- <command>`: works beside a running server and without one. */
import { parseArgs } from 'node:util';
import { createApp } from './app.ts';
import { type Command, commands, explain, UsageError } from './commands/index.ts';
import { readConfig } from './config.ts';
import { findRoot } from './root.ts';
import { defaultTenantId } from './tenancy/index.ts';
import { openWorld } from './world.ts';

const print = (line = '') => process.stdout.write(`${line}\n`);

function usage(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: npm run aldaba -- <command> [options] [--tenant <id>]\n\n${lines.join('\n')}\n\nHelp on one: npm run aldaba -- <command> --help`;
}

/** The command whose words the arguments begin with, and what follows them. */
function choose(args: string[]): { command: Command; rest: string[] } | undefined {
  for (const command of commands) {
    const words = command.name.split(' ');
    if (words.every((word, index) => args[index] === word)) return { command, rest: args.slice(words.length) };
  }
  return undefined;
}

function parse(command: Command, rest: string[]) {
  try {
    return parseArgs({
      args: rest,
      options: { ...command.options, tenant: { type: 'string', default: defaultTenantId }, help: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function execute(command: Command, rest: string[]): Promise<void> {
  const { values, positionals } = parse(command, rest);
  if (values.help) {
    print(`${command.summary}\n\nUsage: npm run aldaba -- ${command.usage} [--tenant <id>]`);
    return;
  }
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env });
  const progress = (message: string) => process.stderr.write(`  · ${message}\n`);
  const world = await openWorld(config, { root: findRoot(process.env), purpose: 'command', progress });
  try {
    const terminal = { options: values, words: positionals, print };
    if (command.needs === 'world') return await command.run({ ...terminal, config, world });
    const app = await createApp(config, world);
    try {
      const tenant = await app.tenancy.get(String(values.tenant));
      await command.run({ ...terminal, app, tenant });
    } finally {
      await app.close();
    }
  } finally {
    await world.stop();
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const chosen = choose(args);
  if (!chosen) {
    const asked = args.length === 0 || args[0] === 'help' || args.includes('--help');
    if (!asked) process.stderr.write(`There is no command "${args.join(' ')}".\n\n`);
    (asked ? process.stdout : process.stderr).write(`${usage()}\n`);
    process.exitCode = asked ? 0 : 2;
    return;
  }
  try {
    await execute(chosen.command, chosen.rest);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`\nUsage: npm run aldaba -- ${chosen.command.usage}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

await main();
