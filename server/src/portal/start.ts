/** `/portal`, and the link that opens it. */
import { portalParts } from '@aldaba/contract';
import { portalSessionLifetime } from '../features/enterprise/portal-links/index.ts';
import { writeCookie } from '../http/cookies.ts';
import { assertSameOrigin } from '../http/same-origin.ts';
import type { Reply, Request } from '../http/types.ts';
import { type PortalRoutes, portalCookie, portalPath, sendPortal } from './requests.ts';

const textOf = (from: unknown, name: string): string => {
  const value = (from as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

export function startRoutes({ http, needs, get, post }: PortalRoutes): void {
  const { portalLinks } = needs;
  const ended = (request: Request, reply: Reply) =>
    sendPortal(needs, [request, reply], { screen: { part: 'ended' }, status: 403 });
  // Opening a link changes nothing: programs that check mail do it. Only the form uses the link up.
  http.get(`${portalPath}/start`, async (given, reply) => {
    const request = given as Request;
    const token = textOf(request.query, 'token');
    const session = await portalLinks.findLink(request.tenant.db, token);
    if (!session) await ended(request, reply);
    else await sendPortal(needs, [request, reply], { session, screen: { part: 'start', token } });
    return reply;
  });
  http.post(`${portalPath}/start`, async (given, reply) => {
    const request = given as Request;
    assertSameOrigin(request, () => false);
    const value = await portalLinks.start(request.tenant.db, textOf(request.body, 'token'));
    if (value === undefined) {
      await ended(request, reply);
      return reply;
    }
    writeCookie(request, reply, { name: portalCookie, value, maxAge: portalSessionLifetime, path: portalPath });
    return reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}${portalPath}`, 303);
  });
  get('', undefined, (page) =>
    page.show({ part: 'home', parts: portalParts.filter((part) => page.session.parts.has(part)) }),
  );
  post('/close', undefined, async (page) => {
    const { request, reply, session } = page;
    await portalLinks.end(request.tenant.db, session);
    writeCookie(request, reply, { name: portalCookie, value: undefined, path: portalPath });
    page.go('');
  });
}
