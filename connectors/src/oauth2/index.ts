import {
  addressItem,
  clientAuthenticationForm,
  createOAuthConnector,
  customParametersItem,
  genericClientConfig,
  genericProvider,
  oauthClientForm,
  profileMapItem,
  protocolMetadata,
  providerUrl,
  readByMap,
  z,
} from '../../kit/index.ts';

const usualNames = { id: 'id', email: 'email', phone: 'phone', name: 'name', avatar: 'avatar' };

/** Sign-in with any OAuth 2.0 provider that has an address for the profile. */
export const oauth2 = createOAuthConnector({
  metadata: protocolMetadata({
    id: 'oauth2',
    name: 'OAuth 2.0',
    logo: { letters: 'O2', background: '#7a4a9e' },
    formItems: [
      addressItem('authorizationEndpoint', 'Authorization endpoint', true),
      addressItem('tokenEndpoint', 'Token endpoint', true),
      addressItem('userInfoEndpoint', 'Userinfo endpoint', true),
      ...oauthClientForm(''),
      ...clientAuthenticationForm,
      {
        key: 'tokenEndpointResponseType',
        type: 'Select',
        label: 'Form of the token response',
        defaultValue: 'query-string',
        description: 'JSON is understood with either choice.',
        selectItems: ['query-string', 'json'].map((value) => ({ value, title: value })),
      },
      profileMapItem(usualNames),
      customParametersItem,
    ],
  }),
  config: z.object({
    authorizationEndpoint: providerUrl,
    tokenEndpoint: providerUrl,
    userInfoEndpoint: providerUrl,
    ...genericClientConfig,
    tokenEndpointResponseType: z.enum(['query-string', 'json']).optional(),
  }),
  provider: (config) => ({ ...genericProvider(config), acceptsForm: config.tokenEndpointResponseType !== 'json' }),
  answers: z.object({ userinfo: z.looseObject({ email_verified: z.unknown().optional() }) }),
  toProfile: ({ userinfo }, config) => {
    const profile = readByMap(userinfo, { ...usualNames, ...config.profileMap });
    // A provider that says that an address is not verified means it.
    return userinfo.email_verified === false ? { ...profile, email: undefined } : profile;
  },
});
