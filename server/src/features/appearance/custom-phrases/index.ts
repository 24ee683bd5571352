/**
 * Custom phrases: an operator's own phrases for the hosted pages.
 *
 * Owns the table custom_phrases and the rule that only the pages' own keys are accepted. Does not own the built-in
 * phrases (pages). Pages read through `words`, which is cached; requests enter through `routes.ts`.
 */
export { type CustomPhrases, createCustomPhrases, type Words } from './service.ts';
