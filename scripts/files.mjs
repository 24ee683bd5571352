// The project's own files, as every check and the test runner see them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtime.mjs';

const skipped = new Set(['node_modules', 'dist', 'data', '.git', '.cache', '.venv']);

/**
 * Paths below `folder` of `base`, relative to `base`, with forward slashes, sorted; nothing installed, built or stored.
 */
export function listFiles(folder = '.', base = root) {
  const found = [];
  const visit = (path) => {
    for (const entry of readdirSync(join(base, path), { withFileTypes: true })) {
      const child = path === '.' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && !skipped.has(entry.name)) visit(child);
      else if (entry.isFile()) found.push(child);
    }
  };
  if (existsSync(join(base, folder))) visit(folder);
  return found.sort();
}

/** True for tests and for what only tests use. */
export function isTest(path) {
  return /\.test\.(ts|tsx|mjs)$/.test(path) || path.startsWith('test/') || path.includes('/testing/');
}
