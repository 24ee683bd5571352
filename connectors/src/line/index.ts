import { createBrandConnector, fromStandardClaims, standardClaims, z } from '../../kit/index.ts';

/** Sign-in with a LINE account. LINE does not say whether an email address is verified, so none is asked for. */
export const line = createBrandConnector({
  target: 'line',
  name: 'LINE',
  logo: { letters: 'L', background: '#067d3c' },
  scope: 'openid profile',
  endpoints: {
    authorization: 'https://access.line.me/oauth2/v2.1/authorize',
    token: 'https://api.line.me/oauth2/v2.1/token',
    userinfo: 'https://api.line.me/oauth2/v2.1/userinfo',
  },
  readsUserinfo: true,
  answers: z.object({ userinfo: standardClaims }),
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
