/**
 * Sandbox: lets an operator try sign-in through WeChat and OAuth providers before they have approved an app.
 *
 * Owns the tenant's setting `sandbox`, the simulated providers of each tenant (in memory, this process only) and the
 * routes of the pages that simulate a phone and a provider. Does not own the providers' responses or the pages
 * (connectors/sandbox). Connectors get their network through `networkFor`; if the setting is off, the sandbox cannot be
 * reached.
 */
export { createSandbox, type Sandbox } from './service.ts';
