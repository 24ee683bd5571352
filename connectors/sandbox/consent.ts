import { escapeHtml, personaChoice } from './html.ts';
import type { Persona } from './personas.ts';
import type { ProviderOutcome, ProviderReply } from './provider.ts';

/**
 * The policy of the page where a user agrees. It has no `form-action`: Chromium applies that to every redirect after
 * the form, and a sign-in that needs nothing more ends at the redirect URI of the application, on any origin.
 */
export const consentContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** What each outcome means to the operator who picks it. */
export const providerOutcomeLabels: Readonly<Record<ProviderOutcome, string>> = {
  success: 'Success',
  token_invalid_grant: 'The code is not valid any more',
  token_invalid_client: 'The client ID or the client secret is wrong',
  token_timeout: 'No answer when the code is redeemed',
  token_garbage: 'A broken answer when the code is redeemed',
  token_500: 'HTTP 500 when the code is redeemed',
  id_token_issuer: 'An ID token of another issuer',
  id_token_audience: 'An ID token for another client',
  id_token_expired: 'An ID token that has expired',
  id_token_nonce: 'An ID token of another sign-in (nonce)',
  id_token_signature: 'An ID token signed by an unknown key',
  profile_401: 'The access token is refused',
  profile_timeout: 'No answer when the profile is read',
  profile_garbage: 'A broken answer when the profile is read',
  profile_500: 'HTTP 500 when the profile is read',
};

export interface ConsentPage {
  /** The tenant's base path without trailing slash, '' at the root. */
  readonly basePath: string;
  readonly providerName: string;
  readonly personas: readonly Persona[];
  readonly outcomes: readonly ProviderOutcome[];
  /** Path and query that the form is sent to. */
  readonly action: string;
  readonly clientId: string;
  readonly scope: string;
}

const frame = (basePath: string, title: string, body: string): string => {
  const asset = (name: string): string => escapeHtml(`${basePath}/sandbox/${name}`);
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${escapeHtml(title)}</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="${asset('phone.css')}">
</head>
<body>
${body}
</body>
</html>
`;
};

const outcomeChoice = (outcome: ProviderOutcome): string => `
        <option value="${escapeHtml(outcome)}">${escapeHtml(providerOutcomeLabels[outcome])}</option>`;

/** The page that plays a provider's consent. Every value is escaped; it works without scripts. */
export const consentHtml = (page: ConsentPage): string => {
  const name = escapeHtml(page.providerName);
  const scope = page.scope === '' ? '' : ` It asks for <code>${escapeHtml(page.scope)}</code>.`;
  return frame(
    page.basePath,
    `${page.providerName} sandbox`,
    `<main class="single">
  <div>
    <p class="badge">Development only</p>
    <h1>Sign in with ${name}</h1>
    <p>This page simulates ${name} and its users. Nothing is sent to ${name}.</p>
  </div>
  <form method="post" action="${escapeHtml(page.action)}">
    <p>The client is <code>${escapeHtml(page.clientId)}</code>.${scope}</p>
    <fieldset class="personas">
      <legend>Sign in as</legend>${page.personas.map(personaChoice).join('')}
    </fieldset>
    <label class="field">What ${name} answers afterwards
      <select name="outcome">${page.outcomes.map(outcomeChoice).join('')}
      </select>
    </label>
    <div class="actions">
      <button type="submit" name="decision" value="agree" class="primary">Allow</button>
      <button type="submit" name="decision" value="decline">Refuse</button>
    </div>
  </form>
</main>`,
  );
};

/** The page that sends the answer on by POST (OAuth 2.0 Form Post Response Mode). */
export const formPostHtml = (basePath: string, { redirectUri, parameters }: ProviderReply): string => {
  const fields = Object.entries(parameters).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return frame(
    basePath,
    'Continue',
    `<main class="single">
  <form method="post" action="${escapeHtml(redirectUri)}">
    ${fields.join('\n    ')}
    <button type="submit" class="primary">Continue</button>
  </form>
</main>
<script type="module" src="${escapeHtml(`${basePath}/sandbox/continue.js`)}"></script>`,
  );
};
