import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectType,
} from 'kysely';
import type { Compilable } from './database.ts';
import type { Tables } from './schema.ts';

/** A row of a table as the driver reads it, or the named columns of one: the result of hand-written SQL. */
export type StoredRow<Table extends keyof Tables, Name extends keyof Tables[Table] = keyof Tables[Table]> = {
  [Column in Name]: SelectType<Tables[Table][Column]>;
};

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
