/** The values of the form: what the API has, with every member that an input shows. */
import type { SignInExperience, SignInExperienceChange } from '@aldaba/contract';
import { signInExperienceSettingsSchema } from '@aldaba/contract/routes';
import type { patternPhrases } from '../../patterns/phrases.ts';
import { linesOf } from '../../patterns/text-lines.tsx';
import { limitsOf, numberProblem } from '../../patterns/whole-number.tsx';

const { usernamePolicy, passwordPolicy, passwordExpiration, sentinelPolicy, verificationCodePolicy } =
  signInExperienceSettingsSchema.shape;
const usernames = usernamePolicy.unwrap().shape;
const { length, characterTypes } = passwordPolicy.unwrap().shape;
const sentinel = sentinelPolicy.unwrap().shape;
const codes = verificationCodePolicy.unwrap().shape;

/** What each whole number may be, by the path of its input. */
export const limits = {
  'usernamePolicy.minLength': limitsOf(usernames.minLength),
  'usernamePolicy.maxLength': limitsOf(usernames.maxLength),
  'passwordPolicy.length.min': limitsOf(length.unwrap().shape.min),
  'passwordPolicy.length.max': limitsOf(length.unwrap().shape.max),
  'passwordPolicy.characterTypes.min': limitsOf(characterTypes.unwrap().shape.min),
  'passwordExpiration.validPeriodDays': limitsOf(passwordExpiration.unwrap().shape.validPeriodDays),
  'sentinelPolicy.maxAttempts': limitsOf(sentinel.maxAttempts),
  'sentinelPolicy.lockoutDuration': limitsOf(sentinel.lockoutDuration),
  'verificationCodePolicy.expirationDuration': limitsOf(codes.expirationDuration),
  'verificationCodePolicy.maxRetryAttempts': limitsOf(codes.maxRetryAttempts),
};
type NumberPath = keyof typeof limits;

/** Numbers that have no default: the others are left to the server when they are empty. */
const needed: readonly NumberPath[] = [
  'usernamePolicy.minLength',
  'usernamePolicy.maxLength',
  'passwordPolicy.length.min',
  'passwordPolicy.length.max',
  'passwordPolicy.characterTypes.min',
];

const lists = {
  'passwordPolicy.rejects.words': { count: 1000, length: 128 },
  'emailBlocklistPolicy.customBlocklist': { count: 1000, length: 256 },
  'emailBlocklistPolicy.customAllowlist': { count: 1000, length: 256 },
};

/** Of a username, each allowed or not. */
export const characterKinds = ['lowercase', 'uppercase', 'numbers', 'underscore'] as const;

/** Paths of inputs, for refusals. */
export const inputs = [
  ...Object.keys(limits),
  ...Object.keys(lists),
  'usernamePolicy.allowedChars',
  'usernamePolicy.caseSensitive',
];

export type Values = ReturnType<typeof valuesOf>;

const empty = '' as number | string;

export const valuesOf = (saved: SignInExperience) => {
  const { passwordPolicy: policy, emailBlocklistPolicy: addresses } = saved;
  return {
    usernamePolicy: {
      ...saved.usernamePolicy,
      minLength: saved.usernamePolicy.minLength as number | string,
      maxLength: saved.usernamePolicy.maxLength as number | string,
    },
    passwordPolicy: {
      length: { min: policy.length.min as number | string, max: policy.length.max as number | string },
      characterTypes: { min: policy.characterTypes.min as number | string },
      rejects: { ...policy.rejects, words: policy.rejects.words.join('\n') },
    },
    passwordExpiration: {
      ...saved.passwordExpiration,
      enabled: saved.passwordExpiration.enabled ?? false,
      validPeriodDays: saved.passwordExpiration.validPeriodDays ?? empty,
    },
    sentinelPolicy: {
      maxAttempts: saved.sentinelPolicy.maxAttempts ?? empty,
      lockoutDuration: saved.sentinelPolicy.lockoutDuration ?? empty,
    },
    verificationCodePolicy: {
      expirationDuration: saved.verificationCodePolicy.expirationDuration ?? empty,
      maxRetryAttempts: saved.verificationCodePolicy.maxRetryAttempts ?? empty,
    },
    emailBlocklistPolicy: {
      blockDisposableAddresses: addresses.blockDisposableAddresses ?? false,
      blockSubaddressing: addresses.blockSubaddressing ?? false,
      customBlocklist: (addresses.customBlocklist ?? []).join('\n'),
      customAllowlist: (addresses.customAllowlist ?? []).join('\n'),
    },
  };
};

export const bodyOf = (values: Values) => {
  const { passwordPolicy: policy, passwordExpiration: expiration, emailBlocklistPolicy: addresses } = values;
  const { minLength, maxLength } = values.usernamePolicy;
  return {
    usernamePolicy: { ...values.usernamePolicy, minLength: Number(minLength), maxLength: Number(maxLength) },
    passwordPolicy: {
      length: { min: Number(policy.length.min), max: Number(policy.length.max) },
      characterTypes: { min: Number(policy.characterTypes.min) },
      rejects: { ...policy.rejects, words: linesOf(policy.rejects.words) },
    },
    passwordExpiration: { ...expiration, validPeriodDays: numberOf(expiration.validPeriodDays) },
    sentinelPolicy: {
      maxAttempts: numberOf(values.sentinelPolicy.maxAttempts),
      lockoutDuration: numberOf(values.sentinelPolicy.lockoutDuration),
    },
    verificationCodePolicy: {
      expirationDuration: numberOf(values.verificationCodePolicy.expirationDuration),
      maxRetryAttempts: numberOf(values.verificationCodePolicy.maxRetryAttempts),
    },
    emailBlocklistPolicy: {
      ...addresses,
      customBlocklist: linesOf(addresses.customBlocklist),
      customAllowlist: linesOf(addresses.customAllowlist),
    },
  } satisfies SignInExperienceChange;
};

const numberOf = (value: number | string): number | undefined => (value === '' ? undefined : Number(value));

/** @param noStart what is wrong when usernames could start with no character */
export function problemsOf(
  values: Values,
  t: ReturnType<typeof patternPhrases.use>,
  noStart: string,
): Record<string, string | undefined> {
  const isNeeded = (path: string) =>
    (needed as readonly string[]).includes(path) ||
    (path === 'passwordExpiration.validPeriodDays' && values.passwordExpiration.enabled);
  const problems: Record<string, string | undefined> = {};
  for (const [path, allowed] of Object.entries(limits)) {
    const value = at(values, path) as number | string;
    problems[path] = value === '' && isNeeded(path) ? t('form.required') : numberProblem(value, allowed, t);
  }
  for (const [path, allowed] of Object.entries(lists)) {
    const lines = linesOf(at(values, path) as string);
    const isLong = lines.length > allowed.count || lines.some((line) => line.length > allowed.length);
    problems[path] = isLong ? t('wrong.lines', allowed) : undefined;
  }
  const { min, max } = values.passwordPolicy.length;
  if (Number(min) > Number(max)) problems['passwordPolicy.length.max'] ??= t('wrong.range');
  const { minLength, maxLength, allowedChars } = values.usernamePolicy;
  if (Number(minLength) > Number(maxLength)) problems['usernamePolicy.maxLength'] ??= t('wrong.range');
  // A username must not start with a digit.
  const canStart = allowedChars.lowercase || allowedChars.uppercase || allowedChars.underscore;
  if (!canStart) problems['usernamePolicy.allowedChars'] = noStart;
  return problems;
}

const at = (values: Values, path: string): unknown =>
  path.split('.').reduce<unknown>((level, name) => (level as Record<string, unknown>)[name], values);
