import {
  addressItem,
  claimConfig,
  claimForm,
  clientAuthenticationForm,
  createOAuthConnector,
  customParametersItem,
  fromMappedClaims,
  genericClientConfig,
  oauthClientForm,
  openIdConfig,
  openIdForm,
  openIdProvider,
  profileMapItem,
  protocolMetadata,
  providerUrl,
  requireEndpoints,
  z,
} from '../../kit/index.ts';

const scope = 'openid profile email';
const endpoint = providerUrl.optional();

/** Sign-in with any OpenID Connect provider. */
export const oidc = createOAuthConnector({
  metadata: protocolMetadata({
    id: 'oidc',
    name: 'OpenID Connect',
    logo: { letters: 'ID', background: '#b35c00' },
    formItems: [
      addressItem('issuer', 'Issuer', false, 'The endpoints below are found under it (OpenID Connect Discovery).'),
      addressItem('authorizationEndpoint', 'Authorization endpoint', false, 'Needed only without an issuer.'),
      addressItem('tokenEndpoint', 'Token endpoint', false, 'Needed only without an issuer.'),
      addressItem('userInfoEndpoint', 'Userinfo endpoint', false, 'Its claims replace those of the ID token.'),
      ...oauthClientForm(scope),
      ...clientAuthenticationForm,
      ...openIdForm,
      customParametersItem,
      ...claimForm,
      profileMapItem({}, 'Claims by part of the profile.'),
    ],
  }),
  config: z
    .object({ issuer: endpoint, authorizationEndpoint: endpoint, tokenEndpoint: endpoint, userInfoEndpoint: endpoint })
    .extend({ ...genericClientConfig, ...openIdConfig, ...claimConfig })
    .superRefine(requireEndpoints),
  provider: (config) => openIdProvider(config, scope),
  answers: z.object({ claims: z.looseObject({}), userinfo: z.looseObject({}).default({}) }),
  toProfile: ({ claims, userinfo }, config) => fromMappedClaims({ ...claims, ...userinfo }, config),
});
