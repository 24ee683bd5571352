import type { Transaction } from '../../../store/index.ts';
import type { OrganizationJit } from '../../organizations/organization-jit/index.ts';
import type { SsoConnectors } from '../sso-connectors/index.ts';
import type { DomainKey } from './store.ts';

export interface WithdrawalNeeds {
  organizationJit: Pick<OrganizationJit, 'emailDomains' | 'removeEmailDomain' | 'connectors'>;
  ssoConnectors: Pick<SsoConnectors, 'withdrawDomain' | 'owned'>;
}

/** What ended with a domain, for the audit log. */
interface Withdrawn {
  hadJustInTime: boolean;
  /** Names of enterprise connectors. */
  connectors: readonly string[];
}

/**
 * Ends what a domain gave to an organization that lost it: its next owner gets addresses there, and must not join the
 * organization by them, nor be signed in by its identity provider. Members, accounts and linked identities stay.
 */
export async function withdrawDomain(
  { organizationJit, ssoConnectors }: WithdrawalNeeds,
  tx: Transaction,
  { organizationId, domain }: DomainKey,
): Promise<Withdrawn> {
  const joined = await organizationJit.emailDomains(tx, organizationId);
  const hadJustInTime = joined.some(({ emailDomain }) => emailDomain === domain);
  if (hadJustInTime) await organizationJit.removeEmailDomain(tx, organizationId, domain);
  const ids = (await organizationJit.connectors(tx, organizationId)).map(({ id }) => id);
  return { hadJustInTime, connectors: await ssoConnectors.withdrawDomain(tx, ids, domain) };
}
