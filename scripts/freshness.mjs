// Checks whether a part of the build matches its sources, by their content: times do not survive copies and images.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtime.mjs';

/** What each part is built from. The Console is built on its own: it takes longest and changes least. */
const parts = {
  server: ['package-lock.json', 'scripts/build.mjs', 'contract', 'connectors', 'pages', 'server'],
  console: ['package-lock.json', 'contract', 'console'],
};
export const partNames = Object.keys(parts);
const ignored = new Set(['node_modules', 'dist', 'migrations']);
const stampOf = (part) => join(root, 'dist', part === 'server' ? 'built' : `built-${part}`);

/** True when the part was built from exactly these sources. */
export function isFresh(part) {
  return existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === fingerprint(part);
}

/** Records that the part matches the sources whose fingerprint was taken before its build started. */
export function markFresh(part, before) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampOf(part), before);
}

/** A hash over the names and contents of all sources that go into the part; tests do not. */
export function fingerprint(part) {
  const hash = createHash('sha256');
  for (const source of parts[part]) add(hash, source);
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
