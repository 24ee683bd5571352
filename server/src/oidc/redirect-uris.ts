import {
  type Client,
  isHandledElsewhere,
  matchesWildcard,
  matchesWildcardOrigin,
} from '../features/applications/index.ts';

/**
 * The address as a URL, if it may be redirected to at all: no control characters, blanks, backslashes, user information,
 * fragment (RFC 6749 section 3.1.2) or `*`, and a scheme that leads to an application. A parser would repair some of these
 * silently, which is how look-alikes pass.
 */
export function parseRedirectUri(text: string, client: Client): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u009f\\*#]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username || url.password || isHandledElsewhere(url.protocol)) return undefined;
  if (url.protocol === 'https:' || url.protocol === 'http:') return /^https?:\/\/[^/]/i.test(text) ? url : undefined;
  // Private-use schemes (RFC 8252 section 7.1) belong to apps on a device, never to a page or a web server.
  return client.type === 'Native' ? url : undefined;
}

/** Whether the client registered the address: the same URL after parsing, or one of the two exceptions of the wire contract. */
export function isRegisteredUri(text: string, registered: readonly string[], client: Client): boolean {
  const url = parseRedirectUri(text, client);
  return url !== undefined && registered.some((entry) => matches(url, entry, client));
}

function matches(url: URL, entry: string, client: Client): boolean {
  if (entry.includes('*')) return matchesWildcard(url, entry);
  if (!URL.canParse(entry)) return false;
  const known = new URL(entry);
  if (known.href === url.href) return true;
  // RFC 8252 section 7.3: an app on the device listens on whatever port is free.
  return client.type === 'Native' && isLoopback(known) && isLoopback(url) && withoutPort(known) === withoutPort(url);
}

const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

function withoutPort(url: URL): string {
  const copy = new URL(url);
  copy.port = '';
  return copy.href;
}

/** Whether a web origin belongs to one of the addresses (for CORS). */
export const hasOrigin = (origin: string, entries: readonly string[]): boolean =>
  entries.some((entry) => {
    if (entry.includes('*')) return matchesWildcardOrigin(new URL(origin), entry);
    return URL.canParse(entry) && new URL(entry).origin === origin;
  });
