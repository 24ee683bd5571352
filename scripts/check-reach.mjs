// How much code a reader of an entry has to know: the files of the server that it loads, directly or not. Imports of
// types do not count, they are erased; neither do packages, the contract and what is loaded when it is first needed
// (`await import`). An entry that grows past its ceiling imports more than it uses: import a pure file instead of an
// index.ts that loads a whole feature, or take the function as a need.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

const signIn = 'server/src/sign-in';

/** The measured entries, each with its ceilings. Raise none: cut imports. */
export const limits = [
  { name: 'token endpoint', entries: ['server/src/oidc/token/index.ts'], files: 40, lines: 3_000 },
  { name: 'steps of sign-in', entries: [`${signIn}/steps/index.ts`], files: 35, lines: 4_000 },
  { name: 'sign-in', entries: [`${signIn}/index.ts`], files: 65, lines: 5_800 },
  {
    name: 'sign-in with pages and Experience API',
    entries: [`${signIn}/index.ts`, `${signIn}/pages/pages.ts`, `${signIn}/experience/experience.ts`],
    files: 80,
    lines: 7_900,
  },
];

/** Files that the entries load, themselves included: a Map from each file to the file that imports it first. */
export function reachOf(entries, base = root) {
  const reached = new Map(entries.map((entry) => [entry, undefined]));
  for (const file of reached.keys()) {
    for (const { specifier, types, lazy } of readSource(file, base).imports) {
      const target = normalize(join(dirname(file), specifier));
      const counts = specifier.startsWith('.') && !types && !lazy && !reached.has(target);
      if (counts && existsSync(join(base, target))) reached.set(target, file);
    }
  }
  return reached;
}

/** The reach of entries: { files, lines }. */
export function measureReach(entries, base = root) {
  const reached = [...reachOf(entries, base).keys()];
  const lines = reached.reduce((total, file) => total + readSource(file, base).lines, 0);
  return { files: reached.length, lines };
}

/** Entries above their ceiling, and entries that do not exist: [{ file, message }]. */
export function checkReach(base = root, ceilings = limits) {
  return ceilings.flatMap(({ name, entries, ...ceiling }) => {
    const missing = entries.find((entry) => !existsSync(join(base, entry)));
    if (missing) return [{ file: missing, message: 'does not exist: name the entry in scripts/check-reach.mjs' }];
    const reach = measureReach(entries, base);
    return Object.keys(ceiling)
      .filter((unit) => reach[unit] > ceiling[unit])
      .map((unit) => {
        const excess = `the ${name} reaches ${reach[unit]} ${unit}, at most ${ceiling[unit]}`;
        return { file: entries[0], message: `${excess}: \`node scripts/check-reach.mjs\` lists them` };
      });
  });
}

/** One line for each entry: what it reaches, of what it may reach. */
export const describeReach = (base = root, ceilings = limits) =>
  ceilings.map(({ name, entries, files, lines }) => {
    const reach = measureReach(entries, base);
    return `${name}: ${reach.files} of ${files} files, ${reach.lines} of ${lines} lines`;
  });

if (import.meta.main) {
  for (const [index, line] of describeReach().entries()) {
    process.stdout.write(`${line}\n`);
    for (const [file, importer] of reachOf(limits[index].entries))
      if (importer) process.stdout.write(`  ${file} (from ${importer})\n`);
  }
}
