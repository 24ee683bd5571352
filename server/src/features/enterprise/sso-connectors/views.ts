import type { PublicSsoConnector, SsoConnector, SsoProviderName, SsoWarning } from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import { expiryOf, expiryStage } from '../../../services/saml/index.ts';
import type { SsoProvider } from './providers.ts';
import type { StoredSsoConnector } from './store.ts';

/** A connector with its kind of provider and its configuration. */
export interface SsoRow extends StoredSsoConnector {
  providerName: SsoProviderName;
  provider: SsoProvider;
  /** Undefined while it is not configured. */
  config: Record<string, unknown> | undefined;
}

/** A connector that signs users in, as a sign-in reads it. */
export interface OfferedSso extends PublicSsoConnector {
  /** In lowercase ASCII. */
  domains: readonly string[];
  requiresMfa: boolean;
}

/** Whether a connector signs users in. One of an organization does so for verified domains alone. */
export const isInUse = ({ config, isActive, organizationId, domains }: SsoRow): boolean =>
  config !== undefined && isActive && (organizationId === null || domains.length > 0);

export const toSsoConnector = (
  { tenantId, now }: { tenantId: string; now: number },
  { provider, config, configSealed: _, metadataUrl: __, providerMetadata, metadataProblem, ...row }: SsoRow,
  providerConfig?: Record<string, unknown>,
): SsoConnector => ({
  tenantId,
  ...row,
  config: config ?? {},
  name: provider.name,
  providerType: provider.type,
  providerLogo: provider.logo,
  providerLogoDark: provider.logo,
  ...(providerConfig ? { providerConfig } : {}),
  warnings: [...problemsOf(metadataProblem), ...expiringOf(providerMetadata?.certificates ?? [], now)],
});

const problemsOf = (problem: SsoRow['metadataProblem']): SsoWarning[] =>
  problem ? [{ code: problem.code, message: problem.message, at: problem.since }] : [];

/** Of a provider with several certificates, the one that ends last counts: it has announced the next key. */
function expiringOf(certificates: readonly string[], now: number): SsoWarning[] {
  if (certificates.length === 0) return [];
  const at = Math.max(...certificates.map(expiryOf));
  const stage = expiryStage(at, now);
  if (stage === undefined) return [];
  const [code, message] =
    stage === 'expired'
      ? (['certificate_expired', 'The provider’s certificate has expired.'] as const)
      : (['certificate_expiring', 'The provider’s certificate expires soon.'] as const);
  return [{ code, message, at }];
}

/** An empty name or logo counts as none. */
export const toOffered = ({ id, connectorName, branding, provider, domains, requiresMfa }: SsoRow): OfferedSso => ({
  id,
  connectorName: branding.displayName || connectorName,
  logo: branding.logo || provider.logo,
  ...defined({ darkLogo: branding.darkLogo || undefined }),
  domains,
  requiresMfa,
  ...(provider.type === 'ldap' ? { asksPassword: true as const } : {}),
});
