// docs/dependencies.md: every direct dependency with the reason for it, from the manifests and docs/dependencies.json.
// A dependency without a reason, and a reason without a dependency, end it with an error. `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root } from './runtime.mjs';
import { readWorkspaces } from './workspaces.mjs';

const path = join(root, 'docs/dependencies.md');
const { reasons, refused } = JSON.parse(readFileSync(join(root, 'docs/dependencies.json'), 'utf8'));
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

const found = new Map();
for (const { folder, dependencies } of readWorkspaces()) {
  for (const [name, version] of Object.entries(dependencies)) {
    const entry = found.get(name) ?? { version, users: [] };
    entry.users.push(folder || 'repository');
    found.set(name, entry);
  }
}
const unexplained = [...found.keys()].filter((name) => !reasons[name]);
const unused = Object.keys(reasons).filter((name) => !found.has(name));
if (unexplained.length > 0)
  fail(`docs/dependencies.json gives no reason for ${unexplained.join(', ')}: write it, or do without.`);
if (unused.length > 0)
  fail(`docs/dependencies.json explains what is no dependency any more: ${unused.join(', ')}. Remove it.`);

const license = (name) => packages[`node_modules/${name}`]?.license ?? '–';
const rows = [...found]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, { version, users }]) => {
    return `| \`${name}\` | ${version} | ${license(name)} | ${users.join(', ')} | ${reasons[name]} |`;
  });
const text = `# Dependencies

<!-- Generated from the package.json files and docs/dependencies.json by scripts/generate-dependencies.mjs. -->

The direct dependencies of Aldaba and the reason for each. The server has at most 32. Versions are exact. Install scripts are never
run, so every package must work without them. A new dependency needs an entry in \`docs/dependencies.json\`.

| Package | Version | License | Used by | Reason |
|---|---|---|---|---|
${rows.join('\n')}

## Refused

| Package | Why not |
|---|---|
${refused.map(([name, why]) => `| ${name} | ${why} |`).join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  fail('docs/dependencies.md is out of date: run `node scripts/generate-dependencies.mjs`');
}
