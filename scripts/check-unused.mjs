// What nothing uses: files, exports, types and dependencies, as knip finds them in all workspaces at once (knip.jsonc).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './runtime.mjs';

const advice = {
  files: () => 'unused file: delete it, or name it as an entry in knip.jsonc',
  exports: (name) => `unused export ${name}: drop the keyword, or the code if nothing needs it`,
  types: (name) => `unused type ${name}: drop the keyword, or the type if nothing needs it`,
  duplicates: (name) => `${name} are one thing under several names: keep one`,
  dependencies: (name) => `unused dependency ${name}: remove it, or say in knip.jsonc what loads it`,
  devDependencies: (name) => `unused dependency ${name}: remove it, or say in knip.jsonc what loads it`,
};

/** Findings as [{ file, line, message }]. Rejects if knip fails to run. */
export async function checkUnused(base = root) {
  const { issues } = JSON.parse(await runKnip(base));
  return issues.flatMap(({ file, ...found }) =>
    Object.entries(advice).flatMap(([kind, say]) =>
      (found[kind] ?? []).map((issue) => {
        const [first = issue] = [issue].flat();
        const name = [issue]
          .flat()
          .map((one) => one.name)
          .join(', ');
        return { file, line: first.line, message: say(name) };
      }),
    ),
  );
}

function runKnip(base) {
  const program = join(root, 'node_modules/knip/bin/knip.js');
  const args = [program, '--no-progress', '--no-exit-code', '--reporter', 'json'];
  const child = spawn(process.execPath, args, { cwd: base, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () =>
      texts.stdout ? resolve(texts.stdout) : reject(new Error(`knip failed:\n${texts.stderr}`)),
    );
  });
}
