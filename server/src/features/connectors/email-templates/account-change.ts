/** The built-in text of notices about a changed account, which an operator's template `AccountChange` replaces. */
import type { EmailTemplateDetails } from '@aldaba/contract';
import { negotiateLanguage, noticesOf } from '@aldaba/pages';
import type { AccountChange } from '../../../kernel/changes.ts';

/** @param languages in order of preference */
const languageOf = (languages: readonly string[]) =>
  negotiateLanguage({ uiLocales: languages.join(' '), autoDetect: false, fallback: 'en' });

/** @param languages in order of preference */
export function accountChangeTemplate(languages: readonly string[]): EmailTemplateDetails {
  const { subject, content } = noticesOf(languageOf(languages));
  return { subject, content, contentType: 'text/plain' };
}

/** What was changed, as one sentence. */
export function changeSentence(
  what: AccountChange,
  { locale, deletesAt, accountUrl }: { locale: string; deletesAt: number | undefined; accountUrl: string },
): string {
  const language = languageOf([locale]);
  const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { dateStyle: 'long', timeZone: 'UTC' });
  return noticesOf(language)
    .changes[what].replace('{date}', format.format(deletesAt ?? 0))
    .replace('{url}', accountUrl);
}
