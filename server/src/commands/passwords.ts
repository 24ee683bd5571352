import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import {
  breachedPasswordsFile,
  DamagedFile,
  importList,
  verifyFile,
  WrongLine,
} from '../services/breached-passwords/index.ts';
import { type Command, type FilesInvocation, type Output, Refused, type Terminal, word } from './command.ts';

export const passwordCommands: readonly Command[] = [
  {
    name: 'passwords import',
    summary: 'Refuse the passwords of a list of breached ones, without asking another service; replaces the last list',
    words: '<file>',
    example: 'passwords import pwned-passwords-sha1-ordered-by-hash.txt',
    needs: 'files',
    run: importBreached,
  },
  {
    name: 'passwords status',
    summary: 'Show how many breached passwords were imported, and check the file',
    needs: 'files',
    run: showStatus,
  },
];

async function importBreached(invocation: FilesInvocation): Promise<Output> {
  const path = word(invocation, 'the file with a SHA-1 hash and a count per line');
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Refused(`The file "${path}" does not exist.`);
  await mkdir(invocation.dataFolder, { recursive: true, mode: 0o700 });
  const target = breachedPasswordsFile(invocation.dataFolder);
  try {
    const { count, bytes } = await importList(counted(path, found.size, invocation.progress), target);
    return { text: [`${count} breached passwords are refused from now on.`], data: { file: target, count, bytes } };
  } catch (error) {
    if (!(error instanceof WrongLine)) throw error;
    throw new Refused(
      `Line ${error.line} of "${path}" cannot be imported: ${error.message}. ` +
        'Each line must be a SHA-1 hash, a colon and a count, ordered by hash.',
    );
  }
}

/** The bytes of the list; reports each tenth. */
async function* counted(path: string, size: number, progress: Terminal['progress']): AsyncGenerator<Buffer> {
  let [read, reported] = [0, 0];
  for await (const piece of createReadStream(path, { highWaterMark: 65_536 })) {
    read += piece.length;
    yield piece;
    const tenths = Math.floor((read / size) * 10);
    if (tenths > reported) progress(`${tenths * 10} % of the list read`);
    reported = tenths;
  }
}

async function showStatus({ dataFolder }: FilesInvocation): Promise<Output> {
  const file = breachedPasswordsFile(dataFolder);
  try {
    const found = await verifyFile(file);
    return found
      ? { text: [`${found.count} breached passwords are refused. The file is complete.`], data: { file, ...found } }
      : { text: ['No list of breached passwords was imported. See: ./aldaba passwords import --help'], data: null };
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    throw new Refused(`${file}: ${error.message} Import the list again.`);
  }
}
