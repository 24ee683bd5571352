import * as contract from '@aldaba/contract';
import { negotiateLanguage, phrases } from '@aldaba/pages';
import { createOpenapi, type Implement, type OpenapiScope } from '../../http/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { CustomPhrases } from '../custom-phrases/index.ts';
import type { WellKnown, WellKnownNeeds } from './service.ts';

/** `/api/.well-known/…` and `/api/swagger.json`: what clients and sign-in pages read before anybody signed in. */
export function wellKnownRoutes(
  implement: Implement,
  wellKnown: WellKnown,
  needs: Pick<WellKnownNeeds, 'signInExperiences'> & { customPhrases: Pick<CustomPhrases, 'words'> },
): void {
  implement(contract.getPublicSignInExperience, ({ tenant, query }) => wellKnown.experience(tenant, query));
  implement(contract.getPublicExperience, ({ tenant, query }) => wellKnown.experience(tenant, query));
  implement(contract.getTenantEndpoint, ({ tenant, params }) => wellKnown.endpoint(tenant, params.tenantId));
  implement(contract.getPhrases, async ({ tenant, query, request, reply }) => {
    const { languageInfo } = await needs.signInExperiences.get(tenant);
    const language = negotiateLanguage({
      uiLocales: query.lng,
      acceptLanguage: request.headers['accept-language'],
      autoDetect: languageInfo.autoDetect,
      fallback: languageInfo.fallbackLanguage,
    });
    // Languages that the pages do not speak are there for custom pages, which ask for them by name.
    const own = query.lng === undefined ? undefined : await needs.customPhrases.words(tenant, query.lng);
    const words = own ?? (await needs.customPhrases.words(tenant, language));
    reply.header('content-language', own && query.lng ? query.lng : language).header('vary', 'accept-language');
    return { ...phrases(language), ...words };
  });
  const documents = new Map<OpenapiScope, object>();
  const describe = (scope: OpenapiScope, tenant: Tenant) => {
    const document = documents.get(scope) ?? createOpenapi(scope);
    documents.set(scope, document);
    return { ...document, servers: [{ url: tenant.baseUrl }] };
  };
  implement(contract.getSwagger, async ({ tenant }) => describe('all', tenant));
  implement(contract.getManagementOpenapi, async ({ tenant }) => describe('management', tenant));
  implement(contract.getUserOpenapi, async ({ tenant }) => describe('user', tenant));
  implement(contract.getExperienceOpenapi, async ({ tenant }) => describe('experience', tenant));
}
