/**
 * Setup: how the first administrator comes to be, without default credentials.
 *
 * Owns the table one_time_links and the page `/setup`. A link is made at the first start or on the command line, is valid once
 * and for 30 minutes, and is kept as a hash. Using it and creating the user are one transaction. Does not own users, roles or
 * passwords. It is of use on the admin tenant only: links are rows of that tenant.
 */
export { createSetup, type Setup } from './service.ts';
