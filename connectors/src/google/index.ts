import {
  brandMetadata,
  createOAuthConnector,
  fromStandardClaims,
  letterLogo,
  oauthClientConfig,
  standardClaims,
  z,
} from '../../kit/index.ts';
import { googleConfig, googleForm, scope } from './settings.ts';

/** Sign-in with a Google account, by OpenID Connect. */
export const google = createOAuthConnector({
  metadata: brandMetadata({
    id: 'google-universal',
    target: 'google',
    name: 'Google',
    logo: letterLogo('G', '#3367d6'),
    isTokenStorageSupported: true,
    emailAuthority: { domains: ['gmail.com', 'googlemail.com'], claim: 'hd' },
    formItems: googleForm,
  }),
  config: z.object({ ...oauthClientConfig, ...googleConfig }),
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
  takesIdTokens: true,
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
