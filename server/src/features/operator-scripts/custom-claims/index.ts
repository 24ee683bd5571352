/**
 * Custom claims: an operator's scripts that add claims to access tokens, or reject them.
 *
 * Owns the tenant's settings `custom-claims/…` (sealed: environment variables contain secrets). Does not own the
 * isolates that scripts run in (isolates), their input, or the other claims of a token (the protocol). The protocol
 * enters through `run`; the Management API through `routes.ts`.
 */
export type { Outcome } from './outcome.ts';
export { type CustomClaims, createCustomClaims } from './service.ts';
