/** The kinds of enterprise providers, and the configuration of each. Pure. */
import { letterLogo, providerUrl, z } from '@aldaba/connectors/kit';
import type { SsoProviderName, SsoProviderType } from '@aldaba/contract';

export interface SsoProvider {
  type: SsoProviderType;
  name: string;
  logo: string;
  description: string;
  /** The issuer of every tenant of the provider; without it operators enter their own. */
  issuer?: string;
}

const oidc = (name: string, letters: string, background: string, more: { issuer?: string } = {}): SsoProvider => ({
  type: 'oidc',
  name,
  logo: letterLogo(letters, background),
  description: `Sign in with ${name} through OpenID Connect.`,
  ...more,
});

const saml = (name: string, letters: string, background: string): SsoProvider => ({
  type: 'saml',
  name,
  logo: letterLogo(letters, background),
  description: `Sign in with ${name} through SAML 2.0.`,
});

export const ssoProviders: Readonly<Record<SsoProviderName, SsoProvider>> = {
  OIDC: oidc('OpenID Connect', 'ID', '#b35c00'),
  SAML: saml('SAML', 'S', '#5a3fa0'),
  AzureAD: saml('Microsoft Entra ID', 'E', '#0067b8'),
  AzureAdOidc: oidc('Microsoft Entra ID', 'E', '#0067b8'),
  GoogleWorkspace: oidc('Google Workspace', 'G', '#1a63d8', { issuer: 'https://accounts.google.com' }),
  Okta: oidc('Okta', 'O', '#00297a'),
  OneLogin: oidc('OneLogin', '1', '#0a5c6b'),
  JumpCloud: oidc('JumpCloud', 'J', '#006b5f'),
  Ping: oidc('Ping Identity', 'P', '#a31f34'),
  Keycloak: oidc('Keycloak', 'K', '#3b5a75'),
  LDAP: {
    type: 'ldap',
    name: 'LDAP',
    logo: letterLogo('L', '#4a5d23'),
    description: 'Sign in with the password of a company’s directory, such as Active Directory or OpenLDAP.',
  },
};

export const isSsoProvider = (name: string): name is SsoProviderName => Object.hasOwn(ssoProviders, name);

const client = {
  clientId: z.string().trim().min(1).max(256),
  clientSecret: z.string().min(1).max(4096),
  scope: z.string().trim().max(1024).optional(),
  /** The provider checks addresses itself and does not say so, e.g. Entra ID. */
  trustUnverifiedEmail: z.boolean().optional(),
  /** Value of the `prompt` parameter: what the provider asks the user for at each sign-in. */
  prompt: z.enum(['none', 'login', 'consent', 'select_account']).optional(),
};
const oidcConfig = z.strictObject({
  ...client,
  issuer: providerUrl.transform((issuer) => issuer.trim()),
});
export type OidcConfig = z.output<typeof oidcConfig>;

/** The configuration that a kind of provider takes; the issuer may be left out where it is known. */
export const oidcConfigOf = ({ issuer }: SsoProvider): z.ZodType<OidcConfig> =>
  issuer === undefined ? oidcConfig : z.strictObject({ ...client, issuer: z.literal(issuer).default(issuer) });
