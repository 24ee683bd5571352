/** Sentences for rejected form fields, in the user's language. */
import type {
  ErrorCode,
  PageError,
  PageLanguage,
  PasswordIssue,
  PasswordRule,
  ProfileProblem,
  SignInExperienceSettings,
  UsernameIssue,
} from '@aldaba/contract';
import { errorSentence, type PhraseKey, phrase, relativeTime } from '@aldaba/pages';
import type { AldabaError } from '../../../kernel/errors.ts';

const phraseOfIssue: Record<PasswordIssue['code'] | UsernameIssue['code'], PhraseKey> = {
  'password_rejected.pwned': 'password.tooCommon',
  'password_rejected.too_short': 'password.tooShort',
  'password_rejected.too_long': 'password.tooLong',
  'password_rejected.character_types': 'password.tooSimple',
  'password_rejected.unsupported_characters': 'password.unsupported',
  'password_rejected.restricted.repetition': 'password.tooRepetitive',
  'password_rejected.restricted.sequence': 'password.tooRepetitive',
  'password_rejected.restricted.user_info': 'password.hasUserInfo',
  'password_rejected.restricted.words': 'password.hasWords',
  'username_rejected.too_short': 'username.tooShort',
  'username_rejected.too_long': 'username.tooLong',
  'username_rejected.starts_with_digit': 'username.startsWithDigit',
  'username_rejected.unsupported_characters': 'username.unsupported',
  'username_rejected.uppercase_not_allowed': 'username.noUppercase',
  'username_rejected.lowercase_not_allowed': 'username.noLowercase',
  'username_rejected.numbers_not_allowed': 'username.noNumbers',
  'username_rejected.underscore_not_allowed': 'username.noUnderscore',
};

const fieldOfCode: Partial<Record<ErrorCode, 'username' | 'password' | 'terms' | 'address' | 'code' | 'file'>> = {
  'user.username_already_in_use': 'username',
  'user.username_required': 'username',
  'user.password_required': 'password',
  'user.same_password': 'password',
  'user.terms_required': 'terms',
  'user.invalid_email': 'address',
  'user.invalid_phone': 'address',
  'session.email_blocklist.email_not_allowed': 'address',
  'session.email_blocklist.email_subaddressing_not_allowed': 'address',
  'session.email_blocklist.disposable_email_not_allowed': 'address',
  'verification_code.not_found': 'code',
  'verification_code.expired': 'code',
  'verification_code.code_mismatch': 'code',
  'verification_code.exceed_max_try': 'code',
  'session.mfa.invalid_totp_code': 'code',
  'session.mfa.invalid_backup_code': 'code',
  'guard.file_size_exceeded': 'file',
  'guard.mime_type_not_allowed': 'file',
  'storage.quota_exceeded': 'file',
};

/** The first rule that a username or a password violates, and the field it belongs to. */
function issueOf(
  error: AldabaError,
): { field: 'username' | 'password'; issue: PasswordIssue | UsernameIssue | undefined } | undefined {
  if (error.is('password.rejected')) return { field: 'password', issue: error.data.issues[0] };
  if (error.is('user.username_rejected') || error.is('user.username_uppercase_not_allowed'))
    return { field: 'username', issue: error.data.issues[0] };
  return undefined;
}

/** What a provider did, for pages that show its name. */
const phraseOfProvider: Partial<Record<ErrorCode, PhraseKey>> = {
  'connector.general': 'provider.error',
  'connector.invalid_config': 'provider.misconfigured',
  'connector.invalid_response': 'provider.unreadable',
  'connector.rate_limit_exceeded': 'provider.busy',
  'connector.usage_limit_exceeded': 'provider.busy',
  'connector.social_auth_code_invalid': 'provider.expired',
  'connector.social_invalid_access_token': 'provider.expired',
  'connector.social_invalid_id_token': 'provider.unreadable',
  'connector.authorization_failed': 'provider.declined',
  'connector.timeout': 'provider.timeout',
};

/** An error of a sign-in through a provider, as a sentence with the provider's name. */
export function providerErrorOf(error: AldabaError, language: PageLanguage, name: string): PageError {
  const sentence = phraseOfProvider[error.code];
  if (!sentence || name === '') return pageErrorOf(error, language);
  const told = error.data && 'errorDescription' in error.data ? error.data.errorDescription : undefined;
  const values = { name, errorDescription: typeof told === 'string' ? told : '' };
  return { code: error.code, message: phrase(language, sentence, values).trim() };
}

/** An error as a form shows it. */
export function pageErrorOf(error: AldabaError, language: PageLanguage): PageError {
  const { code } = error;
  const broken = issueOf(error);
  if (broken?.issue) {
    const { field, issue } = broken;
    const message = phrase(language, phraseOfIssue[issue.code], textsOf(issue.interpolation));
    return { field, code: issue.code, message };
  }
  if (error.is('guard.invalid_input') && error.data.field) {
    const { field, problem = 'wrongFormat' } = error.data;
    return { field, code, message: phrase(language, phraseOfProblem[problem], textsOf(error.data)) };
  }
  if (code === 'user.terms_required') return { field: 'terms', code, message: phrase(language, 'terms.required') };
  const field = fieldOfCode[code];
  return { ...(field ? { field } : {}), code, message: sentenceFor(error, language) };
}

/** Only the localized sentence. */
export function sentenceFor({ code, data }: Pick<AldabaError, 'code' | 'data'>, language: PageLanguage): string {
  const isTimed = data !== undefined && 'seconds' in data && typeof data.seconds === 'number';
  const time = isTimed ? { relativeTime: relativeTime(language, Number(data.seconds)) } : {};
  return errorSentence(language, code, { ...data, ...time });
}

const phraseOfProblem: Readonly<Record<ProfileProblem, PhraseKey>> = {
  missing: 'profile.missing',
  tooShort: 'profile.tooShort',
  tooLong: 'profile.tooLong',
  tooSmall: 'profile.tooSmall',
  tooLarge: 'profile.tooLarge',
  notNumber: 'profile.notNumber',
  notDate: 'profile.notDate',
  notUrl: 'profile.notUrl',
  notOffered: 'profile.notOffered',
  wrongFormat: 'profile.wrongFormat',
};

const textsOf = (values: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** The tenant's password policy in words, without rules that always hold. */
export function passwordRules(
  { passwordPolicy }: Pick<SignInExperienceSettings, 'passwordPolicy'>,
  language: PageLanguage,
): PasswordRule[] {
  const { length, characterTypes, rejects } = passwordPolicy;
  const counted = (key: PhraseKey, min: number): string => phrase(language, key, { min: String(min) });
  const other: [applies: boolean, key: PhraseKey][] = [
    [rejects.pwned, 'password.notCommon'],
    [rejects.repetitionAndSequence, 'password.noRepetition'],
    [rejects.userInfo, 'password.noUserInfo'],
    [rejects.words.length > 0, 'password.noWords'],
  ];
  const types = characterTypes.min;
  return [
    { text: counted('password.minLength', length.min), check: { minLength: length.min } },
    ...(types > 1 ? [{ text: counted('password.characterTypes', types), check: { minTypes: types } }] : []),
    ...other.flatMap(([applies, key]) => (applies ? [{ text: phrase(language, key) }] : [])),
  ];
}
