import { AldabaError } from '../kernel/errors.ts';
import type { Request } from './types.ts';

/**
 * Refuses a form or call that another site made the browser send (CSRF). Browsers say where a request comes from in
 * Sec-Fetch-Site or Origin; web views too old for either pass only with the cookie, which is SameSite=Lax and hence does not
 * come along with another site's POST.
 *
 * @param hasCookie whether the request carries the cookie that must be present when the browser sends neither header
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
