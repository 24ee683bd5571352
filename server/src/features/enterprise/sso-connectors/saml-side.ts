/** Names and addresses of the tenant's side of a SAML connector, as an operator gives them to the provider. Pure. */
import type { Tenant } from '../../../tenancy/index.ts';

export interface SamlSide {
  entityId: string;
  acsUrl: string;
  logoutUrl: string;
  metadataUrl: string;
}

export function samlSideOf({ baseUrl }: Pick<Tenant, 'baseUrl'>, connectorId: string): SamlSide {
  const acsUrl = `${baseUrl}/api/authn/single-sign-on/saml/${connectorId}`;
  return {
    entityId: `${baseUrl}/enterprise-sso/${connectorId}`,
    acsUrl,
    logoutUrl: `${acsUrl}/logout`,
    metadataUrl: `${acsUrl}/metadata`,
  };
}

/** Bytes of a form with a SAML message: 256 Ki characters are read of one, in base64, with some of it escaped. */
export const samlBodyLimit = 384 * 1024;
