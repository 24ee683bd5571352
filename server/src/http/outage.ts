import { AldabaError } from '../kernel/errors.ts';
import type { Reply, Request } from './types.ts';

/** Makes a page about an error out of the request alone: it is for when nothing can be read. */
export type OutagePage = (
  error: AldabaError,
  about: { basePath: string; acceptLanguage: string | undefined; requestId: string },
) => { html: string; contentSecurityPolicy: string; language: string };

/** Whether an error says that the server cannot serve now, whatever is asked. */
export const isOutage = (error: unknown): error is AldabaError =>
  error instanceof AldabaError && (error.code === 'request.unavailable' || error.code === 'request.overloaded');

/** Addresses that programs ask, also when they are opened in a browser. */
const programPath = /^\/(api|oidc\/(?!auth|session))(\/|\?|$)|^\/oidc\/(token|me|jwks|\.well-known)/;

/** Whether a person waits for a page. */
export const isVisit = (request: Request): boolean =>
  (request.headers.accept ?? '').includes('text/html') && !programPath.test(request.url);

export function sendOutage(
  error: AldabaError,
  request: Request,
  reply: Reply,
  { page, basePath }: { page: OutagePage; basePath: string },
): void {
  const { html, contentSecurityPolicy, language } = page(error, {
    basePath,
    acceptLanguage: request.headers['accept-language'],
    requestId: request.id,
  });
  reply
    .code(error.status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy)
    .header('content-language', language)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .send(html);
}
