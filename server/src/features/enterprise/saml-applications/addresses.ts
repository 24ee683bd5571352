import type { Tenant } from '../../../tenancy/index.ts';

/** The addresses of the identity provider for one application. The entity ID is where its metadata is. */
export function addressesOf({ baseUrl }: Pick<Tenant, 'baseUrl'>, applicationId: string) {
  return {
    entityId: `${baseUrl}/api/saml-applications/${applicationId}/metadata`,
    signInUrl: `${baseUrl}/api/saml/${applicationId}/authn`,
    signOutUrl: `${baseUrl}/api/saml/${applicationId}/logout`,
  };
}
