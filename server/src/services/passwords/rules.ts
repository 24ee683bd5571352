import type { PasswordIssue } from '@aldaba/contract';
import { normalizePassword } from '../../kernel/text.ts';

/** A tenant's password rules; the member `passwordPolicy` of its sign-in experience. */
export interface PasswordPolicy {
  length: { min: number; max: number };
  /** Minimum number of character types (lowercase, uppercase, digits, others), 1 to 4. */
  characterTypes: { min: number };
  /** `pwned`: common passwords of the built-in list, and breached ones. */
  rejects: { pwned: boolean; repetitionAndSequence: boolean; userInfo: boolean; words: readonly string[] };
}

/** The user's data, to reject passwords that repeat it. */
export interface PasswordUserInfo {
  username?: string | null;
  email?: string | null;
  phone?: string | null;
  name?: string | null;
}

const shortestRun = 3;
const shortestInfo = 3;
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const lines = [...rows, ...rows.map((row) => [...row].reverse().join(''))];

/**
 * All violations of the policy; an empty list means the password is accepted. Lengths count Unicode characters.
 * Repetitions, sequences and user data are not forbidden as such: each counts as one character, and the password is
 * rejected if the rest is shorter than the minimum. Words of the operator's list are forbidden anywhere.
 * @param isBreached whether a password is in a list of breached ones
 */
export async function passwordIssues(
  policy: PasswordPolicy,
  typed: string,
  userInfo: PasswordUserInfo = {},
  isBreached: (password: string) => Promise<boolean> = async () => false,
): Promise<PasswordIssue[]> {
  const issues: PasswordIssue[] = [];
  const password = normalizePassword(typed);
  const characters = [...password];
  const { min, max } = policy.length;
  if (characters.length < min) issues.push({ code: 'password_rejected.too_short', interpolation: { min } });
  if (characters.length > max) issues.push({ code: 'password_rejected.too_long', interpolation: { max } });
  if (countTypes(password) < policy.characterTypes.min) {
    issues.push({ code: 'password_rejected.character_types', interpolation: { min: policy.characterTypes.min } });
  }
  if (/\p{Cc}/u.test(password)) issues.push({ code: 'password_rejected.unsupported_characters' });
  if (issues.length > 0) return issues;
  const others = [...weakIssues(policy, characters, userInfo), ...wordIssues(policy, password)];
  if (!policy.rejects.pwned) return others;
  // Another service is not asked about a password that is rejected anyway.
  const isKnown = (await isCommonPassword(password)) || (others.length === 0 && (await isBreached(password)));
  return isKnown ? [{ code: 'password_rejected.pwned' }, ...others] : others;
}

let commonest: Promise<ReadonlySet<string>> | undefined;

/** The list takes 2 MB of memory, so it is loaded on first use. */
async function isCommonPassword(password: string): Promise<boolean> {
  commonest ??= import('./popular-passwords.ts').then(({ popularPasswords }) => new Set(popularPasswords.split(/\s/)));
  return (await commonest).has(password.toLowerCase());
}

const countTypes = (password: string): number =>
  [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u].filter((type) => type.test(password)).length;

type Weakness = 'repetition' | 'sequence' | 'user_info';

function weakIssues(policy: PasswordPolicy, characters: string[], userInfo: PasswordUserInfo): PasswordIssue[] {
  const text = characters.map((character) => character.toLowerCase());
  const infos = policy.rejects.userInfo ? informationOf(userInfo) : [];
  const found = new Set<Weakness>();
  let remaining = 0;
  for (let at = 0; at < text.length; remaining += 1) {
    const lengths: [Weakness, number][] = [['user_info', longestPrefix(text, at, infos)]];
    if (policy.rejects.repetitionAndSequence) {
      lengths.push(['repetition', repetitionAt(text, at)], ['sequence', sequenceAt(text, at)]);
    }
    const [weakness, length] = lengths.reduce((best, next) => (next[1] > best[1] ? next : best));
    if (length > 0) found.add(weakness);
    at += Math.max(1, length);
  }
  if (remaining >= policy.length.min) return [];
  return [...found].map((weakness) => ({ code: `password_rejected.restricted.${weakness}` }));
}

const informationOf = ({ username, email, phone, name }: PasswordUserInfo): string[][] =>
  [username, email, email?.split('@')[0], phone, name, ...(name?.split(/\s+/) ?? [])]
    .filter((value): value is string => typeof value === 'string')
    .map((value) => [...value.toLowerCase()])
    .filter((value) => value.length >= shortestInfo);

const longestPrefix = (text: string[], at: number, candidates: string[][]): number =>
  Math.max(
    0,
    ...candidates
      .filter((candidate) => candidate.every((character, index) => text[at + index] === character))
      .map((candidate) => candidate.length),
  );

function repetitionAt(text: string[], at: number): number {
  let length = 1;
  while (text[at + length] === text[at]) length += 1;
  return length >= shortestRun ? length : 0;
}

/** Length of a sequence of the alphabet, the digits or a keyboard row, in either direction, that starts at `at`. */
function sequenceAt(text: string[], at: number): number {
  let longest = 0;
  for (const line of lines) {
    const start = line.indexOf(text[at] ?? '');
    if (start < 0) continue;
    let length = 1;
    while (at + length < text.length && start + length < line.length && line[start + length] === text[at + length])
      length += 1;
    longest = Math.max(longest, length);
  }
  return longest >= shortestRun ? longest : 0;
}

function wordIssues(policy: PasswordPolicy, password: string): PasswordIssue[] {
  const lower = password.toLowerCase();
  const found = policy.rejects.words.filter((word) => word !== '' && lower.includes(word.toLowerCase()));
  if (found.length === 0) return [];
  return [
    { code: 'password_rejected.restricted.words', interpolation: { words: found.join('\n'), count: found.length } },
  ];
}
