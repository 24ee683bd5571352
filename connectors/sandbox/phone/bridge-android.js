/*
 * Plays what the Android apps put into their web view: a property of `window`, and a handler that takes JSON text.
 * Does nothing outside a frame. The messages go to the phone page only, which is of the same origin.
 */
if (window.parent !== window) {
  window.SocialHandler = {
    postMessage: (json) => window.parent.postMessage(json, window.location.origin),
  };
  window.logtoNativeSdk = {
    platform: 'android',
    getPostMessage: () => (data) => window.SocialHandler.postMessage(JSON.stringify(data)),
    supportedConnector: { universal: true, nativeTargets: ['wechat'] },
    callbackLink: 'logto-callback://com.example.sandbox/web',
  };
}
