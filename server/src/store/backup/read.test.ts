import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createArchive } from './archive.ts';
import { type Manifest, manifestName, type Summary, summaryName, toJson } from './manifest.ts';
import { verifyArchive } from './read.ts';

describe('Check of a backup before its restore', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aldaba-archive-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const manifest: Manifest = {
    product: 'aldaba',
    format: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    postgres: '18.0',
    migrations: ['0001-first.sql'],
    secretFingerprint: 'x',
    hasSecret: false,
    hasFiles: true,
    tables: [
      { name: 'users', columns: ['id'] },
      { name: 'hooks', columns: ['id'] },
    ],
    partitions: [],
  };
  const rows = 'ada\nben\n';
  const summary: Summary = {
    tables: {
      users: { rows: 2, bytes: rows.length, sha256: sha256(rows) },
      hooks: { rows: 0, bytes: 0, sha256: sha256('') },
    },
    files: { 'user-assets/a.txt': sha256('an upload') },
  };
  const whole: Record<string, string> = {
    [manifestName]: toJson(manifest).toString(),
    'tables/users/000001.copy': 'ada\n',
    'tables/users/000002.copy': 'ben\n',
    'files/user-assets/a.txt': 'an upload',
    [summaryName]: toJson(summary).toString(),
  };
  /** A readable archive with arbitrary contents. */
  const write = async (entries: Record<string, string>) => {
    const path = join(folder, 'aldaba.tar.gz');
    const archive = createArchive(path);
    for (const [name, content] of Object.entries(entries)) await archive.add(name, Buffer.from(content));
    await archive.finish();
    return path;
  };
  const without = (name: string) => Object.fromEntries(Object.entries(whole).filter(([each]) => each !== name));

  it('accepts a backup whose contents match their checksums', async () => {
    assert.deepEqual(await verifyArchive(await write(whole)), { manifest, summary, secret: undefined });
  });

  const damaged: [what: string, entries: Record<string, string>, message: RegExp][] = [
    ['a changed row', { ...whole, 'tables/users/000002.copy': 'bob\n' }, /do not match their checksums/],
    ['a missing part of a table', without('tables/users/000002.copy'), /do not match their checksums/],
    ['a row too many', { ...whole, 'tables/hooks/000001.copy': 'x\n' }, /do not match their checksums/],
    ['a changed upload', { ...whole, 'files/user-assets/a.txt': 'another' }, /do not match their checksums/],
    ['a missing upload', without('files/user-assets/a.txt'), /do not match their checksums/],
    ['no summary', without(summaryName), /is incomplete/],
    ['an entry of another kind', { ...whole, 'tables/../evil': 'x' }, /does not belong there/],
    ['no manifest', without(manifestName), /is not a backup made by "aldaba backup"/],
    ['a newer format', { ...whole, [manifestName]: JSON.stringify({ ...manifest, format: 2 }) }, /newer Aldaba/],
  ];
  for (const [what, entries, message] of damaged) {
    it(`rejects a backup with ${what}`, async () => {
      await assert.rejects(verifyArchive(await write(entries)), message);
    });
  }
});
