import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with a Kakao account. What is asked for is set at Kakao, as consent items. */
export const kakao = createBrandConnector({
  target: 'kakao',
  name: 'Kakao',
  logo: { letters: 'K', background: '#3c2f2f', darkBackground: '#6b5757' },
  endpoints: {
    authorization: 'https://kauth.kakao.com/oauth/authorize',
    token: 'https://kauth.kakao.com/oauth/token',
  },
  // With `secure_resource` pictures have https addresses.
  profile: { user: 'https://kapi.kakao.com/v2/user/me?secure_resource=true' },
  errors: { code: ['code'], message: ['msg'], invalidToken: ['-401'] },
  answers: z.object({
    user: z.object({
      id: z.number(),
      kakao_account: z
        .object({
          profile: z.object({ nickname: z.string().nullish(), profile_image_url: z.string().nullish() }).nullish(),
          email: z.string().nullish(),
          is_email_valid: z.boolean().nullish(),
          is_email_verified: z.boolean().nullish(),
        })
        .nullish(),
    }),
  }),
  toProfile: ({ user: { id, kakao_account: account } }) => ({
    id: String(id),
    // `valid` is false once the address belongs to another account.
    email: account?.is_email_valid && account.is_email_verified ? account.email : undefined,
    name: account?.profile?.nickname,
    avatar: account?.profile?.profile_image_url,
  }),
});
