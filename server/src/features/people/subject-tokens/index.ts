/**
 * Subject tokens: short-lived values with which an operator's program lets an application act as a user
 *
 * (impersonation).
 * Owns the table subject_tokens and `POST /api/subject-tokens`. Does not own the exchange (oidc), which enters through
 * `find` and `consume`; the Management API enters through `routes.ts`.
 */
export { createSubjectTokens, type SubjectToken, type SubjectTokens } from './service.ts';
