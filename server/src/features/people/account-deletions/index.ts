/**
 * Account deletions: accounts that their users asked to delete, until the grace period has passed.
 *
 * Owns the table account_deletions, the sweep that deletes the accounts that are due, and the routes
 * `/api/account-deletions` and `/api/users/:userId/deletion`. Does not own who may ask and how long the grace period is
 * (the account center) or what a deletion takes along (users). The account page enters through
 * `createAccountDeletions`, the Management API through `routes.ts`.
 */
export { type AccountDeletions, type AccountDeletionsNeeds, createAccountDeletions } from './service.ts';
