/**
 * Adaptive MFA: what makes a sign-in suspicious, so that a second factor is asked for.
 *
 * Owns the rules and the tables user_geo_locations and user_sign_in_countries: where people signed in from, as a trusted
 * proxy tells it of each request (`Place` in kernel/origin.ts). Does not own when the rules are asked, nor what follows from
 * a risk: that is the sign-in's. Enters through `assess` while a person signs in, and `record` when that is complete.
 */
export type { Risk } from './rules.ts';
export { type AdaptiveMfa, createAdaptiveMfa } from './service.ts';
