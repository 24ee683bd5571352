import {
  addressItem,
  clientAuthenticationConfig,
  clientAuthenticationForm,
  createOAuthConnector,
  guideFiles,
  letterLogo,
  oauthClientConfig,
  oauthClientForm,
  profileMap,
  providerUrl,
  readByMap,
  z,
} from '../../kit/index.ts';

const usualNames = { id: 'id', email: 'email', phone: 'phone', name: 'name', avatar: 'avatar' };

/** Sign-in with any OAuth 2.0 provider that has an address for the profile. */
export const oauth2 = createOAuthConnector({
  metadata: {
    id: 'oauth2',
    target: 'oauth2',
    type: 'Social',
    platform: 'Universal',
    name: { en: 'OAuth 2.0', es: 'OAuth 2.0', 'zh-CN': 'OAuth 2.0' },
    description: {
      en: 'Sign in with any provider that speaks OAuth 2.0.',
      es: 'Inicio de sesión con cualquier proveedor que use OAuth 2.0.',
      'zh-CN': '使用任何支持 OAuth 2.0 的服务登录。',
    },
    logo: letterLogo('O2', '#7a4a9e'),
    logoDark: null,
    guide: guideFiles('oauth2'),
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
      { key: 'profileMap', type: 'Json', label: 'Profile map', defaultValue: usualNames },
      { key: 'customConfig', type: 'Json', label: 'More parameters of the authorization request', defaultValue: {} },
    ],
    isStandard: true,
    isTokenStorageSupported: true,
  },
  config: z.object({
    authorizationEndpoint: providerUrl,
    tokenEndpoint: providerUrl,
    userInfoEndpoint: providerUrl,
    ...oauthClientConfig,
    ...clientAuthenticationConfig,
    tokenEndpointResponseType: z.enum(['query-string', 'json']).optional(),
    profileMap: profileMap.optional(),
    customConfig: z.record(z.string(), z.string()).optional(),
  }),
  provider: (config) => ({
    endpoints: {
      authorization: config.authorizationEndpoint,
      token: config.tokenEndpoint,
      userinfo: config.userInfoEndpoint,
    },
    client: {
      id: config.clientId,
      secret: config.clientSecret,
      authentication: config.tokenEndpointAuthMethod,
      jwtAlgorithm: config.clientSecretJwtSigningAlgorithm,
    },
    scope: config.scope,
    readsUserinfo: true,
    usesPkce: config.usesPkce,
    parameters: config.customConfig,
    acceptsForm: config.tokenEndpointResponseType !== 'json',
  }),
  answers: z.object({ userinfo: z.looseObject({ email_verified: z.unknown().optional() }) }),
  toProfile: ({ userinfo }, config) => {
    const profile = readByMap(userinfo, { ...usualNames, ...config.profileMap });
    // A provider that says that an address is not verified means it.
    return userinfo.email_verified === false ? { ...profile, email: undefined } : profile;
  },
});
