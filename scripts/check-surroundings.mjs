// What code may take from its surroundings by itself: the process belongs to main.ts and the command line, and the
// sign-in machine takes nothing at all. Everything else is an argument, so that tests can replace it.
import { dirname, join } from 'node:path/posix';
import { isTest, listFiles } from './files.mjs';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

// The isolate is the entry of a thread: it measures the processor time of its own.
const ownersOfTheProcess =
  /^server\/src\/(main|cli)\.ts$|^server\/src\/store\/embedded(-[a-z]+)?\.ts$|^server\/src\/services\/isolates\/isolate\.ts$/;
// The machine and the definitions of factors that it reads. Nothing else is imported at run time by any of them, so the
// folder is pure together with all it imports.
const pure = /^server\/src\/sign-in\/(machine\/.+|factors\/(definitions|[^/]+\/definition))\.ts$/;
const outside =
  /^(await|Date|Temporal|performance|random|crypto|fetch|set(Timeout|Interval|Immediate)|queueMicrotask|process|console|globalThis|require)$/;

// Modules that translate requests: services open transactions, so that a change is atomic for every caller.
const translators =
  /^server\/src\/(.+\/)?(routes|[a-z-]+-routes|area)\.ts$|^server\/src\/sign-in\/(pages|experience)\//;

/** Uses of the process, transactions that routes open, impurities of the sign-in machine: [{ file, line, message }]. */
export function checkSurroundings(base = root) {
  const files = ['contract', 'connectors/src', 'connectors/kit', 'server/src'].flatMap((folder) =>
    listFiles(folder, base),
  );
  return files
    .filter((file) => /\.tsx?$/.test(file) && !isTest(file))
    .flatMap((file) => {
      const { names, imports } = readSource(file, base);
      return [
        ...imports.map((found) => ({ file, line: found.line, message: impureImport(file, found) })),
        ...names.map((found) => ({ file, line: found.line, message: complaint(file, found.name) })),
      ];
    })
    .filter(({ message }) => message);
}

function impureImport(file, { specifier, types }) {
  if (types || !pure.test(file)) return undefined;
  const target = specifier.startsWith('.') ? join(dirname(file), specifier) : undefined;
  return target && pure.test(target)
    ? undefined
    : `imports ${specifier} in a pure file: import types only, or take what you need as an argument`;
}

function complaint(file, name) {
  if (name === 'transaction' && translators.test(file))
    return 'a transaction in a module of routes: let a method of the service open it (store/transaction.ts)';
  if (pure.test(file) && outside.test(name)) return `${name} in a pure file: take it as an argument`;
  if (name === 'process' && !ownersOfTheProcess.test(file))
    return 'process belongs to main.ts and cli.ts: take what you need as an argument';
  return undefined;
}
