// How much code a reader of an entry has to know: the files of the server that it loads, directly or not. Imports of
// types do not count, they are erased; neither do packages, the contract and what is loaded when it is first needed
// (`await import`). An entry that grows past its ceiling imports more than it uses: import a pure file instead of an
// index.ts that loads a whole feature, or take the function as a need.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

const signIn = 'server/src/sign-in';
/**
 * The parts of the sign-in: folders of a factor, of rules, of steps, of pages or of Experience routes. Each has a
 * ceiling of its own (`check-budgets.mjs`), so that a new one leaves the core as it is.
 */
export const partOfSignIn = /^server\/src\/sign-in\/(?:factors|machine|steps|pages|experience)\/[^/]+(?=\/)/;

/** The measured entries, each with its ceilings and what does not count. Raise none: docs/decisions/0015. */
export const limits = [
  { name: 'token endpoint', entries: ['server/src/oidc/token/index.ts'], files: 40, lines: 3_000 },
  {
    name: 'core of the steps of sign-in',
    entries: [`${signIn}/steps/index.ts`],
    without: partOfSignIn,
    files: 28,
    lines: 3_800,
  },
  {
    name: 'core of sign-in with pages and Experience API',
    entries: [`${signIn}/index.ts`, `${signIn}/pages/pages.ts`, `${signIn}/experience/experience.ts`],
    without: partOfSignIn,
    files: 66,
    lines: 6_900,
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

/** The reach of entries, without the files that do not count: { files, lines }. */
function measureReach({ entries, without }, base) {
  const reached = [...reachOf(entries, base).keys()].filter((file) => !without?.test(file));
  const lines = reached.reduce((total, file) => total + readSource(file, base).lines, 0);
  return { files: reached.length, lines };
}

/** Entries above their ceiling, and entries that do not exist: [{ file, message }]. */
export function checkReach(base = root, ceilings = limits) {
  return ceilings.flatMap((limit) => {
    const { name, entries } = limit;
    const missing = entries.find((entry) => !existsSync(join(base, entry)));
    if (missing) return [{ file: missing, message: 'does not exist: name the entry in scripts/check-reach.mjs' }];
    const reach = measureReach(limit, base);
    return Object.keys(reach)
      .filter((unit) => reach[unit] > limit[unit])
      .map((unit) => {
        const excess = `the ${name} reaches ${reach[unit]} ${unit}, at most ${limit[unit]}`;
        return { file: entries[0], message: `${excess}: \`node scripts/check-reach.mjs\` lists them` };
      });
  });
}

/** One line for each entry: what it reaches, of what it may reach. */
export const describeReach = (base = root, ceilings = limits) =>
  ceilings.map((limit) => {
    const { files, lines } = measureReach(limit, base);
    return `${limit.name}: ${files} of ${limit.files} files, ${lines} of ${limit.lines} lines`;
  });

if (import.meta.main) {
  for (const [index, line] of describeReach().entries()) {
    process.stdout.write(`${line}\n`);
    for (const [file, importer] of reachOf(limits[index].entries))
      if (importer && !limits[index].without?.test(file)) process.stdout.write(`  ${file} (from ${importer})\n`);
  }
}
