/** A tenant's rules for usernames that users choose; the member `usernamePolicy` of its sign-in experience. Pure. */
import type { SignInExperienceSettings, UsernameIssue } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';

type UsernamePolicy = SignInExperienceSettings['usernamePolicy'];

/** All violations of the username rules; an empty list means that the username is accepted. */
function usernameIssues(policy: UsernamePolicy, username: string): UsernameIssue[] {
  const { minLength: min, maxLength: max, allowedChars, caseSensitive } = policy;
  // If usernames are not case-sensitive, uppercase is stored as lowercase, so permission for either is enough.
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
 * A username that a user chose, in its stored form: lowercase unless usernames are case-sensitive.
 * @throws AldabaError `user.username_rejected`, or `user.username_uppercase_not_allowed` if that is the only violation;
 *   `data.issues` lists every reason
 */
export function chosenUsername(policy: UsernamePolicy, username: string): string {
  const issues = usernameIssues(policy, username);
  if (issues.length > 0) {
    const isUppercase = issues.every(({ code }) => code === 'username_rejected.uppercase_not_allowed');
    throw new AldabaError(isUppercase ? 'user.username_uppercase_not_allowed' : 'user.username_rejected', { issues });
  }
  return policy.caseSensitive ? username : username.toLowerCase();
}
