/**
 * The store: connection to PostgreSQL, migrations and caches. It owns connections, tenants' walls and constraint errors;
 * it owns no table: each feature's `store.ts` holds its own SQL. Enter through `openDatabase`, `migrate`, `startEmbedded`.
 */
export type { CacheRegistry } from './cache.ts';
export type { Database, Queries, Transaction } from './database.ts';
export type { Search } from './search.ts';
export type { Sweep } from './sweep.ts';
