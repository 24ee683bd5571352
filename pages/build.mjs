/**
 * Builds the hosted pages into `pages/dist`: the style sheet and the islands first, named by their content, then
 * the renderer with those files, their compressed forms and preact inside. `node pages/build.mjs` runs it alone.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = import.meta.dirname;
const styles = ['base', 'layout', 'form', 'factors', 'content', 'account', 'portal'];
const islands = {
  'form.js': 'entry-form',
  'social.js': 'social',
  'passkey.js': 'passkey',
  'passkey-sign-in.js': 'passkey-sign-in',
  'copy.js': 'copy',
  'demo.js': 'demo',
  'submit.js': 'submit',
  'leave.js': 'leave',
};

/** Comments and needless white space out; our sheets have no strings that this could hurt. */
const minifyCss = (css) =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();

const buildStyles = async () => {
  const sheets = await Promise.all(styles.map((name) => readFile(join(root, 'src/styles', `${name}.css`), 'utf8')));
  return minifyCss(sheets.join('\n'));
};

const buildIsland = async (entry) => {
  const bundle = await rolldown({ input: join(root, 'src/islands', `${entry}.ts`), transform: { target: 'es2020' } });
  // A function of its own: nothing becomes a global, so nothing can shadow the app's bridge.
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  return output[0].code.trim();
};

const assetOf = (name, text) => {
  const [stem, extension] = name.split('.');
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10);
  const bytes = Buffer.from(text);
  return {
    name,
    path: `/assets/${stem}.${hash}.${extension}`,
    contentType: extension === 'css' ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    text,
    gzip: gzipSync(bytes, { level: 9 }).toString('base64'),
    brotli: brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).toString('base64'),
  };
};

/** The renderer. Of the contract only the sentences of errors are needed at run time; its schemas are left out. */
const buildRenderer = async (assets) => {
  const bundle = await rolldown({
    input: join(root, 'src/index.ts'),
    platform: 'node',
    transform: { define: { EMBEDDED_ASSETS: JSON.stringify(assets) } },
    treeshake: { moduleSideEffects: (id) => !/[\\/](contract[\\/]src|zod)[\\/]/.test(id) },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output[0].code;
};

/** Builds everything. Resolves when `dist` is complete. */
export default async function build() {
  const scripts = Object.entries(islands).map(async ([name, entry]) => assetOf(name, await buildIsland(entry)));
  const assets = [assetOf('page.css', await buildStyles()), ...(await Promise.all(scripts))];
  const code = await buildRenderer(assets);
  const dist = join(root, 'dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, 'index.js'), code);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
