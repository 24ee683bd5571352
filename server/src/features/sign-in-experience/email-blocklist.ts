import type { ErrorCode, SignInExperience } from '@aldaba/contract';
import { emailKey, normalizeDomain } from '../../kernel/identifiers.ts';

type EmailBlocklistPolicy = SignInExperience['emailBlocklistPolicy'];

/**
 * Why the tenant takes no account with an email address; undefined if it does. What is on its allowlist is taken whatever the
 * rest says. Lists name whole addresses or domains (`example.com`, `@example.com`), without their subdomains.
 */
export async function emailBlockOf(policy: EmailBlocklistPolicy, email: string): Promise<ErrorCode | undefined> {
  const { customAllowlist = [], customBlocklist = [], blockSubaddressing, blockDisposableAddresses } = policy;
  const address = emailKey(email);
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const names = (entry: string) => [address, domain].includes(entryKey(entry.trim()));
  if (customAllowlist.some(names)) return undefined;
  if (customBlocklist.some(names)) return 'session.email_blocklist.email_not_allowed';
  if (blockSubaddressing && address.slice(0, at).includes('+'))
    return 'session.email_blocklist.email_subaddressing_not_allowed';
  if (blockDisposableAddresses && (await isDisposable(domain)))
    return 'session.email_blocklist.disposable_email_not_allowed';
  return undefined;
}

/** An entry of a list as addresses and domains are compared. */
function entryKey(entry: string): string {
  const name = entry.replace(/^@/, '');
  return name.includes('@') ? emailKey(name) : (normalizeDomain(name) ?? name.toLowerCase());
}

let disposableDomains: Promise<ReadonlySet<string>> | undefined;

/** The list is a megabyte in memory, so it is loaded when somebody first asks. */
async function isDisposable(domain: string): Promise<boolean> {
  disposableDomains ??= import('disposable-email-domains-js').then((list) => list.disposableEmailBlocklistSet());
  const domains = await disposableDomains;
  // These services take messages for any name below their own.
  for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) {
    if (domains.has(rest)) return true;
  }
  return false;
}
