/** Where directories call, below the tenant's base URL. */
export const directoryPath = '/scim/v2';

/** The directory that a token belongs to. */
export interface Directory {
  /** Null for the directory of the tenant. */
  organizationId: string | null;
  /** URL of the SCIM server. */
  base: string;
  /** For the audit log. */
  token: { id: string; name: string };
}
