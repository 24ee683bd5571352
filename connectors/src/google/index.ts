import {
  brandMetadata,
  createOAuthConnector,
  fromStandardClaims,
  letterLogo,
  oauthClientConfig,
  oauthClientForm,
  standardClaims,
  z,
} from '../../kit/index.ts';

const scope = 'openid profile email';
const prompts = ['none', 'consent', 'select_account'] as const;

/** Sign-in with a Google account, by OpenID Connect. */
export const google = createOAuthConnector({
  metadata: brandMetadata({
    id: 'google-universal',
    target: 'google',
    name: 'Google',
    logo: letterLogo('G', '#3367d6'),
    isTokenStorageSupported: true,
    formItems: [
      ...oauthClientForm(scope),
      { key: 'prompts', type: 'MultiSelect', label: 'Prompts', selectItems: prompts.map((value) => ({ value })) },
      {
        key: 'offlineAccess',
        type: 'Switch',
        label: 'Offline access',
        description: 'Asks Google for a refresh token.',
      },
    ],
  }),
  config: z.object({
    ...oauthClientConfig,
    prompts: z.array(z.enum(prompts)).optional(),
    offlineAccess: z.boolean().optional(),
  }),
  provider: ({ clientId, clientSecret, scope: wanted, prompts: asked = [], offlineAccess }) => ({
    endpoints: {
      authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
      token: 'https://oauth2.googleapis.com/token',
      userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
      keys: 'https://www.googleapis.com/oauth2/v3/certs',
    },
    client: { id: clientId, secret: clientSecret },
    scope: wanted || scope,
    idToken: { issuer: ['https://accounts.google.com', 'accounts.google.com'] },
    readsUserinfo: true,
    parameters: { prompt: asked.join(' '), ...(offlineAccess ? { access_type: 'offline' } : {}) },
    worksWithoutSession: true,
  }),
  answers: z.object({ userinfo: standardClaims }),
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
