import type { Client } from '../features/applications/index.ts';
import { isPublic } from './clients.ts';

/** Schemes that a browser would run, open or read instead of handing the answer to an application. */
const refusedSchemes = new Set([
  'about:',
  'blob:',
  'chrome:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'intent:',
  'javascript:',
  'jar:',
  'mailto:',
  'resource:',
  'tel:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
]);

/**
 * The address as a URL, if it may be redirected to at all: no control characters, blanks, backslashes, user information,
 * fragment (RFC 6749 section 3.1.2) or `*`, and a scheme that leads to an application. A parser would repair some of these
 * silently, which is how look-alikes pass.
 */
export function parseRedirectUri(text: string, client: Client): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u009f\\*#]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username || url.password || refusedSchemes.has(url.protocol)) return undefined;
  if (url.protocol === 'https:' || url.protocol === 'http:') return /^https?:\/\/[^/]/i.test(text) ? url : undefined;
  // Private-use schemes (RFC 8252 section 7.1) belong to apps on a device, never to a web server.
  return isPublic(client) ? url : undefined;
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

const pattern = /^(https?:)\/\/([^/?#:]+)(:\d+)?(\/[^?#]*)?(\?[^#]*)?$/i;

/**
 * Preview deployments: `*` stands for a part of one label of the host (never in the last two) or of one segment of the
 * path. Scheme, port and query are literal.
 */
function matchesWildcard(url: URL, entry: string): boolean {
  const parts = pattern.exec(entry);
  if (!parts) return false;
  const [, scheme = '', host = '', port = '', path = '/', query = ''] = parts;
  const labels = host.toLowerCase().split('.');
  if (labels.length < 3 || labels.slice(-2).some((label) => label.includes('*')) || query.includes('*')) return false;
  if (labels.some((label) => label.split('*').length > 2)) return false;
  const sameOrigin =
    url.protocol === scheme.toLowerCase() &&
    (url.port === port.slice(1) || (url.port === '' && isDefaultPort(scheme, port)));
  return (
    sameOrigin &&
    url.search === query &&
    fits(url.hostname, labels.join('.'), '[a-z0-9-]+') &&
    fits(url.pathname, path, '[^/]+')
  );
}

const isDefaultPort = (scheme: string, port: string): boolean =>
  (/^https:/i.test(scheme) && port === ':443') || (/^http:/i.test(scheme) && port === ':80');

/** The literal parts are escaped; a star takes the given characters only, so the expression runs in linear time. */
const fits = (text: string, wildcard: string, star: string): boolean =>
  new RegExp(
    `^${wildcard
      .split('*')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
      .join(star)}$`,
  ).test(text);

/** Whether a web origin belongs to one of the addresses (for CORS). */
export const hasOrigin = (origin: string, entries: readonly string[]): boolean =>
  entries.some((entry) => {
    if (!entry.includes('*')) return URL.canParse(entry) && new URL(entry).origin === origin;
    const parts = pattern.exec(entry);
    return parts !== null && matchesWildcard(new URL(origin), `${parts[1]}//${parts[2]}${parts[3] ?? ''}/`);
  });
