// Builds the hosted pages and bundles the server: 400 modules start in 0.35 s bundled and in 2 s one by one.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, markFresh } from './freshness.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode, root } from './runtime.mjs';

// Native code and WebAssembly cannot be bundled; pg-native is an option of pg that is not used.
const external = [/^node:/, /^@node-rs\/(argon2|bcrypt)/, /^quickjs-emscripten/, 'pg-native'];

/** Bundles entries, `{ name: path }`, as ES modules with source maps into `folder`, which is replaced whole. */
export async function bundle(entries, folder) {
  const { build } = await import('rolldown');
  const draft = `${folder}.new-${process.pid}`;
  const old = `${folder}.old-${process.pid}`;
  await build({
    input: entries,
    platform: 'node',
    external,
    logLevel: 'warn',
    output: {
      dir: draft,
      format: 'esm',
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[hash].js',
    },
  });
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(draft, folder);
  rmSync(old, { recursive: true, force: true });
}

/** Builds everything that `npm start` needs. */
export async function buildAll() {
  const before = fingerprint();
  mkdirSync(join(root, 'dist'), { recursive: true });
  const pages = join(root, 'pages/build.mjs');
  if (existsSync(pages)) await (await import(pages)).default();
  const entries = {
    main: 'server/src/main.ts',
    cli: 'server/src/cli.ts',
    // A thread of its own: the server starts it by this name (services/isolates/service.ts).
    isolate: 'server/src/services/isolates/isolate.ts',
  };
  const present = Object.entries(entries).filter(([, path]) => existsSync(join(root, path)));
  if (present.length > 0) {
    await bundle(
      Object.fromEntries(present.map(([name, path]) => [name, join(root, path)])),
      join(root, 'dist/server'),
    );
  }
  markFresh(before);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureInstalled({ development: true });
  await requireNode();
  const start = Date.now();
  await buildAll();
  process.stderr.write(`Built in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}
