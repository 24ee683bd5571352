/**
 * Isolates: runs an operator's JavaScript in a sandbox.
 *
 * Owns the isolates that scripts run in: `service.ts` manages them, `isolate.ts` is one, in its own thread. The
 * purpose, input and result of a script belong to the features with scripts (custom-claims, actions), which call `run`.
 * Has no routes and no tables.
 */
export type { Failed } from './outcome.ts';
export { createScripts, type Scripts } from './service.ts';
