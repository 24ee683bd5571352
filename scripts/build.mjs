// Builds the hosted pages and the Console, and bundles the server: 400 modules start in 0.35 s bundled, one by one in
// 2 s.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, isFresh, markFresh, partNames } from './freshness.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode, root } from './runtime.mjs';

// Native code and WebAssembly cannot be bundled; pg-native is an option of pg that is not used.
const external = [/^node:/, /^@node-rs\/(argon2|bcrypt)/, /^quickjs-emscripten/, 'pg-native'];

/**
 * Escapes all but ASCII: one other character, such as an accent or a phrase in Chinese, makes Node keep the whole
 * file with 2 bytes for each character, 5 MB more of memory. They are in strings, untagged templates, regular
 * expressions and comments only, where an escape means the same. Source maps keep their lines; columns to the right of
 * an escape are off by its length.
 */
const escapeWideCharacters = {
  name: 'escape-wide-characters',
  generateBundle(_options, files) {
    const toEscape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    for (const file of Object.values(files))
      if (file.type === 'chunk') file.code = file.code.replaceAll(/[^\0-\x7f]/g, toEscape);
  },
};

/** Bundles entries, `{ name: path }`, as ES modules with source maps into `folder`, which is replaced whole. */
export async function bundle(entries, folder) {
  const { build } = await import('rolldown');
  const draft = `${folder}.new-${process.pid}`;
  const old = `${folder}.old-${process.pid}`;
  await build({
    input: entries,
    platform: 'node',
    external,
    plugins: [escapeWideCharacters],
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

const builders = { server: buildServer, console: buildConsole };

/** Builds the parts that `npm start` needs; by default those whose sources changed. */
export async function buildParts(names = partNames.filter((name) => !isFresh(name))) {
  for (const name of names) {
    const before = fingerprint(name);
    const start = Date.now();
    await builders[name]();
    markFresh(name, before);
    process.stderr.write(`  built the ${name} in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
  }
}

async function buildConsole() {
  await (await import(join(root, 'console/build.mjs'))).default();
}

async function buildServer() {
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
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureInstalled({ development: true });
  await requireNode();
  await buildParts(process.argv.includes('--changed') ? undefined : partNames);
}
