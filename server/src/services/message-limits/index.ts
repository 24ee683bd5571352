/**
 * Message limits: how many emails and text messages are sent per hour, because each costs money and anonymous callers
 * can request them.
 *
 * Owns the table message_limits: counters by recipient, by the caller's address and network, and by tenant, shared by
 * all nodes. Does not send anything: verification codes, invitations and connector tests call `count` before they send.
 */
export { createMessageLimits, defaultMessageLimits, type MessageLimits, messageLimitsOf } from './service.ts';
export { sweepMessageLimits } from './store.ts';
