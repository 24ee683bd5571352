/**
 * Custom claims: an operator's scripts that add claims to access tokens, or refuse them.
 *
 * Owns the tenant's settings `custom-claims/…` (sealed: environment variables hold secrets). Does not own the isolates that
 * scripts run in (scripts), what they are told and what a token says otherwise (the protocol). The protocol asks through `run`;
 * the Management API enters at `routes.ts`.
 */
export type { Outcome } from './outcome.ts';
export { type CustomClaims, createCustomClaims } from './service.ts';
