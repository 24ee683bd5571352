/*
 * Plays a phone: the app around the web view, and WeChat on it. The frame is the web view; its page speaks through
 * the bridge (bridge-android.js or bridge-ios.js) exactly as it would to the real apps.
 */

const element = (id) => document.getElementById(id);
const frame = element('frame');
const consent = element('consent');
const answerForm = element('answer');
const { basePath, cookie } = document.body.dataset;

/** The request that waits for the person's answer: what the web view handed to the app. */
let pending;

const report = (text) => {
  const item = document.createElement('li');
  item.textContent = text;
  const events = element('events');
  events.append(item);
  events.scrollTop = events.scrollHeight;
};

/** What the apps post into the page when something fails; each platform has its own fields. */
const fail = (platform, code, { description, socialCode }) => {
  const error =
    platform === 'android'
      ? { type: 'error', code, ...(socialCode ? { socialCode, socialMessage: description } : {}) }
      : { type: 'error', code, description };
  frame.contentWindow.postMessage(error, window.location.origin);
  report(`The app told the page: ${code}. ${description}`);
};

const isWebAddress = (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The message as the app of that platform reads it, or the code of its complaint. */
const readMessage = (data) => {
  const platform = typeof data === 'string' ? 'android' : 'ios';
  let message = data;
  if (platform === 'android') {
    try {
      message = JSON.parse(data);
    } catch {
      // The app answers this with an error code; what the parser says is of no use to the page.
      return { platform, problem: 'invalid_json' };
    }
  }
  const { redirectTo, callbackUri } = message ?? {};
  if (typeof redirectTo !== 'string' || !URL.canParse(redirectTo)) return { platform, problem: 'invalid_redirect_to' };
  if (typeof callbackUri !== 'string' || !isWebAddress(callbackUri)) {
    return { platform, problem: 'invalid_callback_uri' };
  }
  return { platform, redirectTo: new URL(redirectTo), callbackUri: new URL(callbackUri) };
};

const showConsent = (request) => {
  pending = request;
  element('problem').textContent = '';
  element('app-id').textContent = request.appId;
  frame.inert = true;
  element('shade').hidden = false;
  consent.hidden = false;
  element('consent-title').focus();
};

const hideConsent = () => {
  pending = undefined;
  consent.hidden = true;
  element('shade').hidden = true;
  frame.inert = false;
  frame.focus();
};

const openWechat = ({ platform, redirectTo, callbackUri }) => {
  const needed = platform === 'ios' ? ['app_id', 'universal_link', 'state'] : ['app_id', 'state'];
  const missing = needed.filter((name) => !redirectTo.searchParams.get(name)?.trim());
  if (missing.length > 0) {
    const hint = missing.includes('universal_link') ? ' Fill in Universal Links in the connector.' : '';
    fail(platform, 'insufficient_information', { description: `Missing: ${missing.join(', ')}.${hint}` });
    return;
  }
  const appId = redirectTo.searchParams.get('app_id');
  report(`The app opened WeChat for ${appId}.`);
  showConsent({ platform, callbackUri, appId, state: redirectTo.searchParams.get('state') });
};

const receive = (data) => {
  const message = readMessage(data);
  const { platform, problem, redirectTo } = message;
  if (problem) return fail(platform, problem, { description: 'The page sent a message that the app cannot read.' });
  if (redirectTo.protocol === 'wechat:') return openWechat(message);
  if (/^https?:$/.test(redirectTo.protocol)) {
    return fail(platform, 'authentication_failed', {
      description: `The sandbox plays WeChat only; a real phone would open a browser at ${redirectTo.host}.`,
    });
  }
  if (platform === 'android') {
    return fail(platform, 'unknown_social_scheme', { description: `No app for ${redirectTo.protocol}` });
  }
  frame.src = 'about:blank';
  report(`The iPhone app closed the sheet: it knows no app for ${redirectTo.protocol}`);
};

window.addEventListener('message', (event) => {
  // Only the page of our own server in our own frame may speak; the app in the frame may be of any origin.
  if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return;
  if (pending === undefined) receive(event.data);
});

const approve = async ({ appId }) => {
  const choice = new FormData(answerForm);
  const response = await fetch(`${basePath}/sandbox/wechat/approve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId, persona: choice.get('persona'), outcome: choice.get('outcome') }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body.code;
};

/** The web view goes on where the app sends it. `replace` keeps the phone page's own Back button clean. */
const goTo = (address) => frame.contentWindow.location.replace(address);

answerForm.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (pending === undefined || answerForm.ariaBusy === 'true') return;
  answerForm.ariaBusy = 'true';
  const { platform, callbackUri, state } = pending;
  try {
    const code = await approve(pending);
    const answer = platform === 'ios' ? { code, state, language: 'en', country: 'CN' } : { code, state };
    for (const [name, value] of Object.entries(answer)) callbackUri.searchParams.set(name, value);
    hideConsent();
    report('WeChat gave the app a code, and the app took the page to its callback.');
    goTo(callbackUri.href);
  } catch (error) {
    element('problem').textContent = `The sandbox did not answer: ${error.message} Is it still switched on?`;
  } finally {
    answerForm.ariaBusy = 'false';
  }
});

const refuse = () => {
  if (pending === undefined) return;
  const { platform } = pending;
  hideConsent();
  // -4 is what WeChat's SDK reports when the person says no.
  fail(platform, 'authentication_failed', { description: 'The person refused.', socialCode: '-4' });
};
element('refuse').addEventListener('click', refuse);
consent.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') refuse();
});

frame.addEventListener('load', () => {
  let address;
  try {
    address = frame.contentWindow.location.href;
  } catch {
    // A page of another origin (the app under test) keeps its address to itself.
    address = undefined;
  }
  if (address === 'about:blank') return;
  element('where').textContent =
    address === undefined ? 'A page of your app' : new URL(address).host + new URL(address).pathname;
});

const open = () => {
  const form = new FormData(element('open'));
  const address = String(form.get('address'));
  if (!isWebAddress(address)) {
    report('The address must begin with http:// or https://.');
    return;
  }
  const secure = window.location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain http
  document.cookie = `${cookie}=${form.get('platform')}; Path=${basePath}/; SameSite=Lax${secure}`;
  if (pending !== undefined) hideConsent();
  document.documentElement.dataset.platform = form.get('platform');
  element('where').textContent = new URL(address).host;
  frame.src = address;
  report(`Opened ${address} on ${form.get('platform') === 'ios' ? 'an iPhone' : 'an Android phone'}.`);
};
element('open').addEventListener('submit', (event) => {
  event.preventDefault();
  open();
});
open();
