import type { Tenant } from '../../../tenancy/index.ts';
import type { SamlConfiguration } from './store.ts';

/** The addresses of the identity provider for one application. The entity ID is where its metadata is. */
export function addressesOf({ baseUrl }: Pick<Tenant, 'baseUrl'>, applicationId: string) {
  return {
    entityId: `${baseUrl}/api/saml-applications/${applicationId}/metadata`,
    signInUrl: `${baseUrl}/api/saml/${applicationId}/authn`,
    signOutUrl: `${baseUrl}/api/saml/${applicationId}/logout`,
  };
}

/** Where responses to requests to sign out go (SAML metadata section 2.2.2). */
export const responseAddressOf = ({
  binding,
  url,
  responseUrl,
}: NonNullable<SamlConfiguration['singleLogoutUrl']>) => ({ binding, url: responseUrl ?? url });
