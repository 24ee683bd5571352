/** The domains whose email addresses a provider answers for: it hosts their mailboxes. Pure. */
import type { SocialUserInfo } from '@aldaba/connectors/kit';
import type { ConnectorRow } from './views.ts';

/** The domains of the kind of connector, of the operator, and the one that the provider names with the user. */
export function emailDomainsOf(
  { kind, emailDomains }: Pick<ConnectorRow, 'kind' | 'emailDomains'>,
  { rawData }: SocialUserInfo,
): readonly string[] {
  const { domains = [], claim } = kind.metadata.emailAuthority ?? {};
  const told = claim !== undefined && typeof rawData === 'object' ? (rawData as Record<string, unknown> | null) : null;
  const named = claim === undefined ? undefined : told?.[claim];
  return [...domains, ...emailDomains, ...(typeof named === 'string' ? [named.toLowerCase()] : [])];
}
