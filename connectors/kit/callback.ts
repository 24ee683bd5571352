import { ConnectorError } from './errors.ts';

/** RFC 6749 section 4.1.2.1 and its variants: the user said no. */
const declined: ReadonlySet<string> = new Set([
  'access_denied',
  'user_denied',
  'user_cancelled_login',
  'user_cancelled_authorize',
  'consent_required',
]);

/** Parameters that the browser brought back from the provider, which vouches for none of them. */
export const readParameters = (data: unknown): URLSearchParams => {
  const parameters = new URLSearchParams();
  const given = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  for (const [key, value] of given) if (typeof value === 'string') parameters.append(key, value);
  return parameters;
};

/** What an error in the callback means. The browser brought it: a code is repeated, sentences are not. */
export const callbackError = (provider: string, error: string): ConnectorError => {
  if (declined.has(error)) return new ConnectorError('authorization_failed');
  const told = /^[a-z_]{1,64}$/.test(error) ? `: ${error}` : '';
  return new ConnectorError('general', { errorDescription: `${provider} answered with an error${told}` });
};
