import { createBrandConnector, z } from '../../kit/index.ts';

const graph = 'https://graph.facebook.com/v23.0';

/** Sign-in with a Facebook account. Facebook does not say whether the email address is verified, so it is not used. */
export const facebook = createBrandConnector({
  target: 'facebook',
  name: 'Facebook',
  logo: { letters: 'f', background: '#0b5fcc' },
  isTokenStorageSupported: true,
  scope: 'public_profile',
  endpoints: {
    authorization: 'https://www.facebook.com/v23.0/dialog/oauth',
    token: `${graph}/oauth/access_token`,
  },
  profile: { user: `${graph}/me?fields=id,name,email,picture.width(256)` },
  errors: {
    code: ['error.code'],
    message: ['error.message'],
    invalidCode: ['100'],
    invalidClient: ['1', '101'],
    invalidToken: ['102', '190'],
  },
  answers: z.object({
    user: z.object({
      id: z.string(),
      name: z.string().nullish(),
      picture: z.object({ data: z.object({ url: z.string().nullish() }) }).nullish(),
    }),
  }),
  toProfile: ({ user }) => ({ id: user.id, name: user.name, avatar: user.picture?.data.url }),
});
