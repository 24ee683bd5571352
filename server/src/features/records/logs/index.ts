/**
 * The audit log: actions in a tenant, their actors, and whether they succeeded.
 *
 * Owns the table logs with its weekly partitions, the masking of data, and the retention (LOG_RETENTION_DAYS). Does not
 * own the choice of entries: the protocol, sign-in and webhooks call `write`, which does not delay a request: entries
 * are buffered in memory and written shortly after (docs/decisions/0009-the-audit-log-is-written-late.md). The
 * Management API enters through `routes.ts`.
 */
export { createLogs, type LogFilter, type Logs } from './service.ts';
export { createUserAgentParser } from './user-agents.ts';
