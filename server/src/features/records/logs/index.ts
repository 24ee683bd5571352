/**
 * The audit log: what was done in a tenant, by whom, and whether it succeeded.
 *
 * Owns the table logs with its weekly partitions, what is masked in it, and how long it is kept (LOG_RETENTION_DAYS). Does not own
 * what is worth an entry: the protocol, the sign-in and the webhooks call `write`, which costs a request nothing: entries are
 * gathered in memory and written a moment later (docs/decisions/0009-the-audit-log-is-written-late.md). The Management API enters
 * through `routes.ts`.
 */
export { createLogs, type LogFilter, type Logs } from './service.ts';
