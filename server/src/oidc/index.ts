/**
 * The OpenID Connect and OAuth 2.0 core.
 *
 * Owns the protocol's endpoints under `/oidc` and the consent page; the tables signing_keys, sessions, grants,
 * authorization_codes, refresh_tokens, access_tokens and interactions; client authentication and the contents of
 * tokens. Does not own user authentication (sign-in reports it through `InteractionPort`), applications, users,
 * resources, roles or pages.
 *
 * A request enters through `routes.ts`. Read the two tables of steps first: `authorize/index.ts` and `token/index.ts`.
 * An authorization leaves as a redirect to the sign-in page or to the application, a token request as JSON.
 */

export { endOfUser } from './endings.ts';
export { requireAlgorithm } from './key-rotation.ts';
export type { OidcNeeds } from './needs.ts';
export { createOidc, type Oidc, oidcApiRoutes, oidcRoutes } from './oidc.ts';
export { endOfApplication } from './store/endings.ts';
