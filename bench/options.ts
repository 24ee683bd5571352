import { parseArgs } from 'node:util';
import { breachedPasswordsId } from './breached-passwords.ts';
import { keyRotationId } from './key-rotation.ts';
import { consoleListId, largeRows } from './large.ts';
import { ldapId } from './ldap.ts';
import { passwordQueueId } from './password-queue.ts';
import { rows } from './rows.ts';
import { samlId } from './saml.ts';
import { samlSignInsId } from './saml-sign-ins.ts';
import { scimId } from './scim.ts';
import { signInsId } from './sign-ins.ts';
import { signInsMemoryId } from './sign-ins-memory.ts';

const rowIds = [
  ...rows.map(({ id }) => id),
  keyRotationId,
  passwordQueueId,
  breachedPasswordsId,
  scimId,
  ldapId,
  samlId,
  samlSignInsId,
  signInsId,
  signInsMemoryId,
];

export interface Options {
  /** Share of the full effort. */
  effort: number;
  runs: number;
  rows: typeof rows;
  /** Whether start time and idle memory are measured. */
  startup: boolean;
  /** Folder for a processor profile of each row. */
  profile: string | undefined;
  /** Measures lists and searches of a large tenant instead. */
  large: boolean;
  /** Ids of `--only`. */
  only: string[] | undefined;
  /** Replaces the table in docs/operate/performance.md. */
  write: boolean;
}

const usage = `Usage: npm run bench -- [--quick] [--only ROW,…] [--no-startup] [--profile FOLDER] [--write]
       npm run bench -- --large [--quick] [--only ROW,…] [--write]

  --quick            a tenth of the operations, one run: to see that it works, not to quote
  --only ROW,…       these rows only: ${rowIds.join(', ')};
                     ${signInsMemoryId} runs only if it is named here
  --no-startup       leaves out start time and idle memory
  --profile FOLDER   writes a processor profile of the server for each row (opens in the developer tools of Chromium)
  --large            a million users and ten thousand organizations, kept in data/bench-large; its rows:
                     ${[...largeRows.map(({ id }) => id), consoleListId].join(', ')}
  --write            puts the table into docs/operate/performance.md`;

/** @throws Error with the usage for an argument that is not known. */
export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        startup: { type: 'boolean', default: true },
        profile: { type: 'string' },
        large: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
    const wanted = values.only?.split(',');
    const known = values.large ? [...largeRows.map(({ id }) => id), consoleListId] : rowIds;
    const unknown = wanted?.find((id) => !known.includes(id));
    if (unknown) throw new Error(`There is no row ${unknown}.`);
    return {
      effort: values.quick ? 0.1 : 1,
      runs: values.quick ? 1 : 3,
      rows: wanted ? rows.filter(({ id }) => wanted.includes(id)) : rows,
      startup: values.startup,
      profile: values.profile,
      large: values.large,
      only: wanted,
      write: values.write,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${usage}`, { cause: error });
  }
}
