import type { PageLanguage } from '@aldaba/contract';
import { negotiateLanguage, speaksOf } from '@aldaba/pages';
import { retryAfter } from '../../../http/errors.ts';
import type { ErrorAnswers, Request } from '../../../http/types.ts';
import type { PageSender } from './sender.ts';
import { sentenceFor } from './words.ts';

/**
 * Errors in the caller's language (`Accept-Language`; English if it has no sentence for the error): JSON for programs,
 * a page with the tenant's branding for browsers that open an address that does not exist or cannot be served.
 */
export function createErrorAnswers(pages: Pick<PageSender, 'send'>): ErrorAnswers {
  const languageOf = (request: Request): PageLanguage =>
    negotiateLanguage({ acceptLanguage: request.headers['accept-language'], autoDetect: true, fallback: 'en' });
  return {
    sentence(request, error) {
      const asked = languageOf(request);
      const language = speaksOf(asked, error.code) ? asked : 'en';
      return { language, sentence: sentenceFor(error, language) };
    },
    async page(request, reply, error) {
      const view = { kind: 'error', code: error.code, message: sentenceFor(error, languageOf(request)) } as const;
      const wait = retryAfter(error);
      if (wait !== undefined) reply.header('retry-after', String(wait));
      try {
        await pages.send(request, reply, view, { status: error.status, customCss: false });
        return true;
      } catch {
        return false;
      }
    },
  };
}
