// The table of rules in docs/sign-in.md from the sign-in machine. Runs under Node 24; `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flow } from '../server/src/sign-in/machine/machine.ts';

const path = join(import.meta.dirname, '../docs/sign-in.md');
const before = '<!-- rules: generated from server/src/sign-in/machine/machine.ts by scripts/generate-sign-in.mjs -->\n';
const after = '<!-- /rules -->';

const page = readFileSync(path, 'utf8');
const [start, end] = [page.indexOf(before) + before.length, page.indexOf(after)];
if (start < before.length || end < start)
  throw new Error('docs/sign-in.md has lost the marks around its table of rules');
const rows = flow.map(({ kind, reason }) => `| \`${kind}\` | ${reason} |`);
const text = `${page.slice(0, start)}\n| Prompt | When |\n|---|---|\n${rows.join('\n')}\n\n${page.slice(end)}`;

if (process.argv.includes('--check')) {
  if (page !== text) {
    console.error('docs/sign-in.md is out of date. Run: node scripts/generate-sign-in.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(path, text);
}
