/**
 * Webhooks: tells addresses that a tenant names what happened to its data and in its sign-ins.
 *
 * Owns the table hooks, what a request to a receiver looks like, and when it is tried again. Does not own what happens: features
 * call `publish` in the transaction of their change, and the delivery is enqueued with it (jobs). Attempts are written to the
 * audit log. The Management API enters through `routes.ts`.
 */
export { createHooks, type Hooks } from './service.ts';
