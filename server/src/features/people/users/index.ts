/**
 * Users: people and what identifies them.
 *
 * Owns the tables users, user_counts and user_identities, and the routes that answer users. Does not own how passwords are hashed
 * (passwords), which roles exist and who holds them (roles), nor sessions and grants, which it asks to end when a user is
 * suspended or deleted. Sign-in and the protocol enter through `createUsers`; the Management API through `routes.ts`. Statements of
 * others that find a user tell of the details as well by `withUserDetails`.
 */
export { createUsers, type Identity, type Users } from './service.ts';
export type { DetailedUser, HolderQuestion, HolderStatement, PasswordDigest, Subject, User } from './user.ts';
