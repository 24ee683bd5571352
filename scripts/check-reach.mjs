// How much code a reader of an entry has to know: the files of the server that it loads, directly or not. Type-only imports do not
// count, they are erased; neither do packages and the contract. A module that grows past its ceiling imports more than it
// needs: import the pure file instead of an index.ts that loads a whole feature, or take the function as a need.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

/** The measured entries, each with its ceilings. */
export const entries = [
  { name: 'token endpoint', entry: 'server/src/oidc/token/index.ts', files: 40, lines: 3_000 },
  { name: 'sign-in service', entry: 'server/src/sign-in/service.ts', files: 35, lines: 4_000 },
  { name: 'sign-in', entry: 'server/src/sign-in/index.ts', files: 65, lines: 7_500 },
];

/** Files that `entry` loads, itself included, with the file that imports each first: Map from file to importer. */
export function reachOf(entry, base = root) {
  const reached = new Map([[entry, undefined]]);
  for (const file of reached.keys()) {
    for (const { specifier, types } of readSource(file, base).imports) {
      const target = normalize(join(dirname(file), specifier));
      const counts = specifier.startsWith('.') && !types && !reached.has(target) && existsSync(join(base, target));
      if (counts) reached.set(target, file);
    }
  }
  return reached;
}

/** The reach of each entry: [{ name, entry, reach: { files, lines }, ceiling: { files, lines } }]. */
export function measureReach(base = root, measured = entries) {
  return measured.map(({ name, entry, files, lines }) => {
    const reached = [...reachOf(entry, base).keys()];
    const sum = reached.reduce((total, file) => total + readSource(file, base).lines, 0);
    return { name, entry, reach: { files: reached.length, lines: sum }, ceiling: { files, lines } };
  });
}

/** Entries above their ceiling: [{ file, message }]. */
export function checkReach(base = root, measured = entries) {
  return measured.flatMap((limit) => {
    if (!existsSync(join(base, limit.entry)))
      return [
        { file: limit.entry, message: 'does not exist: name the entry of this reach in scripts/check-reach.mjs' },
      ];
    const [{ name, entry, reach, ceiling }] = measureReach(base, [limit]);
    return ['files', 'lines']
      .filter((unit) => reach[unit] > ceiling[unit])
      .map((unit) => ({
        file: entry,
        message: `the ${name} reaches ${reach[unit]} ${unit}, at most ${ceiling[unit]}: \`node scripts/check-reach.mjs\` lists them`,
      }));
  });
}

if (import.meta.main) {
  for (const { name, entry, reach, ceiling } of measureReach()) {
    console.log(`${name}: ${reach.files} of ${ceiling.files} files, ${reach.lines} of ${ceiling.lines} lines`);
    for (const [file, importer] of reachOf(entry)) if (importer) console.log(`  ${file} (from ${importer})`);
  }
}
