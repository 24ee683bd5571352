import * as contract from '@aldaba/contract';
import { negotiateLanguage, phrases } from '@aldaba/pages';
import { createOpenapi, type Implement, type OpenapiScope } from '../../http/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { WellKnown, WellKnownNeeds } from './service.ts';

/** `/api/.well-known/…` and `/api/swagger.json`: what clients and sign-in pages read before anybody signed in. */
export function wellKnownRoutes(
  implement: Implement,
  wellKnown: WellKnown,
  needs: Pick<WellKnownNeeds, 'signInExperiences'>,
): void {
  implement(contract.getPublicSignInExperience, ({ tenant }) => wellKnown.experience(tenant));
  implement(contract.getPublicExperience, ({ tenant }) => wellKnown.experience(tenant));
  implement(contract.getPhrases, async ({ tenant, query, request, reply }) => {
    const { languageInfo } = await needs.signInExperiences.get(tenant);
    const language = negotiateLanguage({
      uiLocales: query.lng,
      acceptLanguage: request.headers['accept-language'],
      autoDetect: languageInfo.autoDetect,
      fallback: languageInfo.fallbackLanguage,
    });
    reply.header('content-language', language).header('vary', 'accept-language');
    return phrases(language);
  });
  const documents = new Map<OpenapiScope, object>();
  const describe = (scope: OpenapiScope, tenant: Tenant) => {
    const document = documents.get(scope) ?? createOpenapi(scope);
    documents.set(scope, document);
    return { ...document, servers: [{ url: tenant.baseUrl }] };
  };
  implement(contract.getSwagger, async ({ tenant }) => describe('all', tenant));
  implement(contract.getManagementOpenapi, async ({ tenant }) => describe('management', tenant));
  implement(contract.getExperienceOpenapi, async ({ tenant }) => describe('experience', tenant));
}
