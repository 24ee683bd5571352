import { type CustomPhrase, isLanguageTag, type SignInExperience, type Translation } from '@aldaba/contract';
import { replaceable, replaceableInPortal } from '@aldaba/pages';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import * as store from './store.ts';

export interface CustomPhrasesNeeds {
  database: Database;
  caches: CacheRegistry;
  signInExperiences: { lock: (tx: Transaction) => Promise<SignInExperience> };
}

/** Phrases by the keys of the pages, e.g. `signIn.title`. */
export type Words = Readonly<Record<string, string>>;

export interface CustomPhrases {
  list: (tenant: Tenant) => Promise<CustomPhrase[]>;
  /** @throws AldabaError `entity.not_found` */
  get: (tenant: Tenant, languageTag: string) => Promise<CustomPhrase>;
  /** @throws AldabaError `localization.invalid_translation_structure` for unknown keys */
  save: (tenant: Tenant, languageTag: string, translation: Translation) => Promise<CustomPhrase>;
  /** @throws AldabaError `localization.cannot_delete_default_language`, `entity.not_found` */
  remove: (tenant: Tenant, languageTag: string) => Promise<void>;
  /** Phrases that are not saved. @throws AldabaError `localization.invalid_translation_structure` for unknown keys */
  read: (translation: Translation) => Words;
  /** Tags of the languages with phrases. Cached. */
  languages: (tenant: Tenant) => Promise<readonly string[]>;
  /** The same from the database, for a change that depends on it. */
  storedLanguages: (q: Queries) => Promise<readonly string[]>;
  /** The operator's phrases for a language; undefined if there are none. Cached. */
  words: (tenant: Tenant, languageTag: string) => Promise<Words | undefined>;
}

const maximumDepth = 8;
const known = new Set(Object.keys({ ...replaceable('en'), ...replaceableInPortal('en') }));

export function createCustomPhrases({ database, caches, signInExperiences }: CustomPhrasesNeeds): CustomPhrases {
  const cache = caches.create<ReadonlyMap<string, { tag: string; words: Words }>>({
    name: 'custom-phrases',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId) =>
      new Map(
        (await store.findPhrases(database.tenant(tenantId))).map(({ languageTag, translation }) => [
          languageTag.toLowerCase(),
          { tag: languageTag, words: Object.fromEntries(flatten(translation)) },
        ]),
      ),
  });
  return {
    list: (tenant) => store.findPhrases(tenant.db),
    get: async (tenant, languageTag) => {
      const phrase = (await store.findPhrases(tenant.db)).find((candidate) => candidate.languageTag === languageTag);
      if (!phrase) throw new AldabaError('entity.not_found');
      return phrase;
    },
    save: async (tenant, languageTag, translation) => {
      readWords(translation);
      return tenant.db.transaction(async (tx) => {
        const phrase = await store.savePhrase(tx, { id: standardId(), languageTag, translation });
        await cache.changed(tx, '');
        return phrase;
      });
    },
    remove: async (tenant, languageTag) => {
      await tenant.db.transaction(async (tx) => {
        const { languageInfo } = await signInExperiences.lock(tx);
        if (languageInfo.fallbackLanguage === languageTag)
          throw new AldabaError('localization.cannot_delete_default_language', { languageTag });
        if ((await store.deletePhrase(tx, languageTag)) === 0) throw new AldabaError('entity.not_found');
        await cache.changed(tx, '');
      });
    },
    read: readWords,
    languages: async (tenant) =>
      [...((await cache.get(tenant.id, ''))?.values() ?? [])].map(({ tag }) => tag).filter(isLanguageTag),
    storedLanguages: async (q) =>
      (await store.findPhrases(q)).map(({ languageTag }) => languageTag).filter(isLanguageTag),
    words: async (tenant, languageTag) => (await cache.get(tenant.id, ''))?.get(languageTag.toLowerCase())?.words,
  };
}

function readWords(translation: Translation): Words {
  const words = flatten(translation);
  const unknown = words.flatMap(([key]) => (known.has(key) ? [] : [key]));
  if (unknown.length > 0)
    throw new AldabaError('localization.invalid_translation_structure', { keys: unknown.slice(0, 20) });
  return Object.fromEntries(words);
}

/** Flattens `{ signIn: { title: '…' } }` to `signIn.title`; an empty string means the built-in phrase. */
function flatten(translation: Translation, prefix = '', depth = 0): [string, string][] {
  return Object.entries(translation).flatMap(([name, value]): [string, string][] => {
    const key = `${prefix}${name}`;
    if (typeof value !== 'string') return depth < maximumDepth ? flatten(value, `${key}.`, depth + 1) : [[key, '']];
    return value === '' && known.has(key) ? [] : [[key, value]];
  });
}
