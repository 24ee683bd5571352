import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Line, Source } from '../features/operation/user-transfers/index.ts';
import { readSource, sources } from '../features/operation/user-transfers/sources/index.ts';
import { type Command, type Invocation, type Output, oneOf, Refused, text, UsageError, word } from './command.ts';

const hashParametersSchema = z.object({
  base64_signer_key: z.string(),
  base64_salt_separator: z.string(),
  rounds: z.number(),
  mem_cost: z.number(),
});

export const userTransferCommands: readonly Command[] = [
  {
    name: 'user import',
    summary: 'Import users from a file; existing users are skipped',
    words: '<file>',
    example: 'user import accounts.json --from firebase --hash-parameters hash.json',
    options: {
      from: {
        type: 'string',
        value: 'product',
        description: `${sources.join(', ')}; "aldaba" (default) has one JSON object per line`,
      },
      'hash-parameters': {
        type: 'string',
        value: 'file',
        description: 'Firebase: JSON with base64_signer_key, base64_salt_separator, rounds and mem_cost of the project',
      },
      'from-line': { type: 'string', value: 'number', description: 'Skip the lines before this one' },
      'trust-unverified-emails': {
        type: 'boolean',
        description: 'Also import users with unverified email addresses, and treat these as verified',
      },
    },
    run: importFile,
  },
  {
    name: 'user export',
    summary: 'Write all users to a file, one JSON object per line',
    words: '<file>',
    example: 'user export users.ndjson --password-digests',
    options: {
      'password-digests': { type: 'boolean', description: 'Include password digests. Keep the file secret' },
    },
    run: exportFile,
  },
];

async function exportFile({ app, tenant, options, ...terminal }: Invocation): Promise<Output> {
  const path = word({ ...terminal, options }, 'the file to write');
  // Only the owner reads it, and no file is overwritten.
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  let count = 0;
  const lines = async function* () {
    for await (const user of app.userTransfers.export(tenant, {
      withPasswords: options['password-digests'] === true,
    })) {
      count += 1;
      yield `${JSON.stringify(user)}\n`;
    }
  };
  try {
    await pipeline(lines, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Refused(`"${path}" already exists. Choose another file name.`);
    throw error;
  }
  return { text: [`Exported ${count} users to ${path}.`], data: { users: count, file: path } };
}

async function importFile(invocation: Invocation): Promise<Output> {
  const { app, tenant, options, progress } = invocation;
  const path = word(invocation, 'the file to import');
  const source = oneOf<Source>(text(invocation, 'from') ?? 'aldaba', sources, '--from');
  const fromLine = Number(text(invocation, 'from-line') ?? 1);
  if (!Number.isInteger(fromLine) || fromLine < 1) throw new UsageError('--from-line must be 1 or more.');
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw new Refused(`The file "${path}" does not exist.`);
  const hashParameters = await readHashParameters(text(invocation, 'hash-parameters'));
  if (source === 'firebase' && !hashParameters)
    progress('Without --hash-parameters, users are imported without their passwords.');
  const lines = counted(readSource(source, createReadStream(path), { hashParameters }), progress);
  const refused: string[] = [];
  const reports: unknown[] = [];
  const trustUnverifiedEmails = options['trust-unverified-emails'] === true;
  for await (const report of app.userTransfers.import(tenant, lines, { fromLine, trustUnverifiedEmails })) {
    if (report.status === 'refused') {
      refused.push(`Line ${report.line}: ${report.message} (${report.code})`);
      reports.push(report);
      continue;
    }
    const { created, skipped, line, status } = report;
    const summary = `Created ${created}, skipped ${skipped} existing, refused ${report.refused}.`;
    const stopped = `Stopped before line ${line}: ${report.message} Import again with --from-line ${line}.`;
    return {
      text: [...refused, summary, ...(status === 'stopped' ? [stopped] : [])],
      data: { ...report, lines: reports },
      exitCode: status === 'stopped' || report.refused > 0 ? 1 : 0,
    };
  }
  throw new Error('An import ends with a summary.');
}

async function* counted(lines: AsyncIterable<Line>, progress: (message: string) => void): AsyncGenerator<Line> {
  let count = 0;
  for await (const line of lines) {
    count += 1;
    if (count % 10_000 === 0) progress(`${count} lines read …`);
    yield line;
  }
}

async function readHashParameters(path: string | undefined) {
  if (path === undefined) return undefined;
  try {
    return hashParametersSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new Refused(
      `"${path}" must be JSON with base64_signer_key, base64_salt_separator, rounds and mem_cost: ${String(error instanceof z.ZodError ? z.prettifyError(error) : error)}`,
    );
  }
}
