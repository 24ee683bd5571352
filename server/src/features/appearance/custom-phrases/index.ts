/**
 * Custom phrases: an operator's own words for the hosted pages.
 *
 * Owns the table custom_phrases and the rule that only keys exist that the pages have. Does not own the built-in words (pages).
 * Pages ask through `words`, which is cached; requests enter at `routes.ts`.
 */
export { type CustomPhrases, createCustomPhrases } from './service.ts';
