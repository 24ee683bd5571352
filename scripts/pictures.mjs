// `npm run pictures`: takes the pictures of `docs/images` again, on a server that it starts at localhost:3001.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { requireNode, root } from './runtime.mjs';
import { ensureTestTools } from './test-tools.mjs';

await prepare({ development: true });
await requireNode();
const child = fork(join(root, 'scripts/test-run.mjs'), [join(root, 'test/pictures.ts')], {
  cwd: root,
  env: { ...process.env, ...ensureTestTools(), ALDABA_ROOT: root, NODE_ENV: 'test' },
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
