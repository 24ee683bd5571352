import type { SelectQueryBuilder } from 'kysely';
import type { Queries } from './database.ts';

/** Rows `offset` to `offset + limit` of a list. If omitted, the whole list. */
export interface Slice {
  limit: number;
  offset: number;
}

/** Some rows of a list, and their total number. */
export interface Listed<Item> {
  items: Item[];
  total: number;
}

/**
 * Runs the query of a list: one statement, and a second one that counts the rows if the slice does not reach their end.
 * @param query selects the columns, in order, without limit and offset
 */
export async function findList<Schema, Tables extends keyof Schema, Row, Item>(
  q: Queries,
  query: SelectQueryBuilder<Schema, Tables, Row>,
  { slice, toItem }: { slice: Slice | undefined; toItem: (row: Row) => Item },
): Promise<Listed<Item>> {
  const rows = await q.all(slice ? query.limit(slice.limit).offset(slice.offset) : query);
  const items = rows.map((row) => toItem(row));
  return { items, total: totalOf(items.length, slice) ?? (await count(q, query)) };
}

/** The total number of rows, if a slice with this many rows shows it: it is the whole list or reaches the end. */
export function totalOf(found: number, slice: Slice | undefined): number | undefined {
  if (!slice) return found;
  const isLast = found < slice.limit && (found > 0 || slice.offset === 0);
  return isLast ? slice.offset + found : undefined;
}

async function count<Schema, Tables extends keyof Schema, Row>(
  q: Queries,
  query: SelectQueryBuilder<Schema, Tables, Row>,
): Promise<number> {
  const counting = query
    .clearSelect()
    .clearOrderBy()
    .select((build) => build.fn.countAll().as('total'))
    .$castTo<{ total: number }>();
  return (await q.first(counting))?.total ?? 0;
}
