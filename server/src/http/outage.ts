import { AldabaError } from '../kernel/errors.ts';
import type { Reply, Request } from './types.ts';

/** Renders an error page from the request alone, for when nothing can be read from the database. */
export type OutagePage = (
  error: AldabaError,
  about: { basePath: string; acceptLanguage: string | undefined; requestId: string },
) => { html: string; contentSecurityPolicy: string; language: string };

/** Whether an error means that the server is unavailable for every request. */
export const isOutage = (error: unknown): error is AldabaError =>
  error instanceof AldabaError && (error.code === 'request.unavailable' || error.code === 'request.overloaded');

/** Addresses of APIs, even if they are opened in a browser. */
const programPath = /^\/(api|oidc\/(?!auth|session))(\/|\?|$)|^\/oidc\/(token|me|jwks|\.well-known)/;

/** Whether a browser expects a page. */
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
