/**
 * Account notices: an email to the user after a change of how to sign in to the own account.
 *
 * Owns the queue `account-notices`. Does not own the changes (the Account API, the account page and the recovery of a
 * password announce them as `account.changed`), the text (email-templates) or the delivery (connectors). A notice
 * enters in the transaction of its change and is sent by a job, so that it is neither lost nor sent for a change that
 * was rolled back.
 */
export { type AccountNoticesNeeds, startAccountNotices } from './service.ts';
