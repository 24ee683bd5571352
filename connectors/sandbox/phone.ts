import { escapeHtml, personaChoice } from './html.ts';
import type { Persona } from './personas.ts';
import type { SandboxOutcome } from './wechat.ts';

/**
 * Name of the cookie by which the phone page tells the server which phone it plays; the value is `android` or `ios`.
 * The server puts the bridge into a page only if the tenant's sandbox is on and the page is asked for by a frame
 * (`Sec-Fetch-Dest: iframe`).
 */
export const phoneCookie = 'aldaba_sandbox_phone';

/** Files of the sandbox's pages, in `connectors/sandbox/phone/`, to be served under `<basePath>/sandbox/`. */
export const phoneAssets: Readonly<Record<string, string>> = {
  'phone.js': 'text/javascript; charset=utf-8',
  'phone.css': 'text/css; charset=utf-8',
  'bridge-android.js': 'text/javascript; charset=utf-8',
  'bridge-ios.js': 'text/javascript; charset=utf-8',
  'continue.js': 'text/javascript; charset=utf-8',
};

/**
 * The policy of the phone page. The frame may show any site, because the app under test is one. Only the Console shows
 * the phone in a frame, and only where it has the same origin: elsewhere browsers keep the cookies back.
 */
export const phoneContentSecurityPolicy = (isFramed: boolean): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    'frame-src http: https:',
    "form-action 'none'",
    "base-uri 'none'",
    `frame-ancestors ${isFramed ? "'self'" : "'none'"}`,
  ].join('; ');

/** The phones that the page plays. */
export const phonePlatforms = ['android', 'ios'] as const;
export type PhonePlatform = (typeof phonePlatforms)[number];

/** What each outcome means to the person who picks it. */
export const outcomeLabels: Readonly<Record<SandboxOutcome, string>> = {
  success: 'Success',
  token_40029: '40029: WeChat does not know the code',
  token_40163: '40163: the code was used already',
  token_42003: '42003: the code has expired',
  token_timeout: 'No answer when the code is redeemed',
  token_garbage: 'A broken answer when the code is redeemed',
  token_500: 'HTTP 500 when the code is redeemed',
  profile_40001: '40001: the access token is refused',
  profile_40014: '40014: the access token is not valid',
  profile_timeout: 'No answer when the profile is read',
  profile_garbage: 'A broken answer when the profile is read',
  profile_500: 'HTTP 500 when the profile is read',
};

export interface PhonePage {
  /** The tenant's base path without trailing slash, '' at the root. */
  readonly basePath: string;
  readonly personas: readonly Persona[];
  readonly outcomes: readonly SandboxOutcome[];
  /** The address that the phone opens first: the sign-in of an app, e.g. the demo app. */
  readonly startUrl: string;
  readonly platform: PhonePlatform;
  /** Only the phone is shown, because the page is a frame of another one that chooses the platform. */
  readonly isFramed: boolean;
}

const platformNames: Readonly<Record<PhonePlatform, string>> = { android: 'Android', ios: 'iPhone' };

const platformChoice = (page: PhonePage): string =>
  phonePlatforms
    .map((platform) => {
      const checked = platform === page.platform ? ' checked' : '';
      return `
        <label><input type="radio" name="platform" value="${platform}"${checked}> ${platformNames[platform]}</label>`;
    })
    .join('');

const outcomeChoice = (outcome: SandboxOutcome): string => `
            <option value="${escapeHtml(outcome)}">${escapeHtml(outcomeLabels[outcome])}</option>`;

const consentCard = ({ personas, outcomes }: PhonePage): string => `
      <section class="consent" id="consent" role="dialog" aria-labelledby="consent-title" aria-describedby="consent-app" hidden>
        <h2 id="consent-title" tabindex="-1">Sign in with WeChat</h2>
        <p id="consent-app">The app asks for your nickname and your picture. <code id="app-id"></code></p>
        <form id="answer">
        <fieldset class="personas">
          <legend>Who is holding the phone</legend>${personas.map(personaChoice).join('')}
        </fieldset>
        <label class="field">What WeChat’s servers answer afterwards
          <select name="outcome" id="outcome">${outcomes.map(outcomeChoice).join('')}
          </select>
        </label>
        <p class="problem" id="problem" role="alert"></p>
        <div class="actions">
          <button type="submit" class="primary">Allow</button>
          <button type="button" id="refuse">Refuse</button>
        </div>
        </form>
      </section>`;

/** The page that plays the phone. Every value is escaped; scripts and styles are files (strict policy). */
export const phoneHtml = (page: PhonePage): string => {
  const asset = (name: string): string => escapeHtml(`${page.basePath}/sandbox/${name}`);
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>WeChat sandbox</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${asset('phone.css')}">
  <script type="module" src="${asset('phone.js')}"></script>
</head>
<body data-base-path="${escapeHtml(page.basePath)}" data-cookie="${phoneCookie}">
<div class="layout"${page.isFramed ? ' data-framed' : ''}>
  <main class="desk"${page.isFramed ? ' hidden' : ''}>
    <header>
      <p class="badge">Development only</p>
      <h1>WeChat sandbox</h1>
      <p>This page simulates a phone with your app and WeChat, and WeChat’s users. Nothing is sent to WeChat.</p>
    </header>
    <form id="open" class="open">
      <label class="field">Sign-in address of your app
        <input id="address" name="address" type="url" required spellcheck="false" autocomplete="url"
          value="${escapeHtml(page.startUrl)}" aria-describedby="address-hint">
      </label>
      <p class="hint" id="address-hint">Open your app under the same host name as this page, or the browser blocks its cookies.</p>
      <fieldset class="platforms">
        <legend>Phone</legend>${platformChoice(page)}
      </fieldset>
      <button type="submit" class="primary">Open on the phone</button>
    </form>
    <section aria-labelledby="events-title">
      <h2 id="events-title">What happened</h2>
      <ol id="events" class="events" tabindex="0" aria-labelledby="events-title" aria-live="polite" aria-relevant="additions"></ol>
    </section>
    <noscript><p class="problem">The phone needs JavaScript. Switch it on for this page.</p></noscript>
  </main>
  <section class="phone" aria-label="Phone">
    <div class="bar"><span class="lens" aria-hidden="true"></span><span id="where" class="where">No page open</span></div>
    <div class="screen">
      <iframe id="frame" title="Your app on the phone" referrerpolicy="strict-origin-when-cross-origin"></iframe>
      <div class="shade" id="shade" hidden></div>${consentCard(page)}
    </div>
  </section>
</div>
</body>
</html>
`;
};
