/** Checks the configuration of a provider when it is saved: its members, and that the provider answers. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { Fetch } from '../../../kernel/outbound.ts';
import type { Connect } from '../../../kernel/outbound-socket.ts';
import type { IdentityProviderMetadata } from '../../../services/saml/index.ts';
import { ldapConfig } from '../ldap-directories/index.ts';
import { discover } from './discovery.ts';
import { requireDirectory } from './ldap.ts';
import { oidcConfigOf, type SsoProvider } from './providers.ts';
import { resolveMetadata, samlConfig } from './saml-config.ts';

/** What is stored of a configuration. */
export interface CheckedConfig {
  config: Record<string, unknown>;
  /** Of a SAML provider. */
  providerMetadata: IdentityProviderMetadata | null;
  /** Where the metadata is read again. */
  metadataUrl: string | null;
}

const schemaOf = (provider: SsoProvider) =>
  ({ saml: samlConfig, ldap: ldapConfig, oidc: oidcConfigOf(provider) })[provider.type];

/** Whether a stored configuration is complete. */
export const isConfigured = (provider: SsoProvider, config: Record<string, unknown>): boolean =>
  schemaOf(provider).safeParse(config).success;

/** @throws AldabaError `connector.invalid_config`, naming the members that are wrong */
export async function checkConfig(
  { outbound, connect }: { outbound: Fetch; connect: Connect },
  provider: SsoProvider,
  given: Record<string, unknown>,
): Promise<CheckedConfig> {
  const { success, data, error } = schemaOf(provider).safeParse(given);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new AldabaError('connector.invalid_config', { problems });
  }
  if ('issuer' in data) {
    await discover(outbound, data.issuer);
    return { config: data, providerMetadata: null, metadataUrl: null };
  }
  if ('bindDn' in data) {
    await requireDirectory(connect, data);
    return { config: data, providerMetadata: null, metadataUrl: null };
  }
  const config = samlConfig.parse(data);
  const providerMetadata = await resolveMetadata(outbound, config);
  return { config, providerMetadata, metadataUrl: config.metadataUrl ?? null };
}
