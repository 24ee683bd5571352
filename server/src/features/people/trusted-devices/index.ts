/**
 * Trusted devices: browsers in which a user skips the second factor for a limited time.
 *
 * Owns the table trusted_devices and the routes below `/api/users/:userId/trusted-devices`. Sign-in does not create
 * trusted devices yet. The Management API enters through `routes.ts`.
 */
export { createTrustedDevices } from './service.ts';
