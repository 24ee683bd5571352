/**
 * Connectors: the ways to other services (social sign-in, mail, messages) that a tenant has configured.
 *
 * Owns the table connectors with sealed configurations, the rules for having several (`rules.ts`), and loading published
 * packages from the connectors folder (`packages.ts`, behind one adapter). Does not own what a connector does (connectors/),
 * nor which of them sign-in offers (sign-in-experience). Sign-in enters through `social` and `instance`; a connector's
 * errors leave as the contract's. The Management API enters at `routes.ts`.
 */
export type { Session as ConnectorSession, SocialUserInfo } from '@aldaba/connectors/kit';
export { loadConnectorPackages } from './packages.ts';
export { type BoundConnector, type Connectors, createConnectors, type SocialConnector } from './service.ts';
