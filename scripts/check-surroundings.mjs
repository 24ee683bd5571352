// What code may take from its surroundings by itself: the process is main's and the command line's, and the sign-in
// machine takes nothing at all. Everything else is handed in, so that tests can hand in something else.
import { isTest, listFiles } from './files.mjs';
import { root } from './runtime.mjs';
import { readSource } from './syntax.mjs';

// The isolate is the entry of a thread: it measures the processor time of its own.
const ownersOfTheProcess =
  /^server\/src\/(main|cli)\.ts$|^server\/src\/store\/embedded(-[a-z]+)?\.ts$|^server\/src\/services\/isolates\/isolate\.ts$/;
const pure = /^server\/src\/sign-in\/machine\/(machine|policy)\.ts$/;
const outside = /^(await|Date|Temporal|performance|Math|crypto|fetch|setTimeout|setInterval|process|console)$/;

/** Uses of the process, and impurities of the machine: [{ file, line, message }]. */
export function checkSurroundings(base = root) {
  const files = ['contract', 'connectors/src', 'connectors/kit', 'server/src'].flatMap((folder) =>
    listFiles(folder, base),
  );
  return files
    .filter((file) => /\.tsx?$/.test(file) && !isTest(file))
    .flatMap((file) =>
      readSource(file, base).names.map((found) => ({ file, line: found.line, message: complaint(file, found.name) })),
    )
    .filter(({ message }) => message);
}

function complaint(file, name) {
  if (pure.test(file) && outside.test(name)) return `${name} in a pure file: take it as an argument`;
  if (name === 'process' && !ownersOfTheProcess.test(file))
    return 'process belongs to main.ts and cli.ts: take what you need as an argument';
  return undefined;
}
