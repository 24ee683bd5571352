import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with a KOOK account. */
export const kook = createBrandConnector({
  target: 'kook',
  name: 'KOOK',
  logo: { letters: 'K', background: '#3b7a12' },
  scope: 'get_user_info',
  endpoints: {
    authorization: 'https://www.kookapp.cn/app/oauth2/authorize',
    token: 'https://www.kookapp.cn/api/oauth2/token',
  },
  profile: { user: 'https://www.kookapp.cn/api/v3/user/me' },
  errors: { code: ['code'], message: ['message'], success: '0', invalidToken: ['401'] },
  answers: z.object({
    user: z.object({
      data: z.object({ id: z.string(), username: z.string().nullish(), avatar: z.string().nullish() }),
    }),
  }),
  toProfile: ({ user: { data } }) => ({ id: data.id, name: data.username, avatar: data.avatar }),
});
