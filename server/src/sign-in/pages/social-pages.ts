/**
 * Social sign-in through the pages: off to the provider, and back. In a native app the page's script asks for JSON and
 * hands the address to the app; `/social/landing` and `/callback` lead a browser outside of the app back into it.
 */

import type { Form } from '../../http/body.ts';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import type { Request } from '../../http/types.ts';
import { isNativeCallback, landingAge } from '../factors/social/landing.ts';
import { directConnector, socialRefusedView } from '../views.ts';
import {
  leave,
  openPage,
  type PageRequest,
  type PageRoutes,
  queryOf,
  type Refused,
  takeStep,
  textsOf,
  wantsJson,
} from './page-requests.ts';

const connectorOf = ({ params }: Request): string => (params as { connectorId: string }).connectorId;

export function socialPageRoutes(routes: PageRoutes): void {
  startRoutes(routes);
  landingRoutes(routes);
  finishRoute(routes);
}

/** Refused, the first screen is shown again. */
const socialAgain: Refused = ({ context, show }, failure) => show(socialRefusedView(context, failure.code), failure);

function startRoutes({ signIn, get, form }: PageRoutes): void {
  const begin = ({ interaction, request }: PageRequest, start: { connectorId: string; agreed: boolean }) =>
    signIn.beginSocial(interaction, {
      ...start,
      redirectUri: `${request.tenant.baseUrl}/callback/${start.connectorId}`,
      userAgent: request.headers['user-agent'],
    });
  form(
    '/sign-in/social/:connectorId',
    async (page) => {
      const { request, reply, field, typed } = page;
      const connectorId = connectorOf(request);
      const begun = await begin(page, { connectorId, agreed: typed.agreed });
      if (!wantsJson(request)) return begun;
      const target = { connectorId, redirectTo: begun.redirectTo, nativeCallback: field('native_callback') };
      reply.header('cache-control', 'no-store').send({
        redirectTo: signIn.pageNeeds.landing.through(request.tenant, target),
        callbackUri: `${request.tenant.baseUrl}/callback/social/${connectorId}`,
      });
      return undefined;
    },
    socialAgain,
  );
  get('/direct/:method/:target', (page) => {
    const { method, target } = page.request.params as { method: string; target: string };
    const connector = method === 'social' ? directConnector(page.context, target) : undefined;
    if (!connector)
      return page.redirect(textsOf(page.request.query).fallback === 'register' ? '/register' : '/sign-in');
    return takeStep(page, () => begin(page, { connectorId: connector.id, agreed: false }), socialAgain);
  });
}

const nativeCookie = 'aldaba_native_callback';

function landingRoutes({ signIn: { pageNeeds }, route }: PageRoutes): void {
  route('get', '/social/landing/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const query = new URLSearchParams(queryOf(request));
    const { redirectTo, nativeCallback: value } = pageNeeds.landing.open(request.tenant, connectorId, query);
    writeCookie(request, reply, { name: nativeCookie, value, maxAge: landingAge, path: `/callback/${connectorId}` });
    return leave(reply, redirectTo);
  });

  route('get', '/callback/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const link = readCookie(request, nativeCookie);
    const query = queryOf(request);
    if (link === undefined || !isNativeCallback(link))
      return leave(reply, `${request.tenant.basePath}/callback/social/${encodeURIComponent(connectorId)}${query}`);
    writeCookie(request, reply, { name: nativeCookie, value: undefined, path: `/callback/${connectorId}` });
    return leave(reply, `${link}${link.includes('?') ? query.replace('?', '&') : query}`);
  });

  // response_mode=form_post: another site's POST brings no cookie (SameSite=Lax), the GET that follows does.
  route('post', '/callback/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries((request.body ?? {}) as Form))
      for (const item of [value].flat()) if (typeof item === 'string') query.append(name, item);
    return reply.redirect(`${request.tenant.basePath}/callback/${encodeURIComponent(connectorId)}?${query}`, 303);
  });
}

/** The provider's answer has to arrive in the browser that asked: state and cookie must match. */
function finishRoute({ signIn, route }: PageRoutes): void {
  route('get', '/callback/social/:connectorId', async (request, reply) => {
    const { state: value = '', ...answer } = textsOf(request.query);
    // WeChat reports a declined consent by returning the `state` alone.
    const data = Object.keys(answer).length > 0 ? answer : { error: 'access_denied' };
    reply.header('cache-control', 'no-store');
    const answered = { connectorId: connectorOf(request), state: value };
    const { interaction, challenge } = await signIn.openSocial(request, answered);
    const page = await openPage(signIn, request, reply, interaction);
    return takeStep(page, () => signIn.finishSocial(interaction, challenge, data), socialAgain);
  });
}
