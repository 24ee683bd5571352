/**
 * Access control: which users may use an application, where the operator limits that.
 *
 * Owns the tables application_access_… with the SQL function `may_use_application`, and
 * `/api/applications/:applicationId/access-control`. Does not own the switch (a column of the application) nor where the rules
 * are enforced: the protocol asks `mayUse`, or takes the function into a statement of its own, at every authorization and token.
 */
export { type AccessControlService, createAccessControl } from './service.ts';
