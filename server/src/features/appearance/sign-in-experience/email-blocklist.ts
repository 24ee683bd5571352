import { domainToASCII } from 'node:url';
import type { ErrorCode, SignInExperience } from '@aldaba/contract';
import { emailKey, normalizeDomain } from '../../../kernel/identifiers.ts';

type EmailBlock = Extract<ErrorCode, `session.email_blocklist.${string}`>;
type EmailBlocklistPolicy = SignInExperience['emailBlocklistPolicy'];

/**
 * Why the tenant rejects an email address; undefined if it accepts it. Block rules take precedence over the allowlist;
 * if the allowlist is not empty, the address must be on it. Lists contain whole addresses or domains (`example.com`,
 * `@example.com`), without their subdomains. `*` matches any characters (`ana*@example.com`, `@*.example.com`).
 */
export async function emailBlockOf(policy: EmailBlocklistPolicy, email: string): Promise<EmailBlock | undefined> {
  const { customAllowlist = [], customBlocklist = [], blockSubaddressing, blockDisposableAddresses } = policy;
  const address = emailKey(email);
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const names = (entry: string) => isNamed(entryKey(entry.trim()), { address, domain });
  if (customBlocklist.some(names)) return 'session.email_blocklist.email_not_allowed';
  if (blockSubaddressing && address.slice(0, at).includes('+'))
    return 'session.email_blocklist.email_subaddressing_not_allowed';
  if (blockDisposableAddresses && (await isDisposable(domain)))
    return 'session.email_blocklist.disposable_email_not_allowed';
  return customAllowlist.length > 0 && !customAllowlist.some(names)
    ? 'session.email_blocklist.email_not_allowed'
    : undefined;
}

/** Compares the local parts and the domains separately, so `*` never spans the @. */
function isNamed(entry: string, { address, domain }: { address: string; domain: string }): boolean {
  const at = entry.lastIndexOf('@');
  if (!matchesWildcards(entry.slice(at + 1), domain)) return false;
  return at < 0 || matchesWildcards(entry.slice(0, at), address.slice(0, address.lastIndexOf('@')));
}

/** Linear in the length of the text per `*`: an operator's list must not slow down sign-ups. */
function matchesWildcards(pattern: string, text: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return pattern === text;
  if (text.length < start.length + end.length || !text.startsWith(start) || !text.endsWith(end)) return false;
  let from = start.length;
  const limit = text.length - end.length;
  for (const part of parts) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > limit) return false;
    from = found + part.length;
  }
  return true;
}

/** An entry in the form in which addresses and domains are compared. */
function entryKey(entry: string): string {
  const name = entry.replace(/^@/, '');
  if (!name.includes('*')) return name.includes('@') ? emailKey(name) : (normalizeDomain(name) ?? name.toLowerCase());
  const at = name.lastIndexOf('@');
  const labels = name.slice(at + 1).split('.');
  // Labels with a wildcard cannot be converted; the others may be international domain names.
  const domain = labels.map((label) => (label.includes('*') ? label : labelKey(label))).join('.');
  return `${name.slice(0, at + 1)}${domain}`.normalize('NFC').toLowerCase();
}

const labelKey = (label: string): string => domainToASCII(label) || label;

let disposableDomains: Promise<ReadonlySet<string>> | undefined;

/** The list takes 1 MB of memory, so it is loaded on first use. */
async function isDisposable(domain: string): Promise<boolean> {
  disposableDomains ??= import('disposable-email-domains-js').then((list) => list.disposableEmailBlocklistSet());
  const domains = await disposableDomains;
  // These services accept mail for every subdomain.
  for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
    if (domains.has(rest)) return true;
  }
  return false;
}
