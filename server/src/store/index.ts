/**
 * The store: connection to PostgreSQL, migrations and caches. It owns connections, the isolation of tenants and
 * constraint errors, but no table: each feature's `store.ts` contains its own SQL. Enter through `openDatabase`,
 * `migrate`, `startEmbedded`.
 */
export type { CacheRegistry } from './cache.ts';
export type { Database, Queries, Transaction } from './database.ts';
export type { Search } from './search.ts';
export { deleteExpired, type Sweep } from './sweep.ts';
