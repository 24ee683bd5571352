/** What a command of the command line is, and how it reads its arguments and answers. */
import type { ErrorCode } from '@aldaba/contract';
import type { CommandApp } from '../app.ts';
import type { Config } from '../config.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { OpenWorld } from '../world.ts';

/** The parsed arguments, and what a command may do with the terminal. */
export interface Terminal {
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  /** Words after the command's name. */
  words: readonly string[];
  /** A step that takes time, on standard error. */
  progress: (message: string) => void;
  /** All of standard input. */
  readInput: () => Promise<string>;
  /** Asks the user yes or no. @throws UsageError when standard input is not a terminal */
  confirm: (question: string) => Promise<boolean>;
  /** Runs a program in a folder and passes its output to standard error. Returns its exit code. */
  runProgram: (file: string, args: readonly string[], folder: string) => Promise<number>;
}

/** What most commands get: the parts of the server on a migrated database, and the tenant that `--tenant` names. */
export interface Invocation extends Terminal {
  app: CommandApp;
  tenant: Tenant;
}

/** What a command about the installation gets: the database's URL and the folders. Nothing is migrated or wired. */
export interface WorldInvocation extends Terminal {
  config: Config;
  world: OpenWorld;
}

/** What a command gets that works without a database. */
export interface FilesInvocation extends Terminal {
  config: Config;
  /** Absolute folder of the data. */
  dataFolder: string;
}

/** What a command answers: lines for people, and with `--json` the same as data for programs. */
export interface Output {
  text: readonly string[];
  data: unknown;
  /** 0 unless given. */
  exitCode?: number;
}

export interface Option {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** The placeholder of the value in the help, e.g. `URL`. */
  value?: string;
  description: string;
}

interface CommandBase {
  /** One or two words, e.g. `app create`. */
  name: string;
  summary: string;
  /** Words after the name, e.g. `<user>`. */
  words?: string;
  options?: Readonly<Record<string, Option>>;
  /**
   * What the options are called in requests, to name the option when a value is refused: `{ primaryEmail: '--email' }`.
   */
  fields?: Readonly<Record<string, string>>;
  /** A typical call without the program's name. */
  example?: string;
  /** Further lines of the help, e.g. the fields of the connector that the words name. */
  help?: (given: FilesInvocation) => Promise<readonly string[]>;
}

interface AppCommand extends CommandBase {
  needs?: 'app';
  /** Whether published connector packages must be loaded, which takes time. */
  usesConnectors?: boolean;
  run: (invocation: Invocation) => Promise<Output>;
}

interface WorldCommand extends CommandBase {
  needs: 'world';
  run: (invocation: WorldInvocation) => Promise<Output>;
}

export interface FilesCommand extends CommandBase {
  needs: 'files';
  run: (invocation: FilesInvocation) => Promise<Output>;
}

export type Command = AppCommand | WorldCommand | FilesCommand;

/** The arguments are wrong: the message says which, and the usage is printed after it. */
export class UsageError extends Error {}

/** The command cannot do what was asked; the message says what to do instead. */
export class Refused extends Error {
  /** For programs: one of the codes of the API, or of the command line itself. */
  readonly code: FailureCode;

  constructor(message: string, { code = 'command.refused', cause }: { code?: FailureCode; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The codes that `--json` answers with besides those of the API; docs/operate/command-line.md explains them. */
export type FailureCode = ErrorCode | 'command.usage' | 'command.refused' | 'command.failed';

export function text({ options }: Terminal, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be repeated. */
export function texts({ options }: Terminal, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** @throws UsageError when the option is missing or empty. */
export function required(terminal: Terminal, name: string): string {
  const value = text(terminal, name);
  if (!value) throw new UsageError(`--${name} is missing.`);
  return value;
}

/** The first word. @throws UsageError that says what is missing */
export function word({ words }: Terminal, what: string): string {
  const [first] = words;
  if (!first) throw new UsageError(`Name ${what}.`);
  return first;
}

/** The value as one of a list, spelled as the list spells it. @throws UsageError that names the list */
export function oneOf<Value extends string>(value: string, values: readonly Value[], what: string): Value {
  const found = values.find((known) => known.toLowerCase() === value.toLowerCase());
  if (!found) throw new UsageError(`${what} must be one of ${values.join(', ')}; not "${value}".`);
  return found;
}

/** `--yes`, for commands that cannot be undone. */
export const yesOption = { yes: { type: 'boolean', description: 'Skip the confirmation' } } as const;

/** Asks before something that cannot be undone, unless `--yes` was given. @throws Refused when the answer is no */
export async function requireYes(terminal: Terminal, question: string): Promise<void> {
  if (terminal.options.yes === true || (await terminal.confirm(question))) return;
  throw new Refused('Nothing was changed.');
}
