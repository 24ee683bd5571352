import { createBrandConnector, fromStandardClaims, standardClaims, z } from '../../kit/index.ts';

/** Sign-in with an account of GitLab.com. */
export const gitlab = createBrandConnector({
  target: 'gitlab',
  name: 'GitLab',
  logo: { letters: 'GL', background: '#a33a16' },
  scope: 'openid profile email',
  endpoints: {
    authorization: 'https://gitlab.com/oauth/authorize',
    token: 'https://gitlab.com/oauth/token',
    userinfo: 'https://gitlab.com/oauth/userinfo',
  },
  readsUserinfo: true,
  answers: z.object({ userinfo: standardClaims }),
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
