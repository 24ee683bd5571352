/**
 * Social sign-in through the pages: off to the provider, and back. In a native app the page's script asks for JSON and
 * hands the address to the app; `/social/landing` and `/callback` lead a browser outside of the app back into it.
 */

import { providerErrorOf } from '../../features/appearance/hosted-pages/words.ts';
import type { SocialConnector } from '../../features/connectors/connectors/index.ts';
import type { Form } from '../../http/body.ts';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import type { Request } from '../../http/types.ts';
import { equalSecrets } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { PageNeeds } from '../steps/index.ts';
import { asFormError, openPage, type PageRequest, type PageRoutes, queryField, wantsJson } from './page-requests.ts';
import { connectorName, type PageContext, registerView, signInView, termsOf, worksHere } from './page-views.ts';

const connectorOf = ({ params }: Request): string => (params as { connectorId: string }).connectorId;

export function socialPageRoutes(routes: PageRoutes): void {
  startRoutes(routes);
  landingRoutes(routes);
  finishRoute(routes);
}

function startRoutes({ signIn, get, post }: PageRoutes): void {
  const begin = ({ interaction, request }: PageRequest, start: { connectorId: string; agreed: boolean }) =>
    signIn.beginSocial(interaction, {
      ...start,
      redirectUri: `${request.tenant.baseUrl}/callback/${start.connectorId}`,
      userAgent: request.headers['user-agent'],
    });
  post('/sign-in/social/:connectorId', async (page) => {
    const { request, reply, context, field } = page;
    const connectorId = connectorOf(request);
    const agreed = field('terms') === 'yes';
    try {
      if (termsOf(context.settings, 'sign-in') === 'checkbox' && !agreed) throw new AldabaError('user.terms_required');
      const redirectTo = await begin(page, { connectorId, agreed });
      if (!wantsJson(request)) return reply.redirect(redirectTo, 303);
      const target = { connectorId, redirectTo, nativeCallback: field('native_callback') };
      return reply.header('cache-control', 'no-store').send({
        redirectTo: throughLanding(signIn.pageNeeds, request, target),
        callbackUri: `${request.tenant.baseUrl}/callback/social/${connectorId}`,
      });
    } catch (error) {
      return showEntry(page, asFormError(error));
    }
  });
  get('/direct/:method/:target', async (page) => {
    const { request, reply, context, redirect } = page;
    const { method, target } = request.params as { method: string; target: string };
    const usable = context.connectors.filter((each) => worksHere(each, context));
    const connector = method === 'social' ? forBrowser(usable, target) : undefined;
    // Native connectors need the app's bridge, and terms that need a tick need a page: both are found on the first
    // screen.
    if (!connector || termsOf(context.settings, 'sign-in') === 'checkbox')
      return redirect(queryField(request, 'fallback') === 'register' ? '/register' : '/sign-in');
    try {
      return reply.redirect(await begin(page, { connectorId: connector.id, agreed: false }), 303);
    } catch (error) {
      return showEntry(page, asFormError(error));
    }
  });
}

/** Of two connectors with one target the one made for browsers comes first. */
const forBrowser = (connectors: readonly SocialConnector[], target: string): SocialConnector | undefined =>
  connectors.find((connector) => connector.target === target && connector.platform === 'Web') ??
  connectors.find((connector) => connector.target === target && connector.platform === 'Universal');

const nativeCookie = 'aldaba_native_callback';
/** Seconds from the button in the app to the return from the provider. */
const landingAge = 600;

const isNativeCallback = (link: string): boolean =>
  URL.canParse(link) && new URL(link).protocol === 'logto-callback:' && link.length <= 512;

/**
 * Providers that are opened in a browser outside of the app: our landing page stores the way
 * back into the app. The URL is signed, so the landing page redirects only to URLs that the server created.
 */
function throughLanding(
  needs: Pick<PageNeeds, 'clock' | 'vault'>,
  { tenant }: Request,
  target: { connectorId: string; redirectTo: string; nativeCallback: string },
): string {
  const { connectorId, redirectTo, nativeCallback } = target;
  if (!/^https?:/i.test(redirectTo) || !isNativeCallback(nativeCallback)) return redirectTo;
  const expires = String(Math.floor(needs.clock.now() / 1000) + landingAge);
  const query = new URLSearchParams({ redirect_to: redirectTo, native_callback: nativeCallback, expires });
  query.set('sig', needs.vault.sign(landingText(tenant.id, connectorId, query), 'social-landing'));
  return `${tenant.baseUrl}/social/landing/${connectorId}?${query}`;
}

const landingText = (tenantId: string, connectorId: string, query: URLSearchParams): string =>
  JSON.stringify([tenantId, connectorId, query.get('redirect_to'), query.get('native_callback'), query.get('expires')]);

function landingRoutes({ signIn: { pageNeeds: needs }, route }: PageRoutes): void {
  route('get', '/social/landing/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const query = new URLSearchParams(queryText(request));
    const expected = needs.vault.sign(landingText(request.tenant.id, connectorId, query), 'social-landing');
    const link = query.get('native_callback') ?? '';
    const fresh = Number(query.get('expires')) * 1000 >= needs.clock.now();
    if (!equalSecrets(query.get('sig') ?? '', expected) || !fresh || !isNativeCallback(link))
      throw new AldabaError('session.verification_failed');
    writeCookie(request, reply, {
      name: nativeCookie,
      value: link,
      maxAge: landingAge,
      path: `/callback/${connectorId}`,
    });
    return reply.header('cache-control', 'no-store').redirect(query.get('redirect_to') ?? '', 303);
  });

  route('get', '/callback/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const link = readCookie(request, nativeCookie);
    const text = queryText(request);
    reply.header('cache-control', 'no-store');
    if (link === undefined || !isNativeCallback(link)) {
      return reply.redirect(
        `${request.tenant.basePath}/callback/social/${encodeURIComponent(connectorId)}${text && `?${text}`}`,
        303,
      );
    }
    writeCookie(request, reply, { name: nativeCookie, value: undefined, path: `/callback/${connectorId}` });
    return reply.redirect(`${link}${text && (link.includes('?') ? `&${text}` : `?${text}`)}`, 303);
  });

  // response_mode=form_post: another site's POST brings no cookie (SameSite=Lax), the GET that follows does.
  route('post', '/callback/:connectorId', async (request, reply) => {
    const connectorId = connectorOf(request);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries((request.body ?? {}) as Form)) {
      for (const item of Array.isArray(value) ? value : [value]) if (typeof item === 'string') query.append(name, item);
    }
    return reply.redirect(`${request.tenant.basePath}/callback/${encodeURIComponent(connectorId)}?${query}`, 303);
  });
}

const queryText = (request: Request): string => {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
};

/** The provider's answer has to arrive in the browser that asked: state and cookie must match. */
function finishRoute({ signIn, route }: PageRoutes): void {
  route('get', '/callback/social/:connectorId', async (request, reply) => {
    const { state: value = '', ...answer } = textParameters(request);
    // WeChat reports a declined consent by returning the `state` alone.
    const data = Object.keys(answer).length > 0 ? answer : { error: 'access_denied' };
    reply.header('cache-control', 'no-store');
    const answered = { connectorId: connectorOf(request), state: value };
    const { interaction, challenge } = await signIn.openSocial(request, answered);
    const page = await openPage(signIn, request, reply, interaction);
    try {
      const needsAgreement = termsOf(page.context.settings, 'register') === 'checkbox';
      page.proceed(await signIn.finishSocial(interaction, challenge, { data, needsAgreement }));
    } catch (error) {
      await showEntry(page, asProviderError(error));
    }
  });
}

/** A user without an account can choose another way. */
const asProviderError = (error: unknown): AldabaError =>
  error instanceof AldabaError && error.code === 'user.identity_not_exist' ? error : asFormError(error);

const textParameters = (request: Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.query as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** Of the connector that the address names, by its ID or, for a direct sign-in, by its target. */
function providerName({ connectors, language }: PageContext, request: Request): string {
  const { connectorId, target } = request.params as { connectorId?: string; target?: string };
  const connector = connectors.find((each) => each.id === connectorId || each.target === target);
  return connector ? connectorName(connector, language) : '';
}

/** The first screen again, with what went wrong. */
async function showEntry({ request, reply, context, show }: PageRequest, failure: AldabaError): Promise<unknown> {
  const error = providerErrorOf(failure, context.language, providerName(context, request));
  if (wantsJson(request)) {
    const body = { ...failure.toBody(), message: error.message };
    return reply.code(failure.status).header('cache-control', 'no-store').send(body);
  }
  const registers =
    failure.code === 'user.terms_required'
      ? termsOf(context.settings, 'sign-in') !== 'checkbox'
      : !resolvePolicy(context.settings).signIn;
  return show(registers ? registerView(context, { error }) : signInView(context, { error }), failure);
}
