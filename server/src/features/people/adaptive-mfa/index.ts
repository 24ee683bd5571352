/**
 * Adaptive MFA: decides whether a sign-in is suspicious and needs a second factor.
 *
 * Owns the rules and the tables user_geo_locations and user_sign_in_countries: where users signed in from, as reported
 * by a trusted proxy (`Place` in kernel/origin.ts). Does not own when the rules run or what a risk leads to (sign-in).
 * Sign-in enters through `assess` during a sign-in and `record` when it is complete.
 */
export type { Risk } from './rules.ts';
export { type AdaptiveMfa, createAdaptiveMfa } from './service.ts';
export { deletePlaces } from './store.ts';
