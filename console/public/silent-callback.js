// Hands the answer of a silent sign-in to the Console that framed this page (oidc-client-ts, IFrameWindow).
window.parent.postMessage(
  { source: 'oidc-client', url: window.location.href, keepOpen: false },
  window.location.origin,
);
