/** The style sheet and the islands of script, embedded by `../build.mjs` so that the bundled server needs no folder. */

export type AssetName =
  | 'page.css'
  | 'form.js'
  | 'social.js'
  | 'passkey.js'
  | 'passkey-sign-in.js'
  | 'copy.js'
  | 'demo.js'
  | 'submit.js'
  | 'leave.js';

interface EmbeddedAsset {
  name: AssetName;
  path: string;
  contentType: string;
  text: string;
  /** The text compressed, in base64. */
  gzip: string;
  brotli: string;
}

declare const EMBEDDED_ASSETS: readonly EmbeddedAsset[];
const embedded = EMBEDDED_ASSETS;

/** One immutable file: its path carries a hash of its content, so it may be cached for a year. */
export interface PageAsset {
  /** `/assets/<name>.<hash>.<css|js>`, under the tenant's base path. */
  path: string;
  contentType: string;
  body: Buffer;
  gzip: Buffer;
  brotli: Buffer;
}

/** Every file that the pages refer to, with its compressed forms ready to send. */
export const assets = (): PageAsset[] =>
  embedded.map(({ path, contentType, text, gzip, brotli }) => ({
    path,
    contentType,
    body: Buffer.from(text),
    gzip: Buffer.from(gzip, 'base64'),
    brotli: Buffer.from(brotli, 'base64'),
  }));

const paths = new Map(embedded.map(({ name, path }) => [name, path]));

/** Text of a file. */
export const assetText = (name: AssetName): string => {
  const asset = embedded.find((each) => each.name === name);
  if (asset === undefined) throw new Error(`The pages were built without ${name}.`);
  return asset.text;
};

/** Path of a file under the base path. */
export const assetPath = (name: AssetName): string => {
  const path = paths.get(name);
  if (path === undefined) throw new Error(`The pages were built without ${name}.`);
  return path;
};
