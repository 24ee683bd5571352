import { ipVersion } from '../../../kernel/addresses.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Tenant } from '../../../tenancy/index.ts';

/** The relying party of a passkey (Web Authentication section 4, RP ID), and the origin of the page that uses it. */
export interface RelyingParty {
  rpId: string;
  origin: string;
}

/**
 * Whether browsers can use passkeys at the tenant's address: a relying party ID is a domain, never an IP address, and
 * the page needs a secure context (Web Authentication Level 3 sections 4 and 13.4.9).
 */
export function supportsPasskeys({ baseUrl }: Pick<Tenant, 'baseUrl'>): boolean {
  const { hostname, protocol } = new URL(baseUrl);
  if (ipVersion(hostname.replace(/^\[|\]$/g, '')) !== 0) return false;
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost');
}

/**
 * By the configured address of the tenant: nothing that a request says of itself counts.
 * @throws AldabaError `session.mfa.webauthn_address_not_supported` where no browser could use a passkey
 */
export function relyingPartyOf(tenant: Pick<Tenant, 'baseUrl'>): RelyingParty {
  if (!supportsPasskeys(tenant)) throw new AldabaError('session.mfa.webauthn_address_not_supported');
  const { hostname, origin } = new URL(tenant.baseUrl);
  return { rpId: hostname, origin };
}
