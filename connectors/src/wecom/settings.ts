import { type FormItem, z } from '../../kit/index.ts';

const scopes = ['snsapi_base', 'snsapi_privateinfo'] as const;

export const wecomFormItems: FormItem[] = [
  { key: 'corpId', type: 'Text', label: 'Corp ID', required: true, placeholder: 'ww0123456789abcdef' },
  {
    key: 'appSecret',
    type: 'Text',
    label: 'App Secret',
    required: true,
    isConfidential: true,
    description: 'Secret of the app. It is stored encrypted.',
  },
  { key: 'agentId', type: 'Text', label: 'Agent ID', required: true, placeholder: '1000002' },
  {
    key: 'scope',
    type: 'Text',
    label: 'Scope',
    placeholder: 'snsapi_base',
    description: `In WeCom's own browser: ${scopes.join(' or ')}, which asks the user and gives the picture.`,
  },
];

export const wecomConfig = {
  corpId: z.string().min(1),
  appSecret: z.string().min(1),
  agentId: z.string().min(1),
  scope: z.enum(['', ...scopes]).optional(),
};
