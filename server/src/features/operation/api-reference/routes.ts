/**
 * API reference: a page that shows the OpenAPI documents.
 *
 * Owns the page and its one script; the viewer is the package swagger-ui-dist, of which a fixed list of files is
 * served. Does not own the documents (well-known). Requests enter through `apiReferenceRoutes`.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { keepFile, sendFile, textFile } from '../../../http/files.ts';
import { folderRoutes } from '../../../http/folder.ts';
import type { Http } from '../../../http/types.ts';
import { referencePage, referenceScript, referenceStyle } from './page.ts';

// No inline code and no other origins; the viewer's icons are data: images.
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

const config = { access: 'anonymous' } as const;

/** `/api/reference` and its files: public, like the documents. */
export function apiReferenceRoutes(http: Http): void {
  http.get('/api/reference', { config }, async (request, reply) => {
    const html = referencePage(request.tenant.basePath);
    const page = textFile(html, { contentType: 'text/html; charset=utf-8', cache: 'revalidate' });
    await sendFile(request, reply, page, { 'content-security-policy': policy });
    return reply;
  });
  const own: [name: string, contentType: string, text: string][] = [
    ['reference.js', 'text/javascript; charset=utf-8', referenceScript],
    ['reference.css', 'text/css; charset=utf-8', referenceStyle],
  ];
  for (const [name, contentType, text] of own) {
    const file = keepFile(Buffer.from(text), { contentType, cache: 'revalidate' });
    http.get(`/api/reference/${name}`, { config }, async (request, reply) => {
      await sendFile(request, reply, file);
      return reply;
    });
  }
  folderRoutes(http, {
    root: dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    path: '/api/reference',
    names: ['swagger-ui-bundle.js', 'swagger-ui.css'],
  });
}
