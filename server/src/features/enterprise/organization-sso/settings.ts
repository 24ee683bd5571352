/** The configuration of a connector from the fields of a form. Pure. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { SsoRow } from '../sso-connectors/index.ts';

/** What an administrator enters; empty fields count as left out. */
export interface SettingsDraft {
  fields: Readonly<Record<string, string>>;
  trustUnverifiedEmail: boolean;
}

const samlFields = ['metadataUrl', 'metadata', 'entityId', 'signInEndpoint', 'x509Certificate'] as const;

/** Entra ID names no address verified: its addresses are those of the company's directory. */
const trusted: ReadonlySet<string> = new Set(['AzureAdOidc']);

/**
 * The configuration to be checked. A secret that is left out stays the same, for the same client of the same issuer
 * alone: another issuer would be sent the secret.
 * @param saved the configuration that was saved last and waits for a test
 * @throws AldabaError `organization_sso.secret_required`
 */
export function mergedConfig(
  { provider, providerName, config: used }: Pick<SsoRow, 'provider' | 'providerName' | 'config'>,
  saved: Readonly<Record<string, unknown>> | undefined,
  { fields, trustUnverifiedEmail }: SettingsDraft,
): Record<string, unknown> {
  const text = (name: string): string | undefined => fields[name]?.trim() || undefined;
  const given = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (text(name) === undefined ? [] : [[name, text(name)]])));
  if (provider.type === 'saml') {
    const [email, name] = [text('emailAttribute'), text('nameAttribute')];
    const mapping = { ...(email ? { email } : {}), ...(name ? { name } : {}) };
    return { ...given(samlFields), ...(email || name ? { attributeMapping: mapping } : {}) };
  }
  const issuer = provider.issuer ?? text('issuer');
  const clientId = text('clientId');
  const kept = [saved, used].find((each) => each?.issuer === issuer && each?.clientId === clientId);
  const clientSecret = fields.clientSecret || kept?.clientSecret;
  if (clientSecret === undefined && (saved ?? used)?.clientSecret !== undefined)
    throw new AldabaError('organization_sso.secret_required');
  return {
    ...given(['clientId', 'scope']),
    ...(issuer === undefined ? {} : { issuer }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(trustUnverifiedEmail || trusted.has(providerName) ? { trustUnverifiedEmail: true } : {}),
  };
}
