/**
 * Inbox: receives the messages of a tenant in development that has no connector for them, so that codes and links can
 * be tried without an account at a provider.
 *
 * Owns the table inbox_messages (the newest 100 of the last 24 hours, sealed) and the tenant's setting `inbox`. Does
 * not own the choice of the sender (connectors, which enters through `isOpen` and `keep`). The Management API enters
 * through `routes.ts`, and the command line through `list`.
 */
export { createInbox, type Inbox } from './service.ts';
export { sweepInbox } from './store.ts';
