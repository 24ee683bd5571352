/**
 * Sandbox: lets an operator try WeChat sign-in before WeChat has approved their app.
 *
 * Owns the tenant's setting `sandbox`, one stand-in for WeChat per tenant (in memory, this process only) and the page that
 * plays a phone. Does not own what WeChat answers nor the page's files (connectors/sandbox). Connectors get their way out
 * through `fetchFor`; where the setting is off, nothing of the sandbox can be reached.
 */
export { createSandbox, type Sandbox } from './service.ts';
