/**
 * `npm run bench -- --only breached-passwords`: the import of a list of breached passwords, its memory, and lookups in
 * the file.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileHas, importList } from '../server/src/services/breached-passwords/index.ts';
import { integer, table } from './table.ts';

export const breachedPasswordsId = 'breached-passwords';
/** Milliseconds, for the median of lookups. */
const lookupAim = 1;
/** Megabytes that the import may add after the first fifth of the list: its memory does not depend on the length. */
const memoryAim = 64;
const linesPerPiece = 1500;
const lookups = 2000;

/** A list in the order of the hashes, which are spread evenly; every so often `keep` gets one. */
async function* makeList(count: number, keep: (hash: Buffer) => void): AsyncGenerator<Buffer> {
  const step = 2n ** 64n / BigInt(count);
  for (let first = 0; first < count; first += linesPerPiece) {
    let text = '';
    for (let number = first; number < Math.min(first + linesPerPiece, count); number += 1) {
      const hash = Buffer.alloc(20, number & 255);
      hash.writeBigUInt64BE(BigInt(number) * step + BigInt(randomInt(1024)));
      if (number % Math.ceil(count / lookups) === 0) keep(hash);
      text += `${hash.toString('hex').toUpperCase()}:${number}1\n`;
    }
    yield Buffer.from(text, 'latin1');
  }
}

/** Imports a list of this length and looks passwords up. Returns a table. */
export async function measureBreachedPasswords({ count }: { count: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-bench-breached-'));
  try {
    const path = join(folder, 'breached-passwords');
    const members: Buffer[] = [];
    const peaks = { early: 0, late: 0 };
    const sample = setInterval(() => {
      const part = members.length < lookups / 5 ? 'early' : 'late';
      peaks[part] = Math.max(peaks[part], process.memoryUsage.rss());
    }, 50);
    const begun = performance.now();
    const { bytes } = await importList(
      makeList(count, (hash) => members.push(hash)),
      path,
    );
    const seconds = (performance.now() - begun) / 1000;
    clearInterval(sample);
    const times = await timesOf(path, members);
    return report({ count, bytes, seconds, added: Math.max(0, peaks.late - peaks.early) / 1e6, times });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each lookup, of members and strangers in turn, in ascending order. */
async function timesOf(path: string, members: readonly Buffer[]): Promise<number[]> {
  const times: number[] = [];
  for (const member of members) {
    for (const hash of [member, randomBytes(20)]) {
      const start = performance.now();
      const isFound = await fileHas(path, hash);
      times.push(performance.now() - start);
      if (hash === member && !isFound) throw new Error('A hash of the list was not found.');
    }
  }
  return times.sort((a, b) => a - b);
}

function report(measured: { count: number; bytes: number; seconds: number; added: number; times: number[] }): string {
  const { count, bytes, seconds, added, times } = measured;
  const at = (share: number) => times[Math.floor(times.length * share)] as number;
  const verdict = (isMet: boolean) => (isMet ? 'ok' : '**missed**');
  return table(
    [`A list of ${integer(count)} breached passwords`, 'Value', 'Target', ''],
    [
      ['Import, making the list included', `${seconds.toFixed(1)} s`, '', ''],
      ['Size of the file', `${(bytes / 1e6).toFixed(1)} MB`, '', ''],
      [
        'Memory added after the first fifth of the list',
        `${added.toFixed(0)} MB`,
        `≤ ${memoryAim} MB`,
        verdict(added <= memoryAim),
      ],
      ['Lookup, p50', `${at(0.5).toFixed(2)} ms`, `≤ ${lookupAim} ms`, verdict(at(0.5) <= lookupAim)],
      ['Lookup, p95', `${at(0.95).toFixed(2)} ms`, '', ''],
    ],
  );
}
