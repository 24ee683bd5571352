import * as contract from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import type { Http } from '../../http/types.ts';
import type { PagePreviews } from './index.ts';

/** `POST /api/sign-in-exp/preview`. */
export function pagePreviewRoutes(implement: Implement, previews: PagePreviews): void {
  implement(contract.previewSignInExperience, ({ tenant, query, body }) => previews.draw(tenant, query, body));
}

/** Bytes of a document: a page with four pictures and the operator's style sheet in full length. */
const bodyLimit = 1024 * 1024;

/** `POST /preview`: the page of a sealed document. Reads and sets no cookies. */
export function previewDocumentRoutes(http: Http, previews: PagePreviews): void {
  http.post('/preview', { bodyLimit }, async (request, reply) => {
    const { document } = (request.body ?? {}) as Record<string, unknown>;
    const { html, contentSecurityPolicy } = previews.open(request.tenant, typeof document === 'string' ? document : '');
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
      .send(html);
  });
}
