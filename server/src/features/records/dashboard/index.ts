/**
 * The dashboard: the number of a tenant's users, new users and active users.
 *
 * Owns the table daily_active_users, which the protocol fills through `recordActive` when it issues a token for a user;
 * rows are written with a short delay. Reads, but does not own, users. The Management API enters through `routes.ts`.
 */
export { type Activity, createDashboard } from './service.ts';
