/**
 * A validator's message as the rest of a sentence that begins with the value's name: "is missing", "must be a number".
 * Reads the English messages of zod 3 and 4, because published connector packages bring their own copy.
 */
const things: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const thing = (name: string): string => things[name] ?? name;

const rules: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^(?:Required|Invalid input: expected \S+, received undefined)$/i, () => 'is missing'],
  [/^(?:Invalid input: )?expected (\w+), received \w+$/i, (expected) => `must be ${thing(expected)}`],
  [/^Invalid input: expected (.+)$/, (expected) => `must be ${expected}`],
  [
    /^Invalid option: expected one of (.+)$/,
    (values) => `must be one of ${values.replaceAll('"', '').replaceAll('|', ', ')}`,
  ],
  [
    /^Invalid enum value. Expected (.+), received .*$/,
    (values) => `must be one of ${values.replaceAll("'", '').replaceAll(' | ', ', ')}`,
  ],
  [/^Invalid (?:email|email address)$/i, () => 'must be an email address such as name@example.com'],
  [/^Invalid url$/i, () => 'must be a URL such as https://example.com'],
  [/^Invalid string: must match pattern .*$/s, () => 'has another form than this field takes'],
  [/^Too small: expected string to have >=1 characters$/, () => 'must not be empty'],
  [/^String must contain at least 1 character\(s\)$/, () => 'must not be empty'],
  [/^Too small: expected \w+ to have >=?(\d+) (\w+)$/, (count, unit) => `must have at least ${count} ${unit}`],
  [/^Too big: expected \w+ to have <=?(\d+) (\w+)$/, (count, unit) => `must have at most ${count} ${unit}`],
  [
    /^String must contain at (least|most) (\d+) character\(s\)$/,
    (bound, count) => `must have at ${bound} ${count} characters`,
  ],
  [/^Too small: expected \w+ to be >=?(-?[\d.]+)$/, (minimum) => `must be at least ${minimum}`],
  [/^Too big: expected \w+ to be <=?(-?[\d.]+)$/, (maximum) => `must be at most ${maximum}`],
  [/^Unrecognized keys?: (.+)$/, (keys) => `has no ${keys.replaceAll('"', '')}`],
  [/^Invalid (?:input|key|element|value)\b.*$/, () => 'has another form than this field takes'],
];

export function plainRule(message: string): string {
  for (const [pattern, words] of rules) {
    const found = pattern.exec(message);
    if (found) return words(...found.slice(1));
  }
  return message.replace(/\.$/, '');
}
