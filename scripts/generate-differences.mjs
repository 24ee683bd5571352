// docs/differences-from-logto.md from the table in docs/decisions/0010-differences-from-logto.md. `--check` only
// compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const source = 'docs/decisions/0010-differences-from-logto.md';
const target = 'docs/differences-from-logto.md';
const root = join(import.meta.dirname, '..');
const columns = ['Area', 'Logto', 'Aldaba', 'Reason', 'Setting that restores Logto', 'Test'];

/** The cells of a table's line. A pipe counts as part of a cell when it is escaped. */
const cellsOf = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The rows of the table, or the end of the program with the line to correct. */
function readRows(text) {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => columns.every((name, index) => cellsOf(line)[index]?.startsWith(name)));
  if (head === -1) refuse(1, `has no table with the columns ${columns.join(', ')}`);
  const rows = [];
  for (let index = head + 2; lines[index]?.trim().startsWith('|'); index += 1) {
    const cells = cellsOf(lines[index]);
    if (cells.length !== columns.length || cells.some((cell) => cell === ''))
      refuse(
        index + 1,
        `needs ${columns.length} filled cells, not ${cells.filter(Boolean).length}; write \\| for a pipe`,
      );
    const [area, logto, aldaba, reason, setting] = cells.map(relink);
    rows.push({ area, logto, aldaba, reason, setting });
  }
  const rest = lines.findIndex((line, index) => index > head + 1 + rows.length && line.trim().startsWith('|'));
  if (rest !== -1) refuse(rest + 1, 'is a row outside of the table: remove the lines before it');
  return rows;
}

/** The decision is one folder below the page, so its links are, too. */
function relink(cell) {
  return cell.replaceAll(
    /\]\((?![a-z][a-z0-9+.-]*:|#)([^)\s]+)\)/gi,
    (_, link) => `](${posix.join('decisions', link)})`,
  );
}

function refuse(line, problem) {
  console.error(`${source}:${line} ${problem}`);
  process.exit(1);
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, body) => [line(head), `|${'---|'.repeat(head.length)}`, ...body.map(line)].join('\n');

const hasSetting = ({ setting }) => !/^none\b/i.test(setting);
/** What follows "None" is advice, which belongs to what Aldaba does. */
function withAdvice(row) {
  const advice = row.setting.replace(/^none\b[\s:;,.]*/i, '');
  return advice === '' ? row : { ...row, aldaba: `${row.aldaba.replace(/\.$/, '')}. Alternative: ${advice}` };
}
const rows = readRows(readFileSync(join(root, source), 'utf8'));

const text = `# Differences from Logto

<!-- Generated from ${source} by scripts/${posix.basename(import.meta.filename)}. Change it there. -->

For users of Logto who migrate to Aldaba, or use Logto's documentation. Aldaba implements Logto's wire contract, so the published SDKs, the
Management API client and connector packages work unmodified. The differences below are intentional. Any other difference is a bug:
please report it. The [decision record](decisions/${posix.basename(source)}) names the test of each row. To migrate users and applications,
see [Migration](moving.md).

## Defaults that differ

A setting restores Logto's behavior, or comes close to it.

${table(
  ['Area', 'Logto', 'Aldaba', 'Reason', "Setting that restores Logto's behavior"],
  rows.filter(hasSetting).map((row) => [row.area, row.logto, row.aldaba, row.reason, row.setting]),
)}

## Behavior that always differs

No setting restores Logto's behavior.

${table(
  ['Area', 'Logto', 'Aldaba', 'Reason'],
  rows
    .filter((row) => !hasSetting(row))
    .map(withAdvice)
    .map((row) => [row.area, row.logto, row.aldaba, row.reason]),
)}
`;

const path = join(root, target);
if (process.argv.includes('--check')) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${target} is out of date. Run: node scripts/generate-differences.mjs`);
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
}
