import type { OrganizationDomain } from '@aldaba/contract';
import type { ResolveTxt } from '../../../kernel/dns.ts';

/**
 * Whether the record that verifies a domain is in the DNS.
 * @throws Error if the DNS does not answer
 */
export async function isPublished(resolveTxt: ResolveTxt, { name, value }: OrganizationDomain['record']) {
  const records = await resolveTxt(name);
  // A record comes in chunks of 255 bytes (RFC 1035 section 3.3.14).
  return records.some((chunks) => chunks.join('').trim() === value);
}
