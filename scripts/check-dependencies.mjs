// Every package that a file imports is declared by its workspace. Undeclared packages could disappear with an update.
import { isTest, listFiles } from './files.mjs';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';
import { readWorkspaces } from './workspaces.mjs';

/** Imports of undeclared packages: [{ file, line, message }]. Tests may also use what `test/` declares. */
export function checkDependencies(base = root) {
  const workspaces = readWorkspaces(base);
  const declared = (folder) =>
    Object.keys(workspaces.find((workspace) => workspace.folder === folder)?.dependencies ?? {});
  const problems = [];
  for (const { folder } of workspaces.filter((workspace) => workspace.folder)) {
    for (const file of listFiles(folder, base).filter((path) => /\.(ts|tsx|mjs)$/.test(path))) {
      const known = new Set([
        ...declared(folder),
        ...declared(''),
        ...(isTest(file) ? [...declared('test'), ...declared('server')] : []),
      ]);
      for (const { specifier, line } of readSource(file, base).imports) {
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        if (/^(\.|node:|@aldaba\/)/.test(specifier) || known.has(name)) continue;
        problems.push({ file, line, message: `${name} is not declared in ${folder}/package.json` });
      }
    }
  }
  return problems;
}
