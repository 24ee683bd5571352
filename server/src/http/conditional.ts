import type { Request } from './types.ts';

const withoutWeakness = (tag: string): string => tag.trim().replace(/^W\//, '');

/**
 * Whether the client's cached response is still valid (RFC 9110 section 13.1.2, weak comparison). A request's
 * `Cache-Control: no-cache` is ignored: `fetch` adds it to every request with a custom `If-None-Match`.
 *
 * @param etag entity tag with its quotes
 */
export function matchesEtag(request: Request, etag: string): boolean {
  const given = request.headers['if-none-match'];
  if (given === undefined) return false;
  return given.trim() === '*' || given.split(',').some((tag) => withoutWeakness(tag) === withoutWeakness(etag));
}
