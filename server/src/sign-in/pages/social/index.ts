/**
 * Social sign-in through the pages: off to the provider, and back. In a native app the page's script asks for JSON and
 * hands the address to the app; `/social/landing` and `/callback` lead a browser outside of the app back into it.
 */
import type { Form } from '../../../http/body.ts';
import { readCookie, writeCookie } from '../../../http/cookies.ts';
import type { Request } from '../../../http/types.ts';
import { assertSameToken } from '../../factors/one-tap/index.ts';
import { isNativeCallback, landingAge } from '../../factors/social/landing.ts';
import { directConnector } from '../../views.ts';
import { beginSso, takeInitiated } from '../enterprise-sso/index.ts';
import { leave, type PageRequest, type PageRoutes, queryOf, textsOf, wantsJson } from '../page-requests.ts';

import { refusedBy } from './refused.ts';

const connectorOf = ({ params }: Request): string => (params as { connectorId: string }).connectorId;

export function socialPageRoutes(routes: PageRoutes): void {
  providerRoutes(routes);
  landingRoutes(routes);
}

/** Off to the provider, and the provider's answer. */
function providerRoutes({ signIn, open, route, answer, take, form, page }: PageRoutes): void {
  const { landing } = signIn.pageNeeds;
  const refused = refusedBy(answer);
  const begin = ({ interaction, request }: PageRequest, start: { connectorId: string; agreed: boolean }) =>
    signIn.beginSocial(interaction, {
      ...start,
      redirectUri: `${request.tenant.baseUrl}/callback/${start.connectorId}`,
      userAgent: request.headers['user-agent'],
    });
  form(
    '/sign-in/social/:connectorId',
    async (sent) => {
      const { request, reply, field, typed } = sent;
      const connectorId = connectorOf(request);
      const begun = await begin(sent, { connectorId, agreed: typed.agreed });
      if (!wantsJson(request)) return begun;
      const target = { connectorId, redirectTo: begun.redirectTo, nativeCallback: field('native_callback') };
      reply.header('cache-control', 'no-store').send({
        redirectTo: landing.through(request.tenant, target),
        callbackUri: `${request.tenant.baseUrl}/callback/social/${connectorId}`,
      });
      return undefined;
    },
    refused,
  );
  page('/direct/:method/:target', {
    async view(sent) {
      const { method, target } = sent.request.params as { method: string; target: string };
      const { sso } = sent.interaction.policy;
      if (method === 'sso' && sso.some(({ id }) => id === target)) {
        const { loginHint } = sent.interaction.request;
        const go = async () =>
          (await takeInitiated(signIn, sent, target)) ?? (await beginSso(signIn, sent, target, loginHint));
        await take(sent, go, refused);
        return undefined;
      }
      const connector = method === 'social' ? directConnector(sent.context, target) : undefined;
      if (!connector) return sent.field('fallback') === 'register' ? '/register' : '/sign-in';
      await take(sent, () => begin(sent, { connectorId: connector.id, agreed: false }), refused);
      return undefined;
    },
  });
  // The provider's answer has to arrive in the browser that asked: state and cookie must match.
  route('get', '/callback/social/:connectorId', async (request, reply) => {
    const { state = '', ...answered } = textsOf(request.query);
    // WeChat reports a declined consent by returning the `state` alone.
    const data = Object.keys(answered).length > 0 ? answered : { error: 'access_denied' };
    reply.header('cache-control', 'no-store');
    const { interaction, challenge } = await signIn.openAnswer(request, { connectorId: connectorOf(request), state });
    const sent = await open(request, reply, interaction);
    const finish = () =>
      challenge.type === 'EnterpriseSso'
        ? signIn.finishSso(interaction, challenge, data)
        : signIn.finishSocial(interaction, challenge, data);
    return take(sent, finish, refused);
  });
}

const nativeCookie = 'aldaba_native_callback';

function landingRoutes({ signIn, open, route, answer, take }: PageRoutes): void {
  const { pageNeeds } = signIn;
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
    const { credential: idToken, g_csrf_token: token } = textsOf(request.body);
    if (idToken !== undefined) {
      // One Tap posts from this very page, with a cookie that only a page of this host can set.
      assertSameToken(readCookie(request, 'g_csrf_token'), token);
      const sent = await open(request, reply, await signIn.open(request, signIn.pageNeeds.oneTap.handleOf(idToken)));
      return take(sent, () => signIn.finishOneTap(sent.interaction, { connectorId, idToken }), refusedBy(answer));
    }
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries((request.body ?? {}) as Form))
      for (const item of [value].flat()) if (typeof item === 'string') query.append(name, item);
    return reply.redirect(`${request.tenant.basePath}/callback/${encodeURIComponent(connectorId)}?${query}`, 303);
  });
}
