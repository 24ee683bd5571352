import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { Http } from '../../../http/types.ts';
import { readUpload } from '../../../http/upload.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { CustomUiPages } from './pages.ts';
import type { ActivePages, CustomUiAssets } from './service.ts';

/** `POST /api/sign-in-exp/default/custom-ui-assets`. */
export function customUiRoutes(implement: Implement, assets: CustomUiAssets, settings: ActivePages): void {
  implement(contract.uploadCustomUi, async ({ tenant, request }) => {
    const archive = await readUpload(request);
    return { customUiAssetId: await assets.upload(tenant, archive, settings) };
  });
}

const index = 'index.html';
/** Paths of APIs: uploaded files are never served there, and unknown paths stay errors. */
const programPath = /^(?:api|oidc|\.well-known\/(?:openid-configuration|oauth-authorization-server))(?:\/|$)/i;

/**
 * Serves a tenant's own pages instead of the built-in ones: index.html at every page address of `mountOurs`, files at
 * their paths, and index.html at addresses that only the client-side router knows. Existing routes take precedence.
 */
export function customUiPageRoutes(http: Http, pages: CustomUiPages, mountOurs: (scope: Http) => void): void {
  http.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const isVisit = request.method === 'GET' || request.method === 'HEAD';
      // Addresses that other programs call, e.g. for the metadata of SAML.
      if (programPath.test(request.routeOptions.url?.slice(1) ?? '')) return undefined;
      if (isVisit && (await pages.send(request, reply, index))) return reply;
      return undefined;
    });
    mountOurs(scope);
  });
  http.get<{ Params: { '*': string } }>('/*', { config: { access: 'anonymous' } }, async (request, reply) => {
    const path = request.params['*'];
    if (programPath.test(path)) throw new AldabaError('request.not_found');
    if (await pages.send(request, reply, path)) return reply;
    const isVisit = request.headers.accept?.includes('text/html');
    if (isVisit && (await pages.send(request, reply, index))) return reply;
    throw new AldabaError('request.not_found');
  });
}
