import { AldabaError } from '../kernel/errors.ts';
import type { Request } from './types.ts';

/**
 * Rejects a form or call that another site made the browser send (CSRF). Browsers report the source of a request in
 * Sec-Fetch-Site or Origin; old web views that send neither pass only with the cookie, which is SameSite=Lax and
 * therefore not sent with another site's POST.
 *
 * @param hasCookie whether the request has the cookie that is required if the browser sends neither header
 * @throws AldabaError `request.cross_site`
 */
export function assertSameOrigin(request: Request, hasCookie: () => boolean): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const own = new URL(request.tenant.baseUrl).origin;
  const accepted =
    site === undefined
      ? origin === own || (origin === undefined && hasCookie())
      : site === 'same-origin' || site === 'none';
  if (!accepted) throw new AldabaError('request.cross_site');
}
