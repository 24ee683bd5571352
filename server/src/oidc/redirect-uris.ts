import type { Client } from '../features/applications/applications/index.ts';
import { isHandledElsewhere } from '../features/applications/applications/redirect-uris.ts';
import { matchesWildcard } from '../features/applications/applications/wildcards.ts';

/**
 * The parsed redirect URI, if it is safe: no control characters, blanks, backslashes, user information, fragment (RFC
 * 6749 section 3.1.2) or `*`, and a scheme that leads to an application. A parser would silently repair some of these,
 * which look-alikes exploit.
 */
function parseRedirectUri(text: string, client: Client): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u009f\\*#]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username || url.password || isHandledElsewhere(url.protocol)) return undefined;
  if (url.protocol === 'https:' || url.protocol === 'http:') return /^https?:\/\/[^/]/i.test(text) ? url : undefined;
  // Private-use schemes (RFC 8252 section 7.1) belong to native apps, never to a page or a web server.
  return client.type === 'Native' ? url : undefined;
}

/**
 * Whether the client registered the URI: compared as strings (OpenID Connect Core section 3.1.2.1, RFC 9700 section
 * 2.1), except for the port of a loopback address (RFC 8252 section 7.3) and the wildcards of the wire contract.
 */
export function isRegisteredUri(text: string, registered: readonly string[], client: Client): boolean {
  const url = parseRedirectUri(text, client);
  if (url === undefined) return false;
  const onDevice = client.type === 'Native' ? withoutLoopbackPort(text) : undefined;
  return registered.some((entry) => {
    if (entry === text) return true;
    if (entry.includes('*')) return isFilledIn(text, entry) && matchesWildcard(url, entry);
    return onDevice !== undefined && withoutLoopbackPort(entry) === onDevice;
  });
}

/**
 * Whether the string is the registered one with something in place of each `*`, without any normalization by parsing.
 */
function isFilledIn(text: string, entry: string): boolean {
  const path = /^https?:\/\/[^/]*/i.exec(entry)?.[0].length ?? 0;
  const pattern = entry.replaceAll(/[^\w]/gu, (character, at: number) => {
    if (character !== '*') return `\\u{${character.codePointAt(0)?.toString(16)}}`;
    return at < path ? '[a-z0-9-]+' : '[\\w.~-]+';
  });
  return new RegExp(`^${pattern}$`, 'u').test(text);
}

/** A native app listens on any free port. Undefined for URIs outside the loopback interface. */
function withoutLoopbackPort(text: string): string | undefined {
  const [, host, rest] = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?((?:[/?].*)?)$/.exec(text) ?? [];
  return host === undefined ? undefined : `${host}${rest}`;
}
