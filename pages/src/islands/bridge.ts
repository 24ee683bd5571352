/**
 * The object that the Android and iOS apps put into their web view. On Android it is a property of `window` that
 * may land after the page's own scripts; on iOS it is a top-level `const`, which is not a property of `window`. So it
 * is read by its bare name, late, each time it is needed, and nothing here may declare that name.
 */
import type { NativeAbilities } from './filter.ts';

interface NativeSdk {
  platform?: unknown;
  getPostMessage?: () => ((message: object) => void) | undefined | null;
  supportedConnector?: { universal?: unknown; nativeTargets?: unknown };
  callbackLink?: unknown;
}

declare const logtoNativeSdk: NativeSdk | undefined;

const find = (): NativeSdk | undefined => {
  const sdk = typeof logtoNativeSdk === 'undefined' ? undefined : logtoNativeSdk;
  return sdk?.platform === 'ios' || sdk?.platform === 'android' ? sdk : undefined;
};

/** The function that sends a message to the app, if the app gives one. */
export const messenger = (): ((message: object) => void) | undefined => {
  const sdk = find();
  return (typeof sdk?.getPostMessage === 'function' ? sdk.getPostMessage() : undefined) ?? undefined;
};

/** The app's own link for coming back from a browser. */
export const callbackLink = (): string | undefined => {
  const link = find()?.callbackLink;
  return typeof link === 'string' && link !== '' ? link : undefined;
};

/** What the app around the page can do; `undefined` in an ordinary browser. */
export const abilities = (): NativeAbilities | undefined => {
  const sdk = find();
  if (!sdk) return undefined;
  const targets = sdk.supportedConnector?.nativeTargets;
  return {
    canPost: messenger() !== undefined,
    universal: sdk.supportedConnector?.universal === true,
    callbackLink: callbackLink() !== undefined,
    nativeTargets: Array.isArray(targets)
      ? targets.filter((target): target is string => typeof target === 'string')
      : [],
  };
};
