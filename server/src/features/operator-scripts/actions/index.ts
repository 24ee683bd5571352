/**
 * Actions: an operator's scripts that are asked during a sign-in. They may refuse the person, or change what is known of them.
 *
 * Owns the tenant's settings `actions/…` (sealed: environment variables hold secrets), how long a failure may stop people, and
 * what a script may return. Does not own the isolates that scripts run in (scripts), nor when a script is asked and what
 * becomes of its answer: that is the sign-in, which enters through `run`. The Management API enters at `routes.ts`.
 */
export { type Actions, createActions, type Verdict } from './service.ts';
