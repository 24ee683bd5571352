/**
 * Status: tells load balancers and scripts that the server is up, and whether it can serve. The first asks for nothing, so that a slow
 * database does not make a working node disappear; the second asks for the database, the migrations, the keys and the clock.
 */
export { createReadiness, type Readiness } from './readiness.ts';
