/**
 * Sign-in experience: how people sign in to a tenant, and what the pages look like.
 *
 * Owns the table sign_in_experiences and the rules that the settings keep as a whole (`rules.ts`, pure). Does not own what
 * the settings mean in a sign-in (sign-in) nor connectors, of which it only asks which exist. Everybody reads through
 * `get`, which is cached; the Management API enters at `routes.ts`.
 */
export {
  createSignInExperienceReader,
  createSignInExperiences,
  type SignInExperiences,
  seedSignInExperience,
} from './service.ts';
