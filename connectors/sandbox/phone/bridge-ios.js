/*
 * Plays what the iOS apps put into their web view: a top-level constant, which is no property of `window`, and a
 * handler that takes the object itself. Outside a frame it is undefined, as in a plain browser. The messages go to
 * the phone page only, which is of the same origin.
 */
// biome-ignore lint/correctness/noUnusedVariables: the sign-in page reads this constant by its name
const logtoNativeSdk =
  window.parent === window
    ? undefined
    : {
        platform: 'ios',
        getPostMessage: () => (data) => window.parent.postMessage(data, window.location.origin),
        supportedConnector: { universal: true, nativeTargets: ['wechat'] },
        callbackLink: 'logto-callback://web',
      };
