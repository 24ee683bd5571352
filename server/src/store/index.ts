/**
 * The store: connection to PostgreSQL, migrations and caches. It owns connections, tenants' walls and constraint errors;
 * it owns no table: each feature's `store.ts` holds its own SQL. Enter through `openDatabase`, `migrate`, `startEmbedded`.
 */
export { type Cache, type CacheRegistry, createCaches } from './cache.ts';
export { clockSkew, skewLimit, skewWarning } from './clock-skew.ts';
export { constraintOf } from './constraint.ts';
export { type Database, openDatabase, type Queries } from './database.ts';
export { sqlStateOf } from './failures.ts';
export { type Inspection, inspectDatabase } from './inspection.ts';
export { migrate } from './migrations.ts';
export { waitForDatabase } from './reach.ts';
export type { Tables } from './schema.ts';
export { type MatchMode, matchModes, type Search, type SearchTerm, searchCondition, searching } from './search.ts';
export { sql } from './sql.ts';
export { type Sweep, startSweeps } from './sweep.ts';
