/** What a command of the command line is, and how it reads its options. */
import type { ParseArgsOptionsConfig } from 'node:util';
import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { OpenWorld } from '../world.ts';

/** The parsed arguments and the way to answer. */
export interface Terminal {
  options: Record<string, string | boolean | (string | boolean)[] | undefined>;
  /** Words after the command's name. */
  words: string[];
  print(line: string): void;
}

/** What most commands get: the wired app on a migrated database, and the tenant that `--tenant` names. */
export interface Invocation extends Terminal {
  app: App;
  tenant: Tenant;
}

/** What a command about the installation gets: the database's URL and the folders. Nothing is migrated or wired. */
export interface WorldInvocation extends Terminal {
  config: Config;
  world: OpenWorld;
}

interface CommandBase {
  /** One or two words, e.g. `app create`. */
  name: string;
  summary: string;
  usage: string;
  options?: ParseArgsOptionsConfig;
}

export interface AppCommand extends CommandBase {
  needs?: 'app';
  run(invocation: Invocation): Promise<void>;
}

export interface WorldCommand extends CommandBase {
  needs: 'world';
  run(invocation: WorldInvocation): Promise<void>;
}

export type Command = AppCommand | WorldCommand;

/** The arguments are wrong: the message says which, and the usage is printed after it. */
export class UsageError extends Error {}

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

/** A failure as a sentence for the terminal: ours say what to do, with the details that name the field. */
export const explain = (error: unknown): string =>
  error instanceof AldabaError
    ? `${error.message}${error.data === undefined ? '' : ` (${JSON.stringify(error.data)})`}`
    : String(error instanceof Error ? error.message : error);
