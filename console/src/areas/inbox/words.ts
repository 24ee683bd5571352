import type { ListedInboxMessage } from '@aldaba/contract/routes';
import type en from './phrases/en.ts';
import { inboxPhrases } from './phrases.ts';

/** An address, or a phone number as users write it. */
export const recipientOf = ({ kind, to }: Pick<ListedInboxMessage, 'kind' | 'to'>): string =>
  kind === 'Sms' ? `+${to}` : to;

/** What a message was sent for, in the Console's language. */
export function useMessageWords() {
  const t = inboxPhrases.use();
  return {
    purposeOf: ({ type }: Pick<ListedInboxMessage, 'type'>): string => {
      const path = `types.${type}` as `types.${keyof typeof en.types}`;
      return t.has(path) ? t(path) : type;
    },
  };
}
