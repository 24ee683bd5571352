/**
 * Sandbox: lets an operator try sign-in through WeChat and OAuth providers before they have approved an app.
 *
 * Owns the tenant's setting `sandbox`, the stand-ins of each tenant (in memory, this process only) and the routes of the pages
 * that play a phone and a provider. Does not own what providers answer nor the pages (connectors/sandbox). Connectors get their
 * way out through `networkFor`; where the setting is off, nothing of the sandbox can be reached.
 */
export { createSandbox, type Sandbox } from './service.ts';
