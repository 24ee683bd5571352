/**
 * The OpenID Connect and OAuth 2.0 core.
 *
 * Owns: the protocol's endpoints under `/oidc` and the consent page; the tables signing_keys, sessions, grants,
 * authorization_codes, refresh_tokens, access_tokens and interactions; who a client is (authentication) and what a token says.
 * Does not own: who a person is (sign-in tells it through `InteractionPort`), applications, users, resources, roles, pages.
 *
 * A request enters at `routes.ts`. `authorize/index.ts` and `token/index.ts` are the two tables of steps to read first;
 * an authorization leaves as a redirect to the sign-in page or to the application, a token request as JSON.
 */

export { endOfUser } from './endings.ts';
export { keyRoutes } from './endpoints/key-routes.ts';
export { userSessionRoutes } from './endpoints/user-session-routes.ts';
export { requireAlgorithm } from './key-rotation.ts';
export type { OidcNeeds } from './needs.ts';
export { consentRoutes, createOidc, type Oidc, oidcRoutes } from './oidc.ts';
export { endOfApplication } from './store/endings.ts';
