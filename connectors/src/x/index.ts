import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with an account of X. X wants PKCE, so links that the Management API makes do not work. */
export const x = createBrandConnector({
  target: 'x',
  name: 'X',
  logo: { letters: 'X', background: '#16181c', darkBackground: '#536471' },
  scope: 'users.read tweet.read users.email',
  endpoints: { authorization: 'https://x.com/i/oauth2/authorize', token: 'https://api.x.com/2/oauth2/token' },
  authentication: 'client_secret_basic',
  worksWithoutSession: false,
  profile: { user: 'https://api.x.com/2/users/me?user.fields=profile_image_url,confirmed_email' },
  answers: z.object({
    user: z.object({
      data: z.object({
        id: z.string(),
        name: z.string().nullish(),
        profile_image_url: z.string().nullish(),
        confirmed_email: z.string().nullish(),
      }),
    }),
  }),
  toProfile: ({ user: { data } }) => ({
    id: data.id,
    email: data.confirmed_email,
    name: data.name,
    // X names a picture of 48 pixels; the same name without the suffix is the original.
    avatar: data.profile_image_url?.replace(/_normal(?=\.\w+$)/, ''),
  }),
});
