/**
 * API reference: a page that shows the OpenAPI documents, for people.
 *
 * Owns the page and its one script; the viewer is the package swagger-ui-dist, served from here file by file out of a fixed
 * list. Does not own the documents (well-known). Requests enter at `apiReferenceRoutes`.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Http } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { referencePage, referenceScript, referenceStyle } from './page.ts';

interface Asset {
  type: string;
  /** Ours, or undefined for a file of the viewer. */
  text?: string;
}

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';
const assets: Readonly<Record<string, Asset>> = {
  'swagger-ui-bundle.js': { type: script },
  'swagger-ui.css': { type: style },
  'reference.js': { type: script, text: referenceScript },
  'reference.css': { type: style, text: referenceStyle },
};

// Nothing inline and nothing from elsewhere; the viewer's icons are data: images.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/api/reference` and its files: open to everybody, as the documents are. */
export function apiReferenceRoutes(http: Http): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const compressed = new Map<string, Promise<Buffer>>();
  const read = async (name: string, { text }: Asset) => {
    const bytes = text === undefined ? await readFile(join(folder, name)) : Buffer.from(text);
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  };
  http.get('/api/reference', { config: { access: 'anonymous' } }, async (request, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('cache-control', 'no-cache')
      .send(referencePage(request.tenant.basePath)),
  );
  http.get<{ Params: { name: string } }>(
    '/api/reference/:name',
    { config: { access: 'anonymous' } },
    async (request, reply) => {
      const { name } = request.params;
      const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
      // The name is one of the list above: nothing else of a request becomes part of a path.
      if (!asset) throw new AldabaError('request.not_found');
      reply
        .header('content-type', asset.type)
        .header('cache-control', 'public, max-age=3600')
        .header('vary', 'accept-encoding');
      if (!/\bbr\b/.test(request.headers['accept-encoding'] ?? ''))
        return reply.send(asset.text ?? (await readFile(join(folder, name))));
      const bytes = compressed.get(name) ?? read(name, asset);
      compressed.set(name, bytes);
      return reply.header('content-encoding', 'br').send(await bytes);
    },
  );
}
