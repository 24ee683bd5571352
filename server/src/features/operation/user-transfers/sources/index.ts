/** Exports of other products as import lines. Each reader is a pure function from a foreign user to a line. */
import { type Line, splitLines } from '../lines.ts';
import { fromAuth0 } from './auth0.ts';
import { fromDjango } from './django.ts';
import { fromFirebase, type HashParameters } from './firebase.ts';
import { fromKeycloak } from './keycloak.ts';

export const sources = ['aldaba', 'logto', 'auth0', 'firebase', 'keycloak', 'django'] as const;
export type Source = (typeof sources)[number];

export interface SourceOptions {
  /** Firebase: the hash parameters of the project. */
  hashParameters?: HashParameters | undefined;
}

type Json = Record<string, unknown>;

const readers: Record<Exclude<Source, 'aldaba'>, (user: Json, options: SourceOptions) => object> = {
  logto: (user) => user,
  auth0: fromAuth0,
  firebase: (user, { hashParameters }) => fromFirebase(user, hashParameters),
  keycloak: fromKeycloak,
  django: fromDjango,
};

/**
 * The users of a file: one JSON object per line, an array, or a document with an array in `users`. The last two are
 * read into memory as a whole. Numbers are line numbers or array positions.
 * @throws SyntaxError if the file is not JSON of these forms
 */
export async function* readSource(
  source: Source,
  chunks: AsyncIterable<Buffer>,
  options: SourceOptions = {},
): AsyncGenerator<Line> {
  if (source === 'aldaba') return yield* splitLines(chunks);
  const read = readers[source];
  const convert = (user: Json): string => JSON.stringify(read(user, options));
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const text = Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const whole = parse(text);
  if (whole === undefined || isLine(whole)) {
    for await (const line of splitLines([Buffer.from(text)] as never)) {
      const user = line.text === undefined ? undefined : parse(line.text);
      yield { number: line.number, text: isObject(user) ? convert(user) : line.text };
    }
    return;
  }
  const users = Array.isArray(whole) ? whole : (whole as { users: unknown[] }).users;
  for (const [at, user] of users.entries())
    yield { number: at + 1, text: isObject(user) ? convert(user) : JSON.stringify(user) };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** A file with a single line is also a document. */
const isLine = (value: unknown): boolean => isObject(value) && !Array.isArray(value.users);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not one document: the import reports the invalid line
  }
}
