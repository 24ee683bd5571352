/** The help texts of the command line, made from the table of commands. */
import type { Command, Option } from './command.ts';

const program = './aldaba';

const common: Readonly<Record<string, Option>> = {
  tenant: { type: 'string', value: 'ID', description: 'Tenant to work on (default: default)' },
  json: { type: 'boolean', description: 'Print JSON' },
  help: { type: 'boolean', description: 'Show this help' },
};

/** One line: how the command is called. */
export const usageOf = ({ name, words, options }: Command): string =>
  `Usage: ${program} ${[name, words, options ? '[options]' : undefined].filter(Boolean).join(' ')}`;

/** The help of one command. */
export function helpOf(command: Command): string[] {
  const { summary, options = {}, example } = command;
  const shared =
    command.needs === undefined || command.needs === 'app' ? common : { json: common.json, help: common.help };
  const rows = Object.entries({ ...options, ...(shared as typeof common) }).map(
    ([name, { type, value, description }]) =>
      [`--${name}${type === 'string' ? ` <${value ?? 'text'}>` : ''}`, description] as const,
  );
  return [
    `${summary}.`,
    '',
    usageOf(command),
    ...(example ? [`For example: ${program} ${example}`] : []),
    '',
    'Options:',
    ...columns(rows),
  ];
}

/** All commands, or the commands that start with the first of the given words. */
export function overview(commands: readonly Command[], words: readonly string[]): string {
  const near = commands.filter(({ name }) => name.split(' ')[0] === words[0]);
  const rows = (near.length > 0 ? near : commands).map(({ name, summary }) => [name, summary] as const);
  return [
    `Usage: ${program} <command> [options] [--tenant <ID>] [--json]`,
    '',
    ...columns(rows),
    '',
    `Help for one command: ${program} <command> --help`,
  ].join('\n');
}

/** Two columns; a first cell that is too wide gets a line of its own. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([first]) => first.length)));
  return rows.flatMap(([first, second]) =>
    first.length > width
      ? [`  ${first}`, `  ${' '.repeat(width)}  ${second}`]
      : [`  ${first.padEnd(width)}  ${second}`],
  );
}
