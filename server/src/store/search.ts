import { sql as fragment, type RawBuilder } from 'kysely';
import { AldabaError } from '../kernel/errors.ts';
import type { Queries } from './database.ts';
import { sqlStateOf } from './failures.ts';

/**
 * The comparison of a searched value. `like` supports `%` and `_`; the last two are PostgreSQL's own pattern languages.
 */
export const matchModes = ['like', 'exact', 'similar_to', 'posix'] as const;
export type MatchMode = (typeof matchModes)[number];

export interface SearchTerm {
  /** Fields of which at least one must match. */
  fields: readonly string[];
  /** Several values only with `exact`: at least one must match. */
  values: readonly string[];
  mode: MatchMode;
}

export interface Search {
  terms: readonly SearchTerm[];
  joint: 'or' | 'and';
  isCaseSensitive: boolean;
}

/**
 * The condition of a search, for `where`.
 * @param columns SQL column (qualified where needed) of each searchable field; fields come from a closed list, never
 *   from the client
 */
export function searchCondition(search: Search, columns: Readonly<Record<string, string>>): RawBuilder<boolean> {
  const terms = search.terms.map((term) => {
    const matches = term.fields.map((field) => {
      const column = columns[field];
      if (column === undefined) throw new Error(`The field ${field} cannot be searched.`);
      return match(fragment.ref(column), term, search.isCaseSensitive);
    });
    return fragment<boolean>`(${fragment.join(matches, fragment` or `)})`;
  });
  if (terms.length === 0) return fragment<boolean>`true`;
  return fragment<boolean>`(${fragment.join(terms, search.joint === 'and' ? fragment` and ` : fragment` or `)})`;
}

function match(column: RawBuilder<unknown>, term: SearchTerm, isCaseSensitive: boolean): RawBuilder<boolean> {
  const value = term.values[0] ?? '';
  switch (term.mode) {
    case 'exact':
      return isCaseSensitive
        ? fragment<boolean>`${column} = any(${[...term.values]}::text[])`
        : fragment<boolean>`(${fragment.join(
            term.values.map((item) => fragment<boolean>`${column} ilike ${literally(item)}`),
            fragment` or `,
          )})`;
    case 'similar_to':
      return fragment<boolean>`${column} similar to ${value}`;
    case 'posix':
      return isCaseSensitive ? fragment<boolean>`${column} ~ ${value}` : fragment<boolean>`${column} ~* ${value}`;
    default:
      return isCaseSensitive ? fragment<boolean>`${column} like ${value}` : fragment<boolean>`${column} ilike ${value}`;
  }
}

/**
 * A pattern that only the value itself matches. Unlike a comparison of `lower(…)`, it can use the search index.
 */
const literally = (value: string) => value.replace(/[\\%_]/g, '\\$&');

/** SQLSTATEs for a pattern that PostgreSQL cannot parse, or that exceeds the time limit of a search. */
const patternFaults = new Set(['2201B', '22025', '22019', '2200C', '57014', '54001']);

/**
 * Runs the queries of a search. A client can choose a pattern that is expensive to match, so patterns in PostgreSQL's
 * own languages have a limit of 3 s.
 * @throws AldabaError `request.invalid_input` for a pattern that cannot be parsed or takes too long
 */
export async function searching<T>(
  q: Queries,
  search: Search | undefined,
  work: (q: Queries) => Promise<T>,
): Promise<T> {
  if (!search?.terms.some((term) => term.mode === 'posix' || term.mode === 'similar_to')) return work(q);
  try {
    return await q.transaction(async (tx) => {
      await tx.raw("set local statement_timeout = '3s'");
      return work(tx);
    });
  } catch (error) {
    if (!patternFaults.has(sqlStateOf(error) ?? '')) throw error;
    throw new AldabaError(
      'request.invalid_input',
      { details: 'The pattern cannot be read, or takes too long to search for.' },
      { cause: error },
    );
  }
}
