// Checks whether the build matches the sources, by their content: times do not survive copies and images.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtime.mjs';

const sources = ['package-lock.json', 'scripts/build.mjs', 'contract', 'connectors', 'pages', 'console', 'server'];
const ignored = new Set(['node_modules', 'dist', 'migrations']);
const stamp = join(root, 'dist', 'built');

/** True when the build was made from exactly these sources. */
export function isFresh() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Records that the build matches the sources whose fingerprint was taken before it started. */
export function markFresh(before) {
  writeFileSync(stamp, before);
}

/** A hash over the names and contents of all sources that go into the build; tests do not. */
export function fingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) add(hash, source);
  return hash.digest('hex');
}

function add(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  const entries = /\.\w+$/.test(path) ? undefined : readdirSync(full, { withFileTypes: true });
  if (!entries) {
    hash.update(`${path}\0`).update(readFileSync(full));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory() && !ignored.has(entry.name)) add(hash, child);
    else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      hash.update(`${child}\0`).update(readFileSync(join(root, child)));
  }
}
