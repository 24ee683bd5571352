// `npm test`: installs and builds as far as needed, checks the repository, runs all tests. The tests that drive a
// browser or a published client run in one process; beside it, all others run in a second one.
// `npm test -- sign-in` runs only the test files whose path contains "sign-in", without the check.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isTest, listFiles } from './files.mjs';
import { prepare } from './prepare.mjs';
import { fail, findNode, requireNode, root } from './runtime.mjs';
import { runTests } from './test-process.mjs';
import { ensureTestTools } from './test-tools.mjs';

const folders = ['contract', 'connectors', 'pages', 'server/src', 'console', 'test', 'scripts'];
const limits = { wholeRun: 28 * 60_000, oneTest: 5 * 60_000 };
/** Where the tests of the Console leave pictures of its pages. */
const screenshots = '.cache/screenshots/console';

await prepare({ development: true });
await requireNode();
process.exitCode = await main(process.argv.slice(2));

async function main(filters) {
  const files = findTests(filters);
  const tools = ensureTestTools();
  if (filters.length === 0) rmSync(join(root, screenshots), { recursive: true, force: true });
  const checked = filters.length > 0 || checkPasses();
  const outside = files.filter((file) => /^(test\/(e2e|clients)|pages)\//.test(file));
  const inside = files.filter((file) => !outside.includes(file));
  const groups = [outside, inside].filter((group) => group.length > 0);
  // A run of one kind of tests takes both processes too.
  const shares = groups.length > 1 ? groups : [0, 1].map((share) => files.filter((_, index) => index % 2 === share));
  const runs = await Promise.all(
    shares.filter((share) => share.length > 0).map((share) => runTests(share, tools, limits)),
  );
  for (const { failures } of runs) process.stdout.write(failures.join(''));
  const sum = (kind) => runs.reduce((total, { counts }) => total + counts[kind], 0);
  const counts = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  if (!checked) {
    counts.failed += 1;
    process.stdout.write('\n✖ npm run check\n    The check failed; its findings are printed above the tests.\n');
  }
  if (existsSync(join(root, screenshots))) process.stdout.write(`\nScreenshots of the Console: ${screenshots}\n`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  return counts.failed > 0 ? 1 : 0;
}

function findTests(filters) {
  const all = folders
    .flatMap((folder) => listFiles(folder))
    .filter((path) => isTest(path) && /\.test\.(ts|mjs)$/.test(path));
  const chosen = all.filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)));
  if (filters.length > 0 && chosen.length === 0) fail(`No test file has ${filters.join(' or ')} in its path.`);
  return chosen;
}

function checkPasses() {
  const { status } = spawnSync(findNode(), [join(root, 'scripts/check.mjs')], { cwd: root, stdio: 'inherit' });
  return status === 0;
}
