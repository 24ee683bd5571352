/** Where the authorization endpoint returns to for a SAML application: the address of this server that answers it. */
export const samlCallbackUrl = (baseUrl: string, applicationId: string): string =>
  `${baseUrl}/api/saml-applications/${applicationId}/callback`;
