/**
 * Access control: which users may use an application with limited access.
 *
 * Owns the tables application_access_… with the SQL function `may_use_application`, and
 * `/api/applications/:applicationId/access-control`. Does not own the switch (a column of the application) or the
 * enforcement: at every authorization and token, the protocol calls `mayUse` or uses the function in its own statement.
 */
export { createAccessControl } from './service.ts';
