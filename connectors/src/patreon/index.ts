import { createBrandConnector, z } from '../../kit/index.ts';

const fields = encodeURIComponent('fields[user]');

/** Sign-in with a Patreon account. */
export const patreon = createBrandConnector({
  target: 'patreon',
  name: 'Patreon',
  logo: { letters: 'P', background: '#b3372a' },
  scope: 'identity identity[email]',
  endpoints: {
    authorization: 'https://www.patreon.com/oauth2/authorize',
    token: 'https://www.patreon.com/api/oauth2/token',
  },
  profile: {
    user: `https://www.patreon.com/api/oauth2/v2/identity?${fields}=email,full_name,image_url,is_email_verified`,
  },
  answers: z.object({
    user: z.object({
      data: z.object({
        id: z.string(),
        attributes: z.object({
          full_name: z.string().nullish(),
          image_url: z.string().nullish(),
          email: z.string().nullish(),
          is_email_verified: z.boolean().nullish(),
        }),
      }),
    }),
  }),
  toProfile: ({ user: { data } }) => ({
    id: data.id,
    email: data.attributes.is_email_verified ? data.attributes.email : undefined,
    name: data.attributes.full_name,
    avatar: data.attributes.image_url,
  }),
});
