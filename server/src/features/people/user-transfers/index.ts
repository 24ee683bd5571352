/**
 * User transfers: many users in and out at once, as lines of JSON.
 *
 * Owns the form of a line (`record.ts`), the files of other products (`sources/`) and the statements that store many users at
 * once; the tables are those of users, roles and organizations. Does not own single users (users). The Management API enters
 * through `routes.ts`, the command line through `createUserTransfers`.
 */
export type { Line } from './lines.ts';
export { createUserTransfers, type UserTransfers } from './service.ts';
export type { Source } from './sources/index.ts';
