/**
 * Configs: a tenant's settings for the protocol as a whole: session lifetime, extra claims of ID tokens, and the state
 * of a console.
 *
 * Owns the tenant's settings `session`, `id-token` and `admin-console`, which tenancy stores and caches. Does not own
 * keys (oidc) or scripts (custom-claims, actions), which are also below `/api/configs`. The protocol reads `sessionTtl`
 * and `idTokenClaims`; requests enter through `routes.ts`.
 */
export { type Configs, createConfigs } from './service.ts';
