/** What is wrong with an address while it is typed. The server knows more rules, such as those for wildcards. */
import type { Application } from '@aldaba/contract/routes';

/** The key of the phrase that says why the address cannot be a redirect URI; undefined if it seems to be one. */
export function uriProblem(entry: string, type: Application['type']) {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(entry)?.[1]?.toLowerCase();
  if (scheme === undefined || /\s/.test(entry)) return 'invalidUri';
  if (entry.includes('#')) return 'uriFragment';
  if (scheme !== 'http' && scheme !== 'https') return type === 'Native' ? undefined : 'uriScheme';
  return URL.canParse(entry.replaceAll('*', 'x')) ? undefined : 'invalidUri';
}

/** Scheme and host, also of the web views of apps, such as `capacitor://localhost`. */
export const isOrigin = (entry: string): boolean => {
  if (!URL.canParse(entry) || entry.includes('*')) return false;
  const { protocol, host } = new URL(entry);
  return host !== '' && entry === `${protocol}//${host}`;
};
