/*
 * PostgreSQL's text and jsonb accept neither U+0000 nor unpaired surrogates, which JSON can escape. Input of users and
 * programs is rejected; a third-party service's data about a user is repaired, because the user cannot change it.
 */

/**
 * Why a JSON value cannot be stored, in names and values at any depth; undefined if it can.
 * @param maximumDepth accepted nesting depth
 */
export function whyUnstorable(value: unknown, maximumDepth: number): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'a value contains a null character';
    return value.isWellFormed() ? undefined : 'a value contains half of a surrogate pair';
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (maximumDepth < 0) return 'a value is nested too deeply';
  for (const [name, item] of Object.entries(value)) {
    const reason = whyUnstorable(name, 0) ?? whyUnstorable(item, maximumDepth - 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The value without null characters, and with U+FFFD in place of unpaired surrogates. */
export function makeStorable<T>(value: T): T;
export function makeStorable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '');
  if (Array.isArray(value)) return value.map((item) => makeStorable(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [makeStorable(name), makeStorable(item)]));
}
