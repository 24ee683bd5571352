/**
 * Status: reports to load balancers and scripts that the server is up, and whether it is ready. The first check reads
 * nothing, so that a slow database does not take a working node out of service; the second checks the database, the
 * migrations, the keys and the clock.
 */
export { createReadiness, type Readiness } from './readiness.ts';
