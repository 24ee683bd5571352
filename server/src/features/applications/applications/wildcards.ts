import { parse } from 'tldts';

/*
 * Addresses with `*`, for preview deployments. Registration and matching follow one rule: each `*` is a part of one
 * label of the host, never of the registrable domain, or of one segment of the path. Everything else is compared
 * exactly.
 */

/** An address with `*`, split after parsing, so that both sides of a comparison are normalized. */
interface Wildcard {
  protocol: string;
  port: string;
  labels: string[];
  segments: string[];
  search: string;
}

const starsOf = (text: string): number => text.split('*').length - 1;

/** The parts of an http(s) address with `*`, or why it cannot be registered, as words that follow "must". */
function readWildcard(uri: string): Wildcard | string {
  if (!/^https?:\/\/[^/]/i.test(uri) || !URL.canParse(uri)) return 'be a URL, with wildcards in its host or path only';
  const { protocol, username, password, hostname, port, pathname, search, hash } = new URL(uri);
  if (username || password) return 'not contain a user name or password';
  const labels = hostname.split('.');
  const segments = pathname.split('/');
  if (search.includes('*')) return 'not have a wildcard in the query';
  if (labels.some((label) => starsOf(label) > 1)) return 'have at most one wildcard in a part of the host name';
  const problem = domainProblem(labels);
  if (problem) return problem;
  if (segments.some((segment) => starsOf(segment) > 1)) return 'have at most one wildcard in a part of the path';
  // Parsing removes "/*/..": a registered address must show its real path.
  if (hash || starsOf(hostname) + starsOf(pathname) !== starsOf(uri)) return 'not have “..” or “#” beside a wildcard';
  return { protocol, port, labels, segments, search };
}

/** Letters and digits required beside a `*` directly below a public suffix. */
const leastFixed = 3;

/**
 * Names below a public suffix (https://publicsuffix.org) have different owners, and each receives the codes sent there.
 * So no `*` in the registrable domain: all names under `example.com` have one owner, those under `co.uk` do not.
 * Hosting services (`vercel.app`) are suffixes too, with preview deployments directly below: there a part of the label
 * must be fixed, as in `*-team.vercel.app`.
 */
function domainProblem(labels: readonly string[]): string | undefined {
  const host = labels.join('.').replaceAll('*', 'x');
  const { domain } = parse(host, { allowPrivateDomains: false });
  const registrable = domain === null ? labels : labels.slice(-Math.max(2, domain.split('.').length));
  if (registrable.some((label) => label.includes('*')))
    return 'not have a wildcard in the registrable domain, such as example.com or example.co.uk';
  const shared = parse(host, { allowPrivateDomains: true });
  if (!shared.isPrivate) return undefined;
  const own = labels.at(-(shared.publicSuffix ?? '').split('.').length - 1) ?? '*';
  const isOpen = own.includes('*') && own.replaceAll(/[^a-z0-9]/g, '').length < leastFixed;
  return isOpen
    ? `have ${leastFixed} letters or digits beside a wildcard directly below ${shared.publicSuffix}, which many share`
    : undefined;
}

/** Why an address with `*` cannot be registered; undefined if it can. */
export function wildcardProblem(uri: string): string | undefined {
  const wildcard = readWildcard(uri);
  return typeof wildcard === 'string' ? wildcard : undefined;
}

/** Whether a registered address with `*` matches an address without one. */
export function matchesWildcard(url: URL, registered: string): boolean {
  const wildcard = readWildcard(registered);
  return (
    typeof wildcard !== 'string' &&
    hasOrigin(url, wildcard) &&
    // No percent-encoding and no ";": a server could decode or cut them and see another path.
    fit(url.pathname.split('/'), wildcard.segments, /^[\w.~-]+$/) &&
    url.search === wildcard.search
  );
}

/** The same for the origin alone. */
export function matchesWildcardOrigin(origin: URL, registered: string): boolean {
  const wildcard = readWildcard(registered);
  return typeof wildcard !== 'string' && hasOrigin(origin, wildcard);
}

const hasOrigin = (url: URL, { protocol, port, labels }: Wildcard): boolean =>
  url.protocol === protocol && url.port === port && fit(url.hostname.split('.'), labels, /^[a-z0-9-]+$/);

/** Whether each part matches its pattern, with `star` matching each `*`. */
const fit = (parts: readonly string[], patterns: readonly string[], star: RegExp): boolean =>
  parts.length === patterns.length &&
  parts.every((part, index) => {
    const [before = '', after] = (patterns[index] as string).split('*');
    if (after === undefined) return part === before;
    const middle = part.slice(before.length, part.length - after.length);
    return part === `${before}${middle}${after}` && star.test(middle);
  });
