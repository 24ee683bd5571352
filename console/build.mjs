/**
 * Builds the Console into `console/dist`: hashed files with their compressed forms. `node console/build.mjs` runs it
 * alone. The folder is replaced whole once the build is complete.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build as viteBuild } from 'vite';
import { guidesPlugin } from './guides/plugin.mjs';

const root = import.meta.dirname;
const dist = join(root, 'dist');

/** Bytes of compressed script that the first page may load: the entry and everything it imports statically. */
const firstLoadLimit = 250_000;

const assets = 'assets/[name].[hash:16]';

/** Builds everything. @throws Error if the first load is over its limit */
export default async function build() {
  const draft = join(root, `dist.new-${process.pid}`);
  const { output } = await viteBuild({
    root,
    configFile: false,
    plugins: [guidesPlugin()],
    logLevel: 'warn',
    // Relative to the page's <base>: the address of the Console is known only when it is served.
    base: './',
    build: {
      outDir: draft,
      emptyOutDir: true,
      target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        // Directives of React's server components, which mean nothing here.
        onLog: (level, log, report) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && report(level, log),
        output: {
          // Hexadecimal: the server recognizes a hash by its digits and letters.
          hashCharacters: 'hex',
          entryFileNames: `${assets}.js`,
          chunkFileNames: `${assets}.js`,
          assetFileNames: `${assets}[extname]`,
        },
      },
    },
  });
  const sizes = await compressAll(draft);
  const first = firstLoad(output).reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  if (first > firstLoadLimit)
    throw new Error(`The first load of the Console is ${first} bytes of compressed script, at most ${firstLoadLimit}.`);
  await rm(dist, { recursive: true, force: true });
  await rename(draft, dist);
  return { firstLoad: first };
}

/** Names of the scripts that the page loads before anything else can be shown. */
function firstLoad(output) {
  const chunks = new Map(output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of chunks.get(name)?.imports ?? []) visit(next);
  };
  for (const [name, { isEntry }] of chunks) if (isEntry) visit(name);
  return [...found];
}

/** Writes `x.br` and `x.gz` next to every text file; returns the compressed sizes by name. */
async function compressAll(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css|html|svg)$/.test(name));
  const sizes = new Map();
  const compress = async (name) => {
    const bytes = await readFile(join(folder, name));
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    await Promise.all([writeFile(join(folder, `${name}.br`), br), writeFile(join(folder, `${name}.gz`), gz)]);
    sizes.set(name, gz.length);
  };
  await Promise.all(names.map(compress));
  return sizes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { firstLoad: bytes } = await build();
  process.stdout.write(`First load: ${Math.round(bytes / 1000)} kB of compressed script\n`);
}
