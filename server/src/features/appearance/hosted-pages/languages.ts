/** The language of a request's pages: which one it is, the operator's words in it, and the user's choice. */
import { type LanguageChoice, languageNames, pageLanguages, type SignInExperienceSettings } from '@aldaba/contract';
import { chooseLanguage, isLanguageGiven, type LanguageInput, listenToRequests, type Spoken } from '@aldaba/pages';
import { readCookie } from '../../../http/cookies.ts';
import type { Request } from '../../../http/types.ts';
import { currentOrigin, type Origin } from '../../../kernel/origin.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CustomPhrases, Words } from '../custom-phrases/index.ts';

/** The user's choice of a language. */
export const languageCookie = 'page_language';

/** The language of each request that is being served: sentences are also made outside of its page. */
const spoken = new WeakMap<Origin, Spoken>();
listenToRequests(() => {
  const origin = currentOrigin();
  return origin && spoken.get(origin);
});

type Settings = Pick<SignInExperienceSettings, 'languageInfo'>;
type Phrases = Pick<CustomPhrases, 'words' | 'languages'>;

export function createPageLanguages(customPhrases: Phrases) {
  const inputOf = async (request: Request, { languageInfo }: Settings, uiLocales?: string): Promise<LanguageInput> => ({
    uiLocales,
    chosen: readCookie(request, languageCookie),
    acceptLanguage: request.headers['accept-language'],
    autoDetect: languageInfo.autoDetect,
    fallback: languageInfo.fallbackLanguage,
    own: await customPhrases.languages(request.tenant),
  });
  /** The built-in languages, then those of the operator. */
  const offered = async (tenant: Tenant): Promise<LanguageChoice['languages']> => {
    const added = (await customPhrases.languages(tenant)).filter((tag) => !pageLanguages.some((each) => each === tag));
    const builtIn = pageLanguages.map((tag) => ({ tag, name: languageNames[tag] }));
    return [...builtIn, ...added.map((tag) => ({ tag, name: nameOf(tag) }))];
  };
  const menu = async (
    tenant: Tenant,
    { languageInfo }: Settings,
    returnTo: string,
  ): Promise<LanguageChoice | undefined> => {
    return languageInfo.autoDetect ? { languages: await offered(tenant), returnTo } : undefined;
  };
  return {
    /** The language of a request's pages and sentences, with the operator's words. */
    async of(request: Request, settings: Settings, uiLocales: string | undefined): Promise<Spoken> {
      const { tag, language } = chooseLanguage(await inputOf(request, settings, uiLocales));
      const found = { tag, language, words: await wordsOf(customPhrases, request.tenant, { tag, language }) };
      const origin = currentOrigin();
      if (origin) spoken.set(origin, found);
      return found;
    },
    /** The menu of a page; undefined where the operator or the application decides. */
    async choice(request: Request, settings: Settings, uiLocales?: string): Promise<LanguageChoice | undefined> {
      if (request.method !== 'GET' || !hasPlainAddress(request)) return undefined;
      const isGiven = isLanguageGiven(await inputOf(request, settings, uiLocales));
      return isGiven ? undefined : menu(request.tenant, settings, request.url);
    },
    menu,
    offered,
    /** The language of a page for which just this tag is asked, with these words in it if there are any. */
    async asked(tenant: Tenant, asked: { tag: string; words: Words | undefined; settings: Settings }): Promise<Spoken> {
      const saved = await customPhrases.languages(tenant);
      const { tag, language } = chooseLanguage({
        uiLocales: asked.tag,
        autoDetect: false,
        fallback: asked.settings.languageInfo.fallbackLanguage,
        own: asked.words ? [...saved, asked.tag] : saved,
      });
      const unsaved = asked.words && { ...(tag === language ? {} : await customPhrases.words(tenant, language)) };
      const words = unsaved ? { ...unsaved, ...asked.words } : await wordsOf(customPhrases, tenant, { tag, language });
      return { tag, language, words };
    },
  };
}

/** Whether the address may be in the page, where CSS of the operator can read it: it has no token and no code. */
const hasPlainAddress = ({ url }: Request): boolean =>
  [...new URL(url, 'http://page').searchParams.keys()].every((name) => name === 'app_id' || name === 'interaction');

/** Words in the language of the page, and where they are missing those in the built-in language. */
async function wordsOf(phrases: Phrases, tenant: Tenant, { tag, language }: Omit<Spoken, 'words'>) {
  const [own, builtIn] = await Promise.all([phrases.words(tenant, tag), phrases.words(tenant, language)]);
  return { ...builtIn, ...own };
}

/** What its speakers call a language. */
const nameOf = (tag: string): string => {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.slice(0, 1).toLocaleUpperCase(tag) + name.slice(1);
};
