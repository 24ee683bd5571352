/**
 * A stand-in for WeChat's servers and for a phone, for tenants in development.
 *
 * Owns what WeChat would answer and the page that plays the phone. Opens no port and keeps nothing on disk: the
 * server hands `fetch` to the WeChat connectors of a tenant whose sandbox is on, and serves the page and its assets
 * there only. Enters at `createWechatSandbox` and `phoneHtml`.
 */
export * from './personas.ts';
export * from './phone.ts';
export * from './wechat.ts';
