import { AldabaError } from '../kernel/errors.ts';
import { whyUnstorable } from '../kernel/storable.ts';
import type { Http } from './types.ts';

/** A form body, or the query of an authorization request: a repeated name keeps all its values. */
export type Form = Record<string, string | string[]>;

/** Maximum nesting depth of a body. */
const maximumDepth = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parsers for JSON and forms that return 400, never 500, for null bytes, invalid UTF-8 and deeply nested values. */
export function installBodyParsers(http: Http): void {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseJson(body),
  );
  http.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => parseForm(decode(body)),
  );
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (error) {
    throw new AldabaError('guard.invalid_input', { reason: 'the body is not valid UTF-8' }, { cause: error });
  }
}

/** @throws AldabaError `guard.invalid_input` */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AldabaError('guard.invalid_input', { reason: 'the body is not valid JSON' }, { cause: error });
  }
  const reason = whyUnstorable(value, maximumDepth);
  if (reason !== undefined) throw new AldabaError('guard.invalid_input', { reason });
  return value;
}

/** Parses `a=1&b=2`; the result has no prototype, so a field named `__proto__` is a normal field. */
export function parseForm(text: string): Form {
  const form: Form = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name.includes('\0') || value.includes('\0')) {
      throw new AldabaError('guard.invalid_input', { reason: 'a value contains a null character' });
    }
    // URLSearchParams replaces invalid UTF-8 by U+FFFD instead of failing.
    if (value.includes('\uFFFD') || name.includes('\uFFFD')) {
      throw new AldabaError('guard.invalid_input', { reason: 'the body is not valid UTF-8' });
    }
    const before = form[name];
    // In place: a copy for each of many values would take the square of the time.
    if (Array.isArray(before)) before.push(value);
    else form[name] = before === undefined ? value : [before, value];
  }
  return form;
}
