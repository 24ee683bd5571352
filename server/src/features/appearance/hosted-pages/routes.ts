import { assets } from '@aldaba/pages';
import { writeCookie } from '../../../http/cookies.ts';
import { keepFile, type StaticFile, sendFile } from '../../../http/files.ts';
import { assertSameOrigin } from '../../../http/same-origin.ts';
import type { Http } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { consolePath } from '../../../tenancy/address.ts';
import type { CustomUiPages } from '../custom-ui-assets/index.ts';
import { sendCustomCss } from './custom-css-file.ts';
import { languageCookie } from './languages.ts';
import type { PageSender, PageSenderNeeds } from './sender.ts';

/** Style sheet and scripts of the pages, the demo app, and the page for sign-ins that are no longer active. */
export function hostedPageRoutes(
  http: Http,
  sender: PageSender,
  needs: Pick<PageSenderNeeds, 'signInExperiences'> & { customUiPages: CustomUiPages; consoleUrl: string },
): void {
  const files = pageFiles();
  http.get<{ Params: { name: string } }>(
    '/assets/:name',
    { config: { tenant: 'optional' } },
    async (request, reply) => {
      const asset = files.get(`/assets/${request.params.name}`);
      if (asset && (await sendFile(request, reply, asset))) return reply;
      if (await sendCustomCss(request, reply, { name: request.params.name, source: sender })) return reply;
      // A tenant's own pages often use a folder of the same name.
      if (await needs.customUiPages.send(request, reply, `assets/${request.params.name}`)) return reply;
      throw new AldabaError('request.not_found');
    },
  );
  http.get('/', async (request, reply) => {
    if (await needs.customUiPages.send(request, reply, 'index.html')) return reply;
    // API clients that request the root get a 404.
    if (!request.headers.accept?.includes('text/html')) throw new AldabaError('request.not_found');
    // Where the admin tenant has an origin of its own, the endpoint's root does not tell users of it.
    if (needs.consoleUrl === request.tenant.baseUrl + consolePath)
      return reply.redirect(`${request.tenant.basePath}${consolePath}`);
    await sender.send(request, reply, { kind: 'welcome' });
    return reply;
  });
  http.get('/demo-app', async (request, reply) => {
    await sender.send(request, reply, { kind: 'demo-app', endpoint: request.tenant.baseUrl });
    return reply;
  });
  // The menu of languages, also with scripts off.
  http.post('/language', async (request, reply) => {
    assertSameOrigin(request, () => request.headers.cookie !== undefined);
    const { language, return_to: returnTo } = (request.body ?? {}) as Record<string, unknown>;
    const value = typeof language === 'string' && language.length <= 35 ? language : undefined;
    writeCookie(request, reply, { name: languageCookie, value, maxAge: languageLifetime });
    return reply.redirect(`${request.tenant.basePath}${ownPath(returnTo)}`, 303);
  });
  http.get('/unknown-session', async (request, reply) => {
    await sender.sendEnded(request, reply, { appId: undefined, isSignedIn: false, status: 200 });
    return reply;
  });
}

/** Seconds. */
const languageLifetime = 31_536_000;

/** A path of this tenant's pages with its query: one that no browser takes for another host (`//host`, `/\\host`). */
const ownPath = (path: unknown): string =>
  typeof path === 'string' && path.length <= 2048 && /^\/(?![/\\])[!-~]*$/.test(path) && !path.includes('\\')
    ? path
    : '/';

/** The built files by path; each path contains a hash of the content. */
const pageFiles = (): ReadonlyMap<string, StaticFile> =>
  new Map(
    assets().map(({ path, contentType, body, brotli, gzip }) => {
      const compressed = { br: () => brotli, gzip: () => gzip };
      return [path, keepFile(body, { contentType, cache: 'immutable', compressed })];
    }),
  );
