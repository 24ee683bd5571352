import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with a Discord account. */
export const discord = createBrandConnector({
  target: 'discord',
  name: 'Discord',
  logo: { letters: 'D', background: '#4752c4' },
  scope: 'identify email',
  endpoints: {
    authorization: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
  },
  profile: { user: 'https://discord.com/api/users/@me' },
  answers: z.object({
    user: z.object({
      id: z.string(),
      username: z.string(),
      global_name: z.string().nullish(),
      avatar: z.string().nullish(),
      email: z.string().nullish(),
      verified: z.boolean().nullish(),
    }),
  }),
  toProfile: ({ user }) => ({
    id: user.id,
    email: user.verified ? user.email : undefined,
    name: user.global_name ?? user.username,
    avatar: user.avatar && `https://cdn.discordapp.com/avatars/${user.id}/${user.avatar}.png`,
  }),
});
