import { brandMetadata, createOAuthConnector, letterLogo, z } from '../../kit/index.ts';

/** Sign-in with a Feishu account. */
export const feishu = createOAuthConnector({
  metadata: {
    ...brandMetadata({
      id: 'feishu-web',
      target: 'feishu',
      name: 'Feishu',
      chineseName: '飞书',
      logo: letterLogo('F', '#1f5fd0'),
      formItems: [
        { key: 'appId', type: 'Text', label: 'App ID', required: true, placeholder: 'cli_0123456789abcdef' },
        {
          key: 'appSecret',
          type: 'Text',
          label: 'App Secret',
          required: true,
          isConfidential: true,
          description: 'It is stored encrypted.',
        },
      ],
    }),
    platform: 'Web',
  },
  config: z.object({ appId: z.string().min(1), appSecret: z.string().min(1) }),
  provider: ({ appId, appSecret }) => ({
    endpoints: {
      authorization: 'https://accounts.feishu.cn/open-apis/authen/v1/authorize',
      token: 'https://open.feishu.cn/open-apis/authen/v2/oauth/token',
    },
    client: { id: appId, secret: appSecret },
    profile: { user: 'https://open.feishu.cn/open-apis/authen/v1/user_info' },
    errors: {
      code: ['error', 'code'],
      message: ['error_description', 'msg'],
      success: '0',
      invalidCode: ['invalid_grant'],
      invalidClient: ['invalid_client', 'unauthorized_client'],
      invalidToken: ['20005', '99991668', '99991677'],
    },
    worksWithoutSession: true,
  }),
  answers: z.object({
    user: z.object({
      data: z.object({ union_id: z.string().min(1), name: z.string().nullish(), avatar_url: z.string().nullish() }),
    }),
  }),
  toProfile: ({ user: { data } }) => ({ id: data.union_id, name: data.name, avatar: data.avatar_url }),
});
