/** What the portal of an organization shows of single sign-on. Plain data, like every view. */
import type { PortalRole } from './portal-role.ts';
import type { SsoProviderName } from './sso-connectors.ts';

/** The kinds of providers that an organization connects by itself, in the order of the list. */
export const portalSsoProviders = [
  'AzureAdOidc',
  'AzureAD',
  'GoogleWorkspace',
  'Okta',
  'OneLogin',
  'JumpCloud',
  'Ping',
  'Keycloak',
  'OIDC',
  'SAML',
] as const satisfies readonly SsoProviderName[];
export type PortalSsoProvider = (typeof portalSsoProviders)[number];

/** Why a test sign-in would not have signed a user in. */
export type PortalSsoReason =
  | 'acs-url'
  | 'audience'
  | 'certificate'
  | 'certificate-ended'
  | 'client'
  | 'client-id'
  | 'clock'
  | 'code'
  | 'declined'
  | 'discovery'
  | 'encryption'
  | 'entity-id'
  | 'foreign-domain'
  | 'id-token'
  | 'issuer'
  | 'keys'
  | 'no-email'
  | 'no-subject'
  | 'not-signed'
  | 'other-request'
  | 'provider-error'
  | 'unreachable'
  | 'unreadable'
  | 'unverified-email'
  | 'userinfo'
  | 'weak-algorithm';

/** The last test sign-in of the session. */
export interface PortalSsoTest {
  time: number;
  /** Absent if it succeeded. */
  reason?: PortalSsoReason;
  /** What the provider, or the check of its message, said in its own words. */
  detail?: string;
  /** How the user would be known here. */
  mapped?: { id: string; name?: string; email?: string };
  claims: { name: string; values: string[]; isGroups: boolean }[];
}

/** What is being used, and what waits for a test. */
export type PortalSsoStatus = 'new' | 'untested' | 'tested' | 'off' | 'on' | 'on-untested' | 'on-tested';

/** The fields of the form, as last saved or as typed. Secrets are not among them. */
export interface PortalSsoFields {
  name: string;
  issuer: string;
  clientId: string;
  scope: string;
  trustUnverifiedEmail: boolean;
  metadataUrl: string;
  metadata: string;
  entityId: string;
  signInEndpoint: string;
  x509Certificate: string;
  emailAttribute: string;
  nameAttribute: string;
}

export type PortalSsoScreen =
  | { part: 'sso'; connections: { id: string; name: string; provider: PortalSsoProvider; status: PortalSsoStatus }[] }
  | {
      part: 'sso-connection';
      id: string;
      name: string;
      provider: PortalSsoProvider;
      type: 'oidc' | 'saml';
      status: PortalSsoStatus;
      /** What the administrator enters at the provider, by name. */
      addresses: Partial<Record<'redirectUri' | 'entityId' | 'acsUrl' | 'logoutUrl' | 'metadataUrl', string>>;
      fields: PortalSsoFields;
      /** Fields that the last save refused, with the technical reason. */
      problems: { field: string; detail: string }[];
      /** A client secret is stored. */
      hasSecret: boolean;
      /** The issuer is known for this provider. */
      hasFixedIssuer: boolean;
      /** Of a SAML provider, the end of its certificates. */
      certificates: { expiresAt: number; state: 'valid' | 'ending' | 'ended' }[];
      /** Why what a SAML provider publishes is not used: it cannot be read, or an administrator has to confirm it. */
      metadataProblem?: { state: 'unreadable' | 'refused'; since: number; detail: string };
      domains: string[];
      /** The operator has switched single sign-on off. */
      isSwitchedOff: boolean;
      mappings: { attribute: string; value: string; role?: string }[];
      test?: PortalSsoTest;
    }
  | {
      part: 'sso-group';
      id: string;
      name: string;
      /** Empty in a form for a new one. */
      attribute: string;
      value: string;
      roles: PortalRole[];
    };
