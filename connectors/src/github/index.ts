import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with an OAuth app of GitHub. */
export const github = createBrandConnector({
  target: 'github',
  name: 'GitHub',
  logo: { letters: 'gh', background: '#24292f', darkBackground: '#57606a' },
  isTokenStorageSupported: true,
  scope: 'read:user user:email',
  endpoints: {
    authorization: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
  },
  profile: {
    userInfo: 'https://api.github.com/user',
    // Apps without the permission get 403 or 404: the public address, if there is one, is all there is then.
    userEmails: { url: 'https://api.github.com/user/emails', tolerated: [403, 404] },
  },
  answers: z.object({
    userInfo: z.object({
      id: z.number(),
      name: z.string().nullish(),
      avatar_url: z.string().nullish(),
      email: z.string().nullish(),
    }),
    userEmails: z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() })).optional(),
  }),
  toProfile: ({ userInfo, userEmails = [] }) => ({
    id: String(userInfo.id),
    // GitHub publishes verified addresses only.
    email: userEmails.find(({ primary, verified }) => primary && verified)?.email ?? userInfo.email,
    name: userInfo.name,
    avatar: userInfo.avatar_url,
  }),
});
