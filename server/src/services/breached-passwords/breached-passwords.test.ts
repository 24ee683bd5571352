import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DamagedFile, fileHas, verifyFile } from './file.ts';
import { importList } from './import-list.ts';
import { WrongLine } from './list-lines.ts';

const sha1 = (text: string): Buffer => createHash('sha1').update(text).digest();
const lineOf = (hash: Buffer): string => `${hash.toString('hex').toUpperCase()}:3\n`;

/** A list in pieces that end anywhere. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('The file of breached passwords', () => {
  let folder: string;
  let target: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aldaba-breached-'));
    target = join(folder, 'breached-passwords');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const listOf = (hashes: readonly Buffer[]) => hashes.toSorted(Buffer.compare).map(lineOf).join('');

  it('has the hashes of a list of a million, and no others', async () => {
    const hashes = Array.from({ length: 1_000_000 }, (_, number) => sha1(`password ${number}`));
    const known = new Set(hashes.map((hash) => hash.toString('latin1')));
    const { count, bytes } = await importList(pieces(listOf(hashes), 1_048_576), target);
    assert.equal(count, 1_000_000);
    // The table and 6 bytes for each.
    assert.ok(bytes < 6_600_000, `${bytes}`);
    assert.deepEqual(await verifyFile(target), { count, bytes });
    for (let round = 0; round < 2000; round += 1) {
      const member = hashes[round * 499] as Buffer;
      assert.equal(await fileHas(target, member), true, member.toString('hex'));
      const stranger = randomBytes(20);
      assert.equal(await fileHas(target, stranger), known.has(stranger.toString('latin1')), stranger.toString('hex'));
    }
  });

  it('agrees with a set for lists of any hashes, also with equal beginnings and in pieces of any size', async () => {
    // Few different bytes, so that hashes share beginnings; the edges of the table are among them.
    const byte = fc.constantFrom(0, 1, 127, 254, 255);
    const hash = fc.array(byte, { minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
    const lists = fc.array(hash, { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(lists, lists, fc.integer({ min: 1, max: 500 }), async (members, others, size) => {
        await importList(pieces(listOf(members), size), target);
        // The file has the first 8 bytes.
        const known = new Set(members.map((member) => member.toString('latin1', 0, 8)));
        for (const asked of [...members, ...others])
          assert.equal(await fileHas(target, asked), known.has(asked.toString('latin1', 0, 8)));
      }),
      { numRuns: 40 },
    );
  });

  it('reads lowercase digits, carriage returns, a last line without an end, and no padding', async () => {
    const [first, second, third] = ['a', 'b', 'c'].map(sha1).toSorted(Buffer.compare) as [Buffer, Buffer, Buffer];
    const hex = (hash: Buffer) => hash.toString('hex');
    const list = `${hex(first)}:1\r\n\n${hex(second).toUpperCase()}:0\n${hex(third).toUpperCase()}`;
    assert.equal((await importList(pieces(list, 7), target)).count, 2);
    assert.deepEqual(await Promise.all([first, second, third].map((hash) => fileHas(target, hash))), [
      true,
      false,
      true,
    ]);
  });

  const wrong: [string, string, number][] = [
    ['is out of order', `${'B'.repeat(40)}:1\n${'A'.repeat(40)}:1\n`, 2],
    ['has another hash', `${'A'.repeat(40)}:1\n${'B'.repeat(32)}:1\n`, 2],
    ['has no hexadecimal digits', `${'G'.repeat(40)}:1\n`, 1],
    ['has no count after the colon', `${'A'.repeat(40)}:\n`, 1],
    ['has words instead of a count', `${'A'.repeat(40)}:many\n`, 1],
    ['is endless', 'A'.repeat(5000), 1],
    ['is the only one, and empty', '\n', 1],
  ];
  for (const [what, list, line] of wrong)
    it(`is not replaced by a list with a line that ${what}`, async () => {
      await importList(pieces(lineOf(sha1('kept')), 99), target);
      const before = await readFile(target);
      await assert.rejects(
        importList(pieces(list, 64), target),
        (error) => error instanceof WrongLine && error.line === line && !error.message.includes('AAAA'),
      );
      assert.deepEqual(await readFile(target), before);
      assert.deepEqual(await readdir(folder), ['breached-passwords']);
    });

  it('is used as soon as it replaces another, and without one nothing is known', async () => {
    await importList(pieces(lineOf(sha1('old')), 99), target);
    await importList(pieces(lineOf(sha1('new')), 99), target);
    assert.deepEqual([await fileHas(target, sha1('old')), await fileHas(target, sha1('new'))], [false, true]);
    assert.equal(await fileHas(join(folder, 'none'), sha1('new')), false);
    assert.equal(await verifyFile(join(folder, 'none')), undefined);
  });

  it('is reported as damaged when it is cut off, changed or another file', async () => {
    const path = join(folder, 'damaged');
    const imported = async () => {
      await importList(pieces(lineOf(sha1('one')), 99), path);
      return readFile(path);
    };
    const whole = await imported();
    await truncate(path, whole.length - 1);
    await assert.rejects(fileHas(path, sha1('one')), DamagedFile);
    await writeFile(path, Buffer.from('not such a file'));
    await assert.rejects(fileHas(path, sha1('one')), DamagedFile);
    for (const position of [30, 70, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[position] = (changed[position] as number) ^ 1;
      await writeFile(path, changed);
      await assert.rejects(verifyFile(path), DamagedFile, `byte ${position}`);
    }
    await rm(path);
  });
});
