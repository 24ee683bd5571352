/**
 * The dashboard: how many users a tenant has, how many are new, and how many were active.
 *
 * Owns the table daily_active_users, which the protocol feeds through `noteActive` whenever it issues a token for a person; it is
 * written a moment later. Reads, but does not own, users. The Management API enters through `routes.ts`.
 */
export { type Activity, createDashboard, type Dashboard } from './service.ts';
