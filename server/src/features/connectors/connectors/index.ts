/**
 * Connectors: the external services (social sign-in, email, SMS) that a tenant has configured.
 *
 * Owns the table connectors with sealed configurations, the rules for having several (`rules.ts`), and loading
 * published packages from the connectors folder (`packages.ts`, behind one adapter). Does not own the connectors' code
 * (connectors/) or which of them sign-in offers (sign-in-experience). Sign-in enters through `social` and `instance`; a
 * connector's errors leave as the contract's. The Management API enters through `routes.ts`.
 */

export type { Session as ConnectorSession, SocialUserInfo } from '@aldaba/connectors/kit';
export { translateConnectorError } from './failures.ts';
export { loadConnectorPackages } from './packages.ts';
export { type BoundConnector, type Connectors, createConnectors, type SocialConnector } from './service.ts';
