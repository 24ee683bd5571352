/**
 * User transfers: import and export of many users as lines of JSON.
 *
 * Owns the format of a line (`record.ts`), the readers for exports of other products (`sources/`) and the bulk
 * statements; the tables belong to users, roles and organizations. Does not own single users (users). The Management
 * API enters through `routes.ts`, the command line through `createUserTransfers`.
 */
export type { Line } from './lines.ts';
export { createUserTransfers, type UserTransfers } from './service.ts';
export type { Source } from './sources/index.ts';
