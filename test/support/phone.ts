import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';
import { openBrowser, phoneScreen, type Visitor } from './browser.ts';

type Platform = 'android' | 'ios';

/** What the page asks the app to do. */
interface AppRequest {
  redirectTo: string;
  callbackUri: string;
}

/** What the user does when WeChat or Alipay opens: consents with an account (a code comes back), or refuses. */
type AtApp = (request: { appId: string }) => Promise<string> | 'refuses';
/** What the user does in the phone's browser, until that opens the app's callback link. */
type InBrowser = (address: string) => Promise<URL>;

export interface Phone extends Visitor {
  /** Every message that the page posted to the app, oldest first. */
  requests: AppRequest[];
  /** Changes what the person does at WeChat or Alipay from now on. */
  person: (atApp: AtApp) => void;
  /** Changes what the person does in the phone's browser from now on. */
  browser: (inBrowser: InBrowser) => void;
}

/**
 * When the bridge object is there: an Android app puts it in while the page loads, which may be before the page's own
 * scripts or after all of them. On iOS it always comes first.
 */
type Arrival = 'early' | 'late';

const bridgeOf = (targets: readonly string[]): Record<Platform, string> => ({
  // A Java object takes text only, and the SDK is a property of `window`.
  android: `
    window.SocialHandler = { postMessage: (text) => window.appReceives(String(text)) };
    window.logtoNativeSdk = {
      platform: 'android',
      getPostMessage: () => (data) => window.SocialHandler.postMessage(JSON.stringify(data)),
      supportedConnector: { universal: true, nativeTargets: ${JSON.stringify(targets)} },
      callbackLink: 'logto-callback://com.example.app/web',
    };`,
  // WebKit takes the object itself, and the SDK is a lexical constant: no property of \`window\`.
  ios: `
    window.webkit = { messageHandlers: { socialHandler: { postMessage: (data) => {
      if (typeof data !== 'object') throw new TypeError('The iOS app takes an object');
      window.appReceives(JSON.stringify(data));
    } } } };
    const logtoNativeSdk = {
      platform: 'ios',
      getPostMessage: () => (data) => window.webkit.messageHandlers.socialHandler.postMessage(data),
      supportedConnector: { universal: true, nativeTargets: ${JSON.stringify(targets)} },
      callbackLink: 'logto-callback://web',
    };
    // The iOS app posts its own counters, which pages ignore.
    addEventListener('load', () => window.postMessage(1, location.origin));`,
});

export interface PhoneOptions {
  platform: Platform;
  arrival?: Arrival;
  /** Social apps that are installed on the phone. */
  targets?: string[];
}

/** A web view in a native app with the social bridge, and the part of the app that opens WeChat. */
export async function openPhone({ platform, arrival = 'early', targets = ['wechat'] }: PhoneOptions): Promise<Phone> {
  const visitor = await openBrowser(phoneScreen);
  const { page, context } = visitor;
  const requests: AppRequest[] = [];
  const answers: Promise<void>[] = [];
  const acts: Acts = { atApp: () => 'refuses', inBrowser: () => assert.fail('The browser is not expected') };
  await page.exposeFunction('appReceives', (text: string) => {
    const request: AppRequest = JSON.parse(text);
    requests.push(request);
    const answered = answer({ page, platform, request, acts });
    answers.push(answered.catch((error) => void visitor.complaints.push(String(error))));
  });
  const bridge = bridgeOf(targets)[platform];
  if (arrival === 'early') await atDocumentStart(await context.newCDPSession(page), bridge);
  else await afterLoad(page, bridge);
  return {
    ...visitor,
    requests,
    person(next) {
      acts.atApp = next;
    },
    browser(next) {
      acts.inBrowser = next;
    },
    async close() {
      await Promise.all(answers);
      await visitor.close();
    },
  };
}

/**
 * Top-level script before any of the page's, in every frame: playwright's own init scripts would wrap a constant in a
 * function.
 */
async function atDocumentStart(session: CDPSession, source: string): Promise<void> {
  await session.send('Page.enable');
  await session.send('Page.addScriptToEvaluateOnNewDocument', { source });
}

async function afterLoad(page: Page, source: string): Promise<void> {
  page.on('load', () => {
    // A page that is left while it loads has no use for the bridge.
    page.evaluate(source).catch(() => undefined);
  });
}

interface Acts {
  atApp: AtApp;
  inBrowser: InBrowser;
}
interface Answering {
  page: Page;
  platform: Platform;
  request: AppRequest;
  acts: Acts;
}
/** The name of the code in the answer of the app that a scheme opens. */
const codeNames: Readonly<Record<string, string>> = { 'wechat:': 'code', 'alipay:': 'auth_code' };

/**
 * The app's part: reads the request, opens the other app or the browser, and takes the web view to the callback or
 * reports an error into it.
 */
async function answer({ page, platform, request, acts }: Answering): Promise<void> {
  const { protocol, searchParams } = new URL(request.redirectTo);
  if (protocol.startsWith('http')) {
    const { search } = await acts.inBrowser(request.redirectTo);
    await page.goto(request.callbackUri + search);
    return;
  }
  const codeName = codeNames[protocol];
  if (!codeName) return report(page, platform, { code: 'unknown_social_scheme' });
  const [appId, state, link] = ['app_id', 'state', 'universal_link'].map((name) => searchParams.get(name));
  const isLinkMissing = platform === 'ios' && protocol === 'wechat:' && !link;
  if (!appId || !state || isLinkMissing) return report(page, platform, { code: 'insufficient_information' });
  const outcome = acts.atApp({ appId });
  if (outcome === 'refuses') return report(page, platform, { code: 'authentication_failed', socialCode: '-4' });
  const callback = new URL(request.callbackUri);
  callback.searchParams.set(codeName, await outcome);
  callback.searchParams.set('state', state);
  if (platform === 'ios') {
    callback.searchParams.set('language', 'zh_CN');
    callback.searchParams.set('country', 'CN');
  }
  await page.goto(callback.href);
}

/** Posts an error into the page, each platform with its own fields. */
async function report(page: Page, platform: Platform, problem: { code: string; socialCode?: string }): Promise<void> {
  const { code, socialCode } = problem;
  const words = socialCode ? 'The person refused.' : undefined;
  const error =
    platform === 'ios'
      ? { type: 'error', code, description: words }
      : { type: 'error', code, socialCode, socialMessage: words };
  const target = platform === 'ios' ? ', location.origin' : '';
  await page.evaluate(`window.postMessage(${JSON.stringify(error)}${target})`);
}
