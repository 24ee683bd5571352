import { addressItem, clientAuthenticationForm, type FormItem, oauthClientForm } from '../../kit/index.ts';

export const scope = 'openid profile email';

export const oidcForm: FormItem[] = [
  addressItem('issuer', 'Issuer', false, 'The endpoints below are found under it (OpenID Connect Discovery).'),
  addressItem('authorizationEndpoint', 'Authorization endpoint', false, 'Needed only without an issuer.'),
  addressItem('tokenEndpoint', 'Token endpoint', false, 'Needed only without an issuer.'),
  addressItem('userInfoEndpoint', 'Userinfo endpoint', false, 'Its claims replace those of the ID token.'),
  ...oauthClientForm(scope),
  ...clientAuthenticationForm,
  {
    key: 'idTokenVerificationConfig',
    type: 'Json',
    label: 'Verification of the ID token',
    defaultValue: {},
    description:
      'jwksUri and issuer are needed without an issuer above; audience, algorithms and clockTolerance may follow.',
  },
  {
    key: 'authRequestOptionalConfig',
    type: 'Json',
    label: 'Options of the authorization request',
    defaultValue: {},
    description: 'responseMode, display, prompt, maxAge, uiLocales, loginHint, acrValues.',
  },
  { key: 'customConfig', type: 'Json', label: 'More parameters of the authorization request', defaultValue: {} },
  {
    key: 'acceptStringTypedBooleanClaims',
    type: 'Switch',
    label: 'Accept "true" for true',
    description: 'For providers that send email_verified and phone_number_verified as text.',
  },
  {
    key: 'trustUnverifiedEmail',
    type: 'Switch',
    label: 'Trust unverified email addresses',
    description: 'Only for a provider that gives each user an address of its own domain.',
  },
  {
    key: 'profileMap',
    type: 'Json',
    label: 'Profile map',
    defaultValue: {},
    description: 'Claims by part of the profile.',
  },
];
