/**
 * Users and their identifiers.
 *
 * Owns the tables users, user_identities, user_counts, user_list_keys and user_list_counts, and the routes that return
 * users. Does not own password hashing (passwords), roles and their assignment (roles), or sessions and grants, which
 * it revokes when a user is suspended or deleted. Sign-in and the protocol enter through `createUsers`; the Management
 * API through `routes.ts`. Statements of other features that find a user add the details with `withUserDetails`.
 */
export { createUsers, type Users } from './service.ts';
export type {
  DetailedUser,
  Identifier,
  Identity,
  PasswordDigest,
  Subject,
  SubjectQuery,
  SubjectStatement,
  User,
} from './user.ts';
