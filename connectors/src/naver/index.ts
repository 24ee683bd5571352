import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with a Naver account. Naver does not say whether the email address is verified, so it is not used. */
export const naver = createBrandConnector({
  target: 'naver',
  name: 'Naver',
  logo: { letters: 'N', background: '#047a3a' },
  endpoints: {
    authorization: 'https://nid.naver.com/oauth2.0/authorize',
    token: 'https://nid.naver.com/oauth2.0/token',
  },
  profile: { user: 'https://openapi.naver.com/v1/nid/me' },
  errors: { code: ['resultcode'], message: ['message'], success: '00', invalidToken: ['024', '028'] },
  answers: z.object({
    user: z.object({
      response: z.object({
        id: z.string(),
        nickname: z.string().nullish(),
        name: z.string().nullish(),
        profile_image: z.string().nullish(),
      }),
    }),
  }),
  toProfile: ({ user: { response } }) => ({
    id: response.id,
    name: response.nickname ?? response.name,
    avatar: response.profile_image,
  }),
});
