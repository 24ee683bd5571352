/**
 * Custom profile fields: what sign-up asks for in addition to identifiers.
 *
 * Owns the table custom_profile_fields and the rules for a single field (`rules.ts`, pure). The sign-in experience
 * selects the fields that sign-up asks for (`asked.ts`). Sign-in pages read through `list`, which is cached; requests
 * enter through `routes.ts`.
 */
export { createProfileFields, type ProfileFields } from './service.ts';
