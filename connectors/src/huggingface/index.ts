import { createBrandConnector, fromStandardClaims, standardClaims, z } from '../../kit/index.ts';

/** Sign-in with a Hugging Face account. */
export const huggingFace = createBrandConnector({
  target: 'huggingface',
  name: 'Hugging Face',
  logo: { letters: 'HF', background: '#8a5a00' },
  scope: 'openid profile email',
  endpoints: {
    authorization: 'https://huggingface.co/oauth/authorize',
    token: 'https://huggingface.co/oauth/token',
    userinfo: 'https://huggingface.co/oauth/userinfo',
  },
  readsUserinfo: true,
  answers: z.object({ userinfo: standardClaims }),
  toProfile: ({ userinfo }) => fromStandardClaims(userinfo),
});
