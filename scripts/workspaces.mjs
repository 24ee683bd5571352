// The packages of the repository and what they depend on directly.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtime.mjs';

const kinds = ['dependencies', 'optionalDependencies', 'devDependencies'];

/** Every workspace and the root (''): [{ folder, dependencies: { name: version } }], packages of our own left out. */
export function readWorkspaces(base = root) {
  const read = (folder) => JSON.parse(readFileSync(join(base, folder, 'package.json'), 'utf8'));
  const folders = (read('').workspaces ?? []).filter((folder) => existsSync(join(base, folder, 'package.json')));
  return ['', ...folders].map((folder) => {
    const manifest = read(folder);
    const all = kinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
    return { folder, dependencies: Object.fromEntries(all.filter(([name]) => !name.startsWith('@aldaba/'))) };
  });
}
