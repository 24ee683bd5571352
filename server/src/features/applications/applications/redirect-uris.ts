import type { ApplicationType } from './client.ts';
import { wildcardProblem } from './wildcards.ts';

/*
 * Which addresses an application may register. Codes are sent to redirect URIs, so the schemes are restricted (RFC 9700
 * section 4.1): https, http, and private-use schemes for native apps (RFC 8252 section 7.1).
 */

/**
 * Schemes that a browser or the operating system handles itself: a code sent there would run as script, open a file or
 * be lost.
 */
const handledElsewhere = new Set([
  'about',
  'blob',
  'chrome',
  'chrome-extension',
  'content',
  'data',
  'file',
  'filesystem',
  'ftp',
  'gopher',
  'intent',
  'jar',
  'javascript',
  'mailto',
  'moz-extension',
  'ms-browser-extension',
  'resource',
  'sftp',
  'sms',
  'smb',
  'ssh',
  'tel',
  'telnet',
  'vbscript',
  'view-source',
  'ws',
  'wss',
  'xmpp',
]);

/** Whether a scheme is not handled by an application. `protocol` is as in `URL`, with its colon. */
export const isHandledElsewhere = (protocol: string): boolean => handledElsewhere.has(protocol.slice(0, -1));

/** Why a redirect URI or post sign-out URI cannot be registered, as words that follow "must"; undefined if it can. */
export function redirectUriProblem(uri: string, type: ApplicationType): string | undefined {
  // Browsers drop tabs and line breaks and read a backslash as a slash: a registered address must mean the same to
  // every parser.
  if (/[\s\\\p{C}]/u.test(uri)) return 'not contain spaces, backslashes or control characters';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'be an absolute URI';
  if (uri.includes('#')) return 'not have a fragment';
  if (scheme !== 'http' && scheme !== 'https') return customSchemeProblem(uri, scheme, type);
  if (!/^https?:\/\/[^/]/i.test(uri)) return 'start with https:// and a host';
  if (uri.includes('*')) return wildcardProblem(uri);
  if (!URL.canParse(uri)) return 'be a URL';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return 'not contain a user name or password';
  return undefined;
}

function customSchemeProblem(uri: string, scheme: string, type: ApplicationType): string | undefined {
  if (handledElsewhere.has(scheme)) return `not use the scheme ${scheme}`;
  if (type !== 'Native') return 'use https (or http); other schemes are for native applications';
  if (uri.includes('*')) return 'not have a wildcard';
  if (!URL.canParse(uri)) return 'be a URI';
  const url = new URL(uri);
  return url.username !== '' || url.password !== '' ? 'not contain a user name or password' : undefined;
}

/** Why an origin cannot be allowed for cross-origin requests. Origins are compared exactly: no wildcard, no path. */
export function corsOriginProblem(origin: string): string | undefined {
  const problem = 'be an origin like https://app.example.com, without a path';
  if (origin.includes('*') || !URL.canParse(origin)) return problem;
  const url = new URL(origin);
  // Schemes of web views (capacitor://localhost) have the opaque origin "null" here but send scheme and host.
  const expected = url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin;
  const isOrigin = url.host !== '' && !isHandledElsewhere(url.protocol) && origin === expected;
  return isOrigin ? undefined : problem;
}
