/**
 * Scripts: runs an operator's JavaScript behind walls.
 *
 * Owns the isolates that scripts run in: `service.ts` hands them out, `isolate.ts` is one, in a thread of its own. What a
 * script is for, what it is told and what its answer means belongs to the features that have scripts (custom-claims, actions);
 * they ask through `run`. There are no requests and no rows here.
 */
export type { Failed } from './outcome.ts';
export { createScripts, type Scripts } from './service.ts';
