/** What metadata that is read again may change by itself. Pure. */
import type { SsoWarning } from '@aldaba/contract';
import { certificateFingerprint, expiryOf, type IdentityProviderMetadata } from '../../../services/saml/index.ts';

/** Why the metadata that a provider publishes now is not used. */
export interface MetadataProblem {
  code: Extract<SsoWarning['code'], `metadata_${string}`>;
  message: string;
}

/**
 * The address is all that an operator trusted, and what it answers decides who signs in. A provider replaces its keys
 * and addresses there; another provider, a weaker address or keys that have ended are for an operator to confirm.
 */
export function refuseChange(
  stored: IdentityProviderMetadata,
  published: IdentityProviderMetadata,
  now: number,
): MetadataProblem | undefined {
  const refused = (message: string): MetadataProblem => ({ code: 'metadata_refused', message });
  if (published.entityId !== stored.entityId)
    return refused(`The document is of another entity, ${published.entityId.slice(0, 200)}.`);
  const addresses = [published.singleSignOnUrl, published.singleLogoutUrl, published.singleLogoutResponseUrl];
  if (isSecure(stored.singleSignOnUrl) && !addresses.every((url) => url === undefined || isSecure(url)))
    return refused('An address no longer starts with https.');
  const isKnown = (certificate: string) => stored.certificates.includes(certificate);
  const haveEnded = published.certificates.every((certificate) => expiryOf(certificate) <= now);
  if (haveEnded && !published.certificates.every(isKnown)) return refused('All certificates have expired.');
  return undefined;
}

const isSecure = (url: string): boolean => new URL(url).protocol === 'https:';

/** What is different, for the audit log; undefined if nothing is. */
export function describeChange(
  stored: IdentityProviderMetadata,
  published: IdentityProviderMetadata,
): Record<string, unknown> | undefined {
  const { certificates: before, ...members } = stored;
  const { certificates: after, ...published_ } = published;
  const names = [...new Set([...Object.keys(members), ...Object.keys(published_)])] as (keyof typeof members)[];
  const changed = names.filter((name) => members[name] !== published_[name]).sort();
  const added = after.filter((certificate) => !before.includes(certificate)).map(certificateFingerprint);
  const removed = before.filter((certificate) => !after.includes(certificate)).map(certificateFingerprint);
  if (changed.length + added.length + removed.length === 0) return undefined;
  return { changed, certificatesAdded: added, certificatesRemoved: removed };
}
