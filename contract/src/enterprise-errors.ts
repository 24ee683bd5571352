/** Errors about what companies connect and set up: a part of the catalog in `errors.ts`. */
export const enterpriseErrors = {
  // single_sign_on
  'single_sign_on.forbidden_domains': [
    422,
    'Anyone can get an address at these domains, so no company can sign them in. Remove the domains in data.',
  ],
  'single_sign_on.duplicated_domains': [422, 'A domain is listed twice. Remove the repeated ones in data.'],
  'single_sign_on.invalid_domain_format': [422, 'These are not domains. Enter each one like example.com. See data.'],
  'single_sign_on.logout_token_invalid': [400, 'The logout token is not valid, or was used before.'],
  'single_sign_on.idp_initiated_authentication_not_supported': [
    400,
    'Sign-ins that start at this service are not set up. Start from the application.',
  ],
  'single_sign_on.idp_initiated_authentication_invalid_application_type': [
    400,
    'The application must be your own: a traditional web app, or a single-page app that starts the authorization itself.',
  ],
  'single_sign_on.idp_initiated_authentication_redirect_uri_not_registered': [
    400,
    'The redirect URI is not registered for the application.',
  ],
  'single_sign_on.idp_initiated_authentication_client_callback_uri_not_found': [
    400,
    'Give the address where the application starts the authorization, at an origin of its redirect URIs.',
  ],
  'single_sign_on.saml_only': [400, 'Only connectors for SAML providers have this.'],
  'single_sign_on.ldap_only': [400, 'Only connectors for directories that speak LDAP have this.'],
  'single_sign_on.not_configured': [400, 'The connector has no configuration yet. Add config first.'],
  'single_sign_on.sync_running': [
    409,
    'The directory is being read at the moment. Try again when the run has finished.',
  ],
  // What a directory says about a password. The first code also stands for locked accounts: directories report a lock
  // after wrong passwords, too.
  'single_sign_on.invalid_credentials': [
    422,
    'The name or the password is wrong, or your company has locked the account after too many attempts. Try again, or ask the IT department of your company.',
  ],
  'single_sign_on.password_expired': [
    422,
    'Your company password has expired or must be changed first. Change it in your company, for example on your work computer, and sign in again.',
  ],
  'single_sign_on.account_disabled': [
    422,
    'Your company does not let your account sign in: it is disabled, has expired, or is limited to certain hours. Ask the IT department of your company.',
  ],
  'single_sign_on.signing_key_in_use': [400, 'This key signs requests. Activate another key first.'],
  'single_sign_on.duplicate_connector_name': [409, 'A connector with this name exists. Choose another name.'],
  'single_sign_on.domains_of_organization': [
    422,
    'The domains of this connector are the verified domains of its organization. Change those, or take the connector over.',
  ],
  // organization_sso: what an organization connects by itself
  'organization_sso.too_many': [422, 'An organization can have {maximum} sign-in connections. Remove one first.'],
  'organization_sso.too_many_groups': [
    422,
    'A sign-in connection can give roles to {maximum} groups. Take the role of another group away first.',
  ],
  'organization_sso.not_tested': [422, 'Sign in with the test first. It has to succeed with these settings.'],
  'organization_sso.no_domain': [422, 'Verify a domain first. It decides which people sign in with your provider.'],
  'organization_sso.switched_off': [
    422,
    'Single sign-on is switched off for this service. Ask the operator to switch it on.',
  ],
  'organization_sso.test_ended': [
    422,
    'This test was already finished, has expired, or began in another browser. Start a new test.',
  ],
  'organization_sso.secret_required': [
    422,
    'Enter the client secret again: it is kept only while the issuer and the client ID stay the same.',
  ],
  // saml: sign-in to SAML applications
  'saml.request_refused': [
    400,
    'The request of the application is not valid. Go back to the application and try again.',
  ],
  'saml.sign_in_expired': [
    400,
    'This sign-in has expired or began in another browser. Go back to the application and start again.',
  ],
  'saml.not_set_up': [400, 'The application is not set up completely. Ask the administrator of the application.'],
  // scim_token
  'scim_token.too_many': [422, 'A directory can have {maximum} tokens. Delete one first.'],
  // organization_domain
  'organization_domain.invalid': [422, 'This is not a domain. Enter a name like example.com.'],
  'organization_domain.public': [
    422,
    'Anyone can get an address at {domain}. Add a domain that belongs to your organization.',
  ],
  'organization_domain.too_many': [422, 'An organization can have {maximum} domains. Remove one first.'],
  'organization_domain.record_not_found': [
    422,
    'No TXT record with this value was found at {name}. New records can take an hour to be visible: try again later.',
  ],
  'organization_domain.lookup_failed': [
    503,
    'The DNS records of {domain} could not be read. Try again in a few minutes.',
  ],
  'organization_domain.taken': [
    422,
    'This domain is already verified for another organization. Contact the operator of this service.',
  ],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;
