import * as contract from '@aldaba/contract';
import { negotiateLanguage, replaceable } from '@aldaba/pages';
import type { Implement } from '../../../http/index.ts';
import type { CustomPhrases } from './service.ts';

/** `/api/custom-phrases`. */
export function customPhraseRoutes(implement: Implement, customPhrases: CustomPhrases): void {
  implement(contract.listCustomPhrases, ({ tenant }) => customPhrases.list(tenant));
  implement(contract.getCustomPhrase, ({ tenant, params }) => customPhrases.get(tenant, params.languageTag));
  implement(contract.getBuiltInPhrases, async ({ params }) => {
    const languageTag = negotiateLanguage({ autoDetect: false, fallback: params.languageTag });
    return { languageTag, phrases: replaceable(languageTag) };
  });
  implement(contract.replaceCustomPhrase, ({ tenant, params, body }) =>
    customPhrases.save(tenant, params.languageTag, body),
  );
  implement(contract.deleteCustomPhrase, ({ tenant, params }) => customPhrases.remove(tenant, params.languageTag));
}
