import * as contract from '@aldaba/contract';
import { negotiateLanguage, replaceable } from '@aldaba/pages';
import { createDocument, type Document } from '../../../http/documents.ts';
import type { Implement } from '../../../http/implement.ts';
import { createOpenapi, type OpenapiScope } from '../../../http/openapi.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CustomPhrases } from '../custom-phrases/index.ts';
import type { WellKnown, WellKnownNeeds } from './service.ts';

/** `/api/.well-known/…` and `/api/swagger.json`: what clients and sign-in pages read before a user signs in. */
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
    // Custom pages may request languages that the built-in pages do not support.
    const own = query.lng === undefined ? undefined : await needs.customPhrases.words(tenant, query.lng);
    const words = own ?? (await needs.customPhrases.words(tenant, language));
    reply.header('content-language', own && query.lng ? query.lng : language).header('vary', 'accept-language');
    return { ...replaceable(language), ...words };
  });
  const documents = createDocuments();
  implement(contract.getSwagger, ({ tenant, request, reply }) => documents.of('all', tenant).answer(request, reply));
  implement(contract.getManagementOpenapi, ({ tenant, request, reply }) =>
    documents.of('management', tenant).answer(request, reply),
  );
  implement(contract.getUserOpenapi, ({ tenant, request, reply }) =>
    documents.of('user', tenant).answer(request, reply),
  );
  implement(contract.getExperienceOpenapi, ({ tenant, request, reply }) =>
    documents.of('experience', tenant).answer(request, reply),
  );
}

/** Cached documents: each names its tenant and takes 0.9 MB including its compressed forms. */
const maximumKept = 32;

/** The OpenAPI documents: the text of each scope is generated once, its bytes once per tenant. */
function createDocuments() {
  const texts = new Map<OpenapiScope, string>();
  const kept = new Map<string, Document>();
  const textOf = (scope: OpenapiScope) => {
    const text = texts.get(scope) ?? JSON.stringify(createOpenapi(scope)).slice(1);
    texts.set(scope, text);
    return text;
  };
  return {
    of(scope: OpenapiScope, tenant: Tenant): Document {
      const key = `${scope} ${tenant.baseUrl}`;
      const document =
        kept.get(key) ?? createDocument(`{"servers":${JSON.stringify([{ url: tenant.baseUrl }])},${textOf(scope)}`);
      // Least recently used documents are dropped first.
      kept.delete(key);
      kept.set(key, document);
      if (kept.size > maximumKept) kept.delete(kept.keys().next().value as string);
      return document;
    },
  };
}
