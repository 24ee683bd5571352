import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Compilable } from './database.ts';
import type { Tables } from './schema.ts';

/** Builds typed queries: `sql.selectFrom('users')…`. It has no connection; a `Queries` handle runs what it builds. */
export const sql = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const texts = new Map<string, string>();
const maximumTexts = 500;

/**
 * The SQL of a hot query whose columns vary, compiled once per `shape`, because compiling takes 20 to 60 µs. Its values
 * are in the order in which the query names them.
 */
export function textOf(shape: string, build: () => Compilable<unknown>): string {
  const known = texts.get(shape);
  if (known !== undefined) return known;
  const { sql: text } = build().compile();
  if (texts.size < maximumTexts) texts.set(shape, text);
  return text;
}
