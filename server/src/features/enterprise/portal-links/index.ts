/**
 * Portal links: an operator's links that open the portal of one organization, and the session that each starts once.
 *
 * Owns the table portal_links: hashes of the secret and of the session, and how long both last. Does not own the pages
 * (`server/src/portal`) or what their parts change. The Management API enters through `routes.ts`; the pages exchange
 * the secret with `start` and resolve every request with `findSession`.
 */
export { createPortalLinks, type PortalLinks, type PortalSession, portalSessionLifetime } from './service.ts';
export { sweepPortalLinks } from './store.ts';
