/**
 * Application experiences: how an application looks on the hosted pages, where that differs from its tenant.
 *
 * Owns the table application_sign_in_experiences and `/api/applications/:applicationId/sign-in-experience`. Does not own the
 * tenant's look (sign-in-experience) nor pages. Pages enter through `lookOf`, which is cached, and `dress`.
 */
export type { Look } from './look.ts';
export { type ApplicationExperiences, createApplicationExperiences } from './service.ts';
