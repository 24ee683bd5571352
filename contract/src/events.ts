/** Webhook events and their payloads. */
export * from './hook-events.ts';
export * from './hook-payloads.ts';
