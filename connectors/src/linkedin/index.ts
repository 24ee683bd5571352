import { createBrandConnector, fromStandardClaims, standardClaims, z } from '../../kit/index.ts';

/** Sign-in with a LinkedIn account. */
export const linkedin = createBrandConnector({
  target: 'linkedin',
  name: 'LinkedIn',
  logo: { letters: 'in', background: '#0a66c2' },
  scope: 'openid profile email',
  endpoints: {
    authorization: 'https://www.linkedin.com/oauth/v2/authorization',
    token: 'https://www.linkedin.com/oauth/v2/accessToken',
    userinfo: 'https://api.linkedin.com/v2/userinfo',
  },
  readsUserinfo: true,
  // LinkedIn refuses a code verifier beside a client secret: it has other endpoints for clients without one.
  usesPkce: false,
  answers: z.object({ userinfo: standardClaims }),
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
