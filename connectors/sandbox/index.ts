/**
 * Stand-ins for the servers of WeChat and of OAuth providers, and for a phone, for tenants in development.
 *
 * Owns what the providers would answer, the page that plays the phone and the page where a user agrees at a provider.
 * Opens no port and keeps nothing on disk: the server hands `fetch` to the connectors of a tenant whose sandbox is on,
 * and serves the pages there only. Enters at `createWechatSandbox`, `createProviderSandbox`, `phoneHtml` and
 * `consentHtml`.
 */
export * from './consent.ts';
export * from './personas.ts';
export * from './phone.ts';
export type { PlayedProvider } from './played-provider.ts';
export * from './provider.ts';
export { findProvider, oidcIssuer, playedProviders } from './providers.ts';
export { type SigningAlgorithm, signingAlgorithms } from './signing.ts';
export * from './wechat.ts';
