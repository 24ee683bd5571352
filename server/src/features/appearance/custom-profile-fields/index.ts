/**
 * Custom profile fields: what people are asked for beside their identifiers when they create an account.
 *
 * Owns the table custom_profile_fields and the rules for a field by itself (`rules.ts`, pure). Which of them a sign-up
 * asks for is chosen in the sign-in experience (`asked.ts`). Sign-in pages read through `list`, which is cached; requests enter at `routes.ts`.
 */
export { createProfileFields, type ProfileFields } from './service.ts';
