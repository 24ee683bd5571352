/** What a tenant asks of usernames that people choose; the member `usernamePolicy` of its sign-in experience. Pure. */
import type { SignInExperienceSettings, UsernameIssue } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';

type UsernamePolicy = SignInExperienceSettings['usernamePolicy'];

/** Everything about a username that the rules refuse; an empty list means it is accepted. */
function usernameIssues(policy: UsernamePolicy, username: string): UsernameIssue[] {
  const { minLength: min, maxLength: max, allowedChars, caseSensitive } = policy;
  // Where case does not count a capital is stored in lowercase, so that either permission is enough.
  const letters = allowedChars.lowercase || allowedChars.uppercase;
  const rules: [isBroken: boolean, code: UsernameIssue['code'], interpolation?: Record<string, number>][] = [
    [username.length < min, 'username_rejected.too_short', { min }],
    [username.length > max, 'username_rejected.too_long', { max }],
    [/^\d/.test(username), 'username_rejected.starts_with_digit'],
    [/[^A-Za-z0-9_]/.test(username), 'username_rejected.unsupported_characters'],
    [
      /[A-Z]/.test(username) && !(caseSensitive ? allowedChars.uppercase : letters),
      'username_rejected.uppercase_not_allowed',
    ],
    [
      /[a-z]/.test(username) && !(caseSensitive ? allowedChars.lowercase : letters),
      'username_rejected.lowercase_not_allowed',
    ],
    [/\d/.test(username) && !allowedChars.numbers, 'username_rejected.numbers_not_allowed'],
    [username.includes('_') && !allowedChars.underscore, 'username_rejected.underscore_not_allowed'],
  ];
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, code, interpolation]) => ({ code, ...(interpolation ? { interpolation } : {}) }));
}

/**
 * A username that a person chose, in the form in which it is stored: in lowercase where case does not count.
 * @throws AldabaError `user.username_rejected`, or `user.username_uppercase_not_allowed` when that alone is wrong;
 *   `data.issues` has every reason
 */
export function chosenUsername(policy: UsernamePolicy, username: string): string {
  const issues = usernameIssues(policy, username);
  if (issues.length > 0) {
    const isUppercase = issues.every(({ code }) => code === 'username_rejected.uppercase_not_allowed');
    throw new AldabaError(isUppercase ? 'user.username_uppercase_not_allowed' : 'user.username_rejected', { issues });
  }
  return policy.caseSensitive ? username : username.toLowerCase();
}
