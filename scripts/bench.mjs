// `npm run bench`: measures the server; docs/operate/performance.md says how to read the table. `-- --help` shows the
// options.
import { join } from 'node:path';
import { bundle } from './build.mjs';
import { prepare, serverEnvironment, serverFlags } from './prepare.mjs';
import { fail, requireNode, root } from './runtime.mjs';

await prepare({ development: true });
await requireNode();
// The same code as dist/server, bundled the same way, with an entry that reports the cost of an operation.
await bundle({ aldaba: join(root, 'bench/subjects/aldaba.ts') }, join(root, 'dist/bench'));
// The measured server runs as `npm start` runs it; the other programs get the same options.
Object.assign(process.env, serverEnvironment);
const { bench } = await import('../bench/main.ts');
try {
  await bench(root, serverFlags, process.argv.slice(2));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
