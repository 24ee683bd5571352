import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDiskStorage } from './disk.ts';
import type { FileKey } from './storage.ts';

describe('File storage on disk', () => {
  let outside: string;
  let folder: string;
  before(async () => {
    outside = await mkdtemp(join(tmpdir(), 'aldaba-files-'));
    folder = join(outside, 'data');
    await mkdir(folder);
    await writeFile(join(outside, 'secret'), 'kept');
  });
  after(() => rm(outside, { recursive: true }));

  const tenant = { id: 'acme' };
  const file = { bytes: Buffer.from('x'), contentType: 'image/png', disposition: 'inline' } as const;

  // security: file-paths
  it('never writes or reads outside its folder, whatever the key', async () => {
    const files = createDiskStorage(folder);
    const paths = ['../../secret', '..', '.', '', '/etc/passwd', 'a/b', 'a\\b', 'a\0', '%2e%2e', 'ä'];
    for (const key of paths.flatMap((path): FileKey[] => [
      ['user-assets', path],
      ['custom-ui', 'upload', path],
    ])) {
      await assert.rejects(async () => files.get(tenant, key), /holds ids only/, key.join(' '));
      await assert.rejects(async () => files.put(tenant, { ...file, key }), /holds ids only/, key.join(' '));
      await assert.rejects(async () => files.remove(tenant, key), /holds ids only/, key.join(' '));
    }
    assert.deepEqual((await readdir(outside)).sort(), ['data', 'secret']);
    assert.equal(await readFile(join(outside, 'secret'), 'utf8'), 'kept');
    await files.put(tenant, { ...file, key: ['user-assets', 'an-id_1'] });
    assert.equal(String(await files.get(tenant, ['user-assets', 'an-id_1'])), 'x');
  });
});
