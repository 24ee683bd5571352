/**
 * Trusted devices: browsers in which a person is asked for no second factor for a while.
 *
 * Owns the table trusted_devices and the routes below `/api/users/:userId/trusted-devices`. Does not own when a browser
 * becomes one: that is the sign-in's, which makes none: nobody has any so far.
 * The Management API enters through `routes.ts`.
 */
export { createTrustedDevices, type TrustedDevices } from './service.ts';
