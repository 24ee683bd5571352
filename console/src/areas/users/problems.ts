import { emailSchema, phoneSchema, usernameSchema } from '@aldaba/contract';
import type { userPhrases } from './phrases.ts';

type Translate = ReturnType<typeof userPhrases.use>;

interface Identifiers {
  username: string;
  primaryEmail: string;
  primaryPhone: string;
}

/** What is wrong with the identifiers of a form, by field; empty ones are not given. */
export const identifierProblems = ({ username, primaryEmail, primaryPhone }: Identifiers, t: Translate) => ({
  username: !username || usernameSchema.safeParse(username).success ? undefined : t('problems.username'),
  primaryEmail: !primaryEmail || emailSchema.safeParse(primaryEmail).success ? undefined : t('problems.email'),
  primaryPhone: !primaryPhone || phoneSchema.safeParse(primaryPhone).success ? undefined : t('problems.phone'),
});

/** Fields of refusals about identifiers. */
export const identifierFields = {
  'user.username_already_in_use': 'username',
  'user.email_already_in_use': 'primaryEmail',
  'user.invalid_email': 'primaryEmail',
  'user.phone_already_in_use': 'primaryPhone',
  'user.invalid_phone': 'primaryPhone',
} as const;

/** Takes the plus sign and the blanks that people write in phone numbers out of one. */
export const phoneDigits = (phone: string): string => phone.replace(/[\s()+-]/g, '');
