/**
 * Actions: an operator's scripts that run during a sign-in. They may reject the user or change the user's data.
 *
 * Owns the tenant's settings `actions/…` (sealed: environment variables contain secrets), the effect of a script's
 * failure, and the format of its result. Does not own the isolates that scripts run in (isolates), or when a script
 * runs and how its result is applied: sign-in does, through `run`. The Management API enters through `routes.ts`.
 */
export { type Actions, createActions, type Verdict } from './service.ts';
