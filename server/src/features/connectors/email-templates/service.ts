import type { EmailTemplate, EmailTemplateDetails, EmailTemplateFilter, TemplateType } from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Queries } from '../../../store/index.ts';
import { atomic } from '../../../store/transaction.ts';
import { accountChangeTemplate } from './account-change.ts';
import * as store from './store.ts';

export interface EmailTemplates {
  list: (q: Queries, filter: EmailTemplateFilter) => Promise<EmailTemplate[]>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<EmailTemplate>;
  /** Stores the given templates and leaves the others unchanged. */
  save: (q: Queries, drafts: readonly Omit<store.NewTemplate, 'id'>[]) => Promise<EmailTemplate[]>;
  change: (q: Queries, id: string, details: Changed<EmailTemplateDetails>) => Promise<EmailTemplate>;
  remove: (q: Queries, id: string) => Promise<void>;
  /** @throws AldabaError `request.invalid_input` without a condition, which would delete all templates */
  removeAll: (q: Queries, filter: EmailTemplateFilter) => Promise<number>;
  /**
   * The text of a message: the template for the language or its primary language, otherwise for the fallback language;
   * if the usage has none, the same lookup for `Generic`. Notices of a changed account have no code, so that theirs is
   * the built-in text instead.
   */
  find: (q: Queries, type: string, languages: readonly string[]) => Promise<EmailTemplateDetails | undefined>;
}

type Changed<T> = { [Name in keyof T]?: T[Name] | undefined };

const accountChange: TemplateType = 'AccountChange';
const missing = (id: string) => new AldabaError('entity.not_exists_with_id', { name: 'e-mail template', id });

export function createEmailTemplates(): EmailTemplates {
  return {
    list: store.findTemplates,
    get: async (q, id) => {
      const template = await store.findTemplate(q, id);
      if (!template) throw missing(id);
      return template;
    },
    save: atomic(async (tx, drafts) => {
      const saved: EmailTemplate[] = [];
      for (const draft of drafts) saved.push(await store.saveTemplate(tx, { id: standardId(), ...draft }));
      return saved;
    }),
    change: async (q, id, details) => {
      const given = defined(details);
      const template = await store.mergeDetails(q, id, given);
      if (!template) throw missing(id);
      return template;
    },
    remove: async (q, id) => {
      if ((await store.deleteTemplates(q, { id })) === 0) throw missing(id);
    },
    removeAll: async (q, filter) => {
      if (filter.languageTag === undefined && filter.templateType === undefined)
        throw new AldabaError('request.invalid_input', { details: 'Name a languageTag or a templateType.' });
      return store.deleteTemplates(q, filter);
    },
    find: async (q, type, languages) => {
      const templates = await store.findTemplates(q, {});
      const tags = languages.flatMap((language) => [language, language.split('-', 1)[0] ?? language]);
      const isNotice = type === accountChange;
      for (const wanted of isNotice ? [type] : [type, 'Generic']) {
        const ofType = templates.filter(({ templateType }) => templateType === wanted);
        for (const tag of tags) {
          const found = ofType.find(({ languageTag }) => languageTag.toLowerCase() === tag.toLowerCase());
          if (found) return found.details;
        }
      }
      return isNotice ? accountChangeTemplate(languages) : undefined;
    },
  };
}
