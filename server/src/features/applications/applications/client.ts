import type { ClaimsForm, SigningAlgorithm } from '@aldaba/contract';

export type ApplicationType = 'Native' | 'SPA' | 'Traditional' | 'MachineToMachine' | 'Protected' | 'SAML';

/** Settings of an application beyond the protocol's own; every member is optional on the wire. */
export interface CustomClientMetadata {
  corsAllowedOrigins?: string[];
  /** Seconds. */
  idTokenTtl?: number;
  /** Undefined: the tenant's setting applies. */
  idTokenSignedResponseAlg?: SigningAlgorithm;
  claims?: ClaimsForm;
  /** Seconds; superseded by `refreshTokenTtlInDays`. */
  refreshTokenTtl?: number;
  refreshTokenTtlInDays?: number;
  rotateRefreshToken?: boolean;
  /** Seconds. */
  refreshTokenGracePeriod?: number;
  alwaysIssueRefreshToken?: boolean;
  tenantId?: string;
  allowTokenExchange?: boolean;
  maxAllowedGrants?: number;
  isDeviceFlow?: boolean;
}

/** An application as the protocol sees it: an OAuth 2.0 client (RFC 6749 section 2). Built-in clients have no row. */
export interface Client {
  id: string;
  name: string;
  /** Absent for built-in clients. */
  description?: string | null;
  type: ApplicationType;
  isThirdParty: boolean;
  /** Whether only users that a rule admits may use it. */
  isAccessLimited: boolean;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri?: string;
  /** Shown on the consent page if its branding has no logo. */
  logoUri?: string;
  custom: CustomClientMetadata;
  /** Data that the operator stores with it. */
  customData: Record<string, unknown>;
  /** Empty for public clients (Native, SPA and built-in ones). */
  secrets: ClientSecret[];
}

export interface ClientSecret {
  /** Undefined for the secret the application was created with. */
  name?: string;
  /** The plain secret; kept in memory only. */
  value: string;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
}
