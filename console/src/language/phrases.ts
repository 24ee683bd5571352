/**
 * Phrases by area. An area writes its phrases in `phrases/en.ts`, `phrases/es.ts` and `phrases/zh-cn.ts` (ICU messages)
 * and declares them once with `phrases`. English comes with the area's script, another language when it is chosen. A
 * key or an argument that a phrase does not have does not compile.
 */
import { use, useSyncExternalStore } from 'react';
import { createTranslator } from 'use-intl/core';
import { isolated } from './isolated.ts';
import { currentLanguage, type Language, onLanguageChange } from './language.ts';

/** The same keys as the English phrases, with other text. */
export type Translated<Messages> = {
  readonly [Key in keyof Messages]: Messages[Key] extends string ? string : Translated<Messages[Key]>;
};

interface Module<Messages> {
  default: Translated<Messages>;
}

export function phrases<const Messages extends Record<string, unknown>>(
  en: Messages,
  others: { es: () => Promise<Module<Messages>>; 'zh-CN': () => Promise<Module<Messages>> },
) {
  const make = (locale: Language, messages: Messages) => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const translate = createTranslator<Messages>({ locale, messages, timeZone });
    return new Proxy(translate, {
      apply: (target, self, [key, values, ...rest]) => Reflect.apply(target, self, [key, isolated(values), ...rest]),
    });
  };
  type Translate = ReturnType<typeof make>;
  const loaded = new Map<Language, Promise<Translate>>();
  const load = (language: Language): Promise<Translate> => {
    const found =
      loaded.get(language) ??
      (language === 'en'
        ? Promise.resolve(make('en', en))
        : others[language]().then((module) => make(language, module.default as Messages)));
    loaded.set(language, found);
    return found;
  };
  return {
    /** Starts to load the phrases of the chosen language, before the area is shown. */
    preload: () => load(currentLanguage()),
    /** The phrases in the chosen language; suspends until they are loaded. */
    use: (): Translate => use(load(useLanguage())),
  };
}

export const useLanguage = (): Language => useSyncExternalStore(onLanguageChange, currentLanguage);
