import { createBrandConnector, z } from '../../kit/index.ts';

/** Sign-in with an Amazon account. Amazon does not say whether the email address is verified, so it is not used. */
export const amazon = createBrandConnector({
  target: 'amazon',
  name: 'Amazon',
  logo: { letters: 'a', background: '#232f3e', darkBackground: '#4a5f7a' },
  scope: 'profile',
  endpoints: { authorization: 'https://www.amazon.com/ap/oa', token: 'https://api.amazon.com/auth/o2/token' },
  profile: { user: 'https://api.amazon.com/user/profile' },
  answers: z.object({ user: z.object({ user_id: z.string(), name: z.string().nullish() }) }),
  toProfile: ({ user }) => ({ id: user.user_id, name: user.name }),
});
