/**
 * Sign-in experience: how users sign in to a tenant, and the branding of the pages.
 *
 * Owns the table sign_in_experiences and the rules for the settings as a whole (`rules.ts`, pure). Does not own the
 * effect of the settings on a sign-in (sign-in) or connectors; it only checks which exist. Other modules read through
 * `get`, which is cached; the Management API enters through `routes.ts`.
 */
export {
  createSignInExperienceReader,
  createSignInExperiences,
  type SignInExperienceReader,
  type SignInExperiences,
  seedSignInExperience,
} from './service.ts';
