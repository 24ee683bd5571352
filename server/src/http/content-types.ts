/** Content types by file extension, for the files of web pages. */
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  mp4: 'video/mp4',
  webm: 'video/webm',
  wasm: 'application/wasm',
};

/**
 * The content type of a file by its path; for unknown extensions `application/octet-stream`, which browsers neither
 * show nor run.
 */
export function contentTypeOf(path: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(types, ending) ? (types[ending] as string) : 'application/octet-stream';
}

/** Text of any kind; images, fonts and videos are compressed already. */
export const isCompressible = (contentType: string): boolean =>
  /^text\/|charset=|\+xml$|^application\/wasm$|^font\/[ot]tf$/.test(contentType);

/**
 * Whether the content at a path never changes: the last part of the name before the extension is a bundler's hash
 * (`index-BfXk2a9Z.js`, `main.8f3e21ab.css`). A word with a number (`logo-version2.png`) is not a hash.
 */
export function isVersioned(path: string): boolean {
  const part = /[.-]([A-Za-z0-9_]{8,64})\.[a-z0-9]+$/.exec(path)?.[1] ?? '';
  return /\d/.test(part) && /[A-Za-z]/.test(part) && !/^[A-Za-z_]+\d+$/.test(part);
}
