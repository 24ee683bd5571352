/**
 * Setup: creates administrators from one-time links, without default credentials.
 *
 * Owns the table one_time_links and the page `/setup`. A link is created at the first start, on the command line, or by
 * an administrator who invites a colleague (team). It can be used once: within 30 minutes, or within the days that the
 * invitation says. It is stored as a hash. Using it and creating the user are one transaction. Does not own users,
 * roles or passwords. Works on the admin tenant only: links are rows of that tenant.
 */
export { createSetup, type Setup } from './service.ts';
