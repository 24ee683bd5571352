import type { User } from '../features/users/index.ts';
import type { Account } from './machine.ts';

/** What the machine needs to know of a user. */
export const accountOf = (user: User): Account => ({
  id: user.id,
  isSuspended: user.isSuspended,
  username: user.username !== null,
  email: user.primaryEmail !== null,
  phone: user.primaryPhone !== null,
  password: user.hasPassword,
  social: Object.keys(user.identities).length > 0,
  targets: Object.keys(user.identities),
});
