import { randomBytes } from 'node:crypto';
import {
  createProviderSandbox,
  createWechatSandbox,
  type ProviderReply,
  playedProviders,
} from '../../connectors/sandbox/index.ts';
import type { Visitor } from './browser.ts';

const wechatPages = [
  'https://open.weixin.qq.com/connect/qrconnect',
  'https://open.weixin.qq.com/connect/oauth2/authorize',
];
const wechatApi = 'https://api.weixin.qq.com';

/** Providers at their real addresses, for a server that has no sandbox: their pages and their servers. */
export interface ProviderPages {
  /** The network of the server. */
  outbound: typeof fetch;
  /** From now on, Mei has agreed at each provider that the browser is sent to, which sends it back at once. */
  agreeIn: (visitor: Visitor) => Promise<void>;
}

const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** What a provider sends the browser: a redirect, or a form that submits itself (OAuth 2.0 Form Post Response Mode). */
const answerOf = ({ redirectUri, parameters, responseMode }: ProviderReply) => {
  if (responseMode === 'query') {
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    return { responseCode: 302, responseHeaders: [{ name: 'location', value: target.href }] };
  }
  const inputs = Object.entries(parameters).map(
    ([name, value]) => `<input name="${name}" value="${attribute(value)}">`,
  );
  const html = `<form method="post" action="${attribute(redirectUri)}">${inputs.join('')}</form>
    <script>document.forms[0].submit()</script>`;
  return {
    responseCode: 200,
    responseHeaders: [{ name: 'content-type', value: 'text/html; charset=utf-8' }],
    body: Buffer.from(html).toString('base64'),
  };
};

export function playProviders(): ProviderPages {
  const world = { now: Date.now, random: () => randomBytes(24).toString('base64url') };
  const [wechat, others] = [createWechatSandbox(world), createProviderSandbox(world)];
  const approveAtWechat = ({ searchParams }: URL): ProviderReply => {
    const { appid = '', redirect_uri: redirectUri = '', state = '' } = Object.fromEntries(searchParams);
    const code = wechat.approve({ appId: appid, persona: 'mei', outcome: 'success' });
    return { redirectUri, parameters: { code, state }, responseMode: 'query' };
  };
  const agree = (address: string) =>
    wechatPages.some((page) => address.startsWith(`${page}?`))
      ? approveAtWechat(new URL(address))
      : others.agree({ address, persona: 'mei', outcome: 'success' });
  return {
    outbound: (input, init) => {
      const { origin } = new URL(input instanceof Request ? input.url : input);
      return (origin === wechatApi ? wechat : others).fetch(input, init);
    },
    async agreeIn({ context, page, complaints }) {
      // Routes of Playwright do not see requests that a redirect caused.
      const session = await context.newCDPSession(page);
      session.on('Fetch.requestPaused', ({ requestId, request }) => {
        const answer = async () =>
          session.send('Fetch.fulfillRequest', { requestId, ...answerOf(await agree(request.url)) });
        answer().catch((error) => {
          complaints.push(String(error));
          return session.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
        });
      });
      const pages = [...wechatPages, ...playedProviders.map(({ authorization }) => authorization)];
      await session.send('Fetch.enable', { patterns: pages.map((address) => ({ urlPattern: `${address}?*` })) });
    },
  };
}
