/**
 * The account page: users see and change their own account in the browser that they are signed in with.
 *
 * Owns the pages under `/account` and their two cookies. Does not own a rule about accounts: every form calls the
 * services of the Account API (`../account/`), which decide what a field is open to and what needs a proof. A request
 * enters at `routes.ts`, whose harness (`requests.ts`) finds the user by the browser's session, refuses forms of other
 * sites, and leads to the sign-in or to the proof of ownership where one is needed.
 */
export { accountPageRoutes } from './routes.ts';
