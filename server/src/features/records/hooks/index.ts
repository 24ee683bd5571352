/**
 * Webhooks: notify a tenant's URLs of changes to its data and of its sign-ins.
 *
 * Owns the table hooks, the format of requests, and the retry schedule. Does not own the events: features emit them in
 * the transaction of their change, which also enqueues the delivery (jobs). Attempts are written to the audit log. The
 * Management API enters through `routes.ts`.
 */
export { createHooks } from './service.ts';
