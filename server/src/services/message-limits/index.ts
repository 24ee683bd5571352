/**
 * Message limits: how many emails and text messages leave in an hour, because each costs money and a stranger can ask for them.
 *
 * Owns the table message_limits: counters by recipient, by the caller's address and network, and by tenant, shared by all nodes.
 * Does not send anything: verification codes, invitations and tests of connectors call `count` before they do.
 */
export { createMessageLimits, defaultMessageLimits, type MessageLimits, messageLimitsOf } from './service.ts';
export { sweepMessageLimits } from './store.ts';
