/**
 * Trusted devices: browsers in which a user skips the second factor for a limited time.
 *
 * Owns the table trusted_devices, the credential in the browser's cookie, and the routes below
 * `/api/users/:userId/trusted-devices`. Does not own when a trusted device replaces the second factor (sign-in). The
 * Management API enters through `routes.ts`, sign-in through `createDeviceTrust`.
 */
export { createTrustedDevices } from './service.ts';
export { createDeviceTrust, type DeviceTrust, type HeldDevices } from './trust.ts';
