import type { SignInExperienceSettings } from '@aldaba/contract';

type UsernamePolicy = SignInExperienceSettings['usernamePolicy'];

/** What is wrong with a username by the tenant's rules, in English; undefined if nothing is. */
export function usernameProblem(policy: UsernamePolicy, username: string): string | undefined {
  const { lowercase, uppercase, numbers, underscore } = policy.allowedChars;
  if (username.length < policy.minLength) return `use at least ${policy.minLength} characters`;
  if (username.length > policy.maxLength) return `use at most ${policy.maxLength} characters`;
  if (!/^[A-Za-z_]\w*$/.test(username)) return 'use letters, digits and underscores, and start with no digit';
  if (!lowercase && /[a-z]/.test(username)) return 'small letters are not allowed';
  // Without regard to case a capital is kept as a small letter, so only the small one has to be allowed.
  if (!uppercase && policy.caseSensitive && /[A-Z]/.test(username)) return 'capital letters are not allowed';
  if (!numbers && /\d/.test(username)) return 'digits are not allowed';
  if (!underscore && username.includes('_')) return 'underscores are not allowed';
  return undefined;
}

/** The form in which a username that a person chooses is stored. */
export const canonicalUsername = (policy: UsernamePolicy, username: string): string =>
  policy.caseSensitive ? username : username.toLowerCase();
