/**
 * Setup: creates the first administrator without default credentials.
 *
 * Owns the table one_time_links and the page `/setup`. A link is created at the first start or on the command line, can
 * be used once within 30 minutes, and is stored as a hash. Using it and creating the user are one transaction. Does not
 * own users, roles or passwords. Works on the admin tenant only: links are rows of that tenant.
 */
export { createSetup } from './service.ts';
