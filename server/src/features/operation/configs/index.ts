/**
 * Configs: what a tenant sets about its protocol as a whole: how long sessions live, which claims ID tokens carry, and
 * what a console remembers.
 *
 * Owns the tenant's settings `session`, `id-token` and `admin-console`, which the tenancy keeps and caches. Does not own keys
 * (oidc) nor scripts (custom-claims, actions), which stand beside it under `/api/configs`. The protocol asks through
 * `sessionTtl` and `idTokenClaims`; requests enter at `routes.ts`.
 */
export { type Configs, createConfigs } from './service.ts';
