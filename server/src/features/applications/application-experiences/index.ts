/**
 * Application experiences: an application's branding on the hosted pages where it differs from the tenant's.
 *
 * Owns the table application_sign_in_experiences and `/api/applications/:applicationId/sign-in-experience`. Does not
 * own the tenant's branding (sign-in-experience) or pages. Pages enter through `lookOf`, which is cached, and
 * `applyBranding`.
 */
export type { Look } from './look.ts';
export { type ApplicationExperiences, createApplicationExperiences } from './service.ts';
