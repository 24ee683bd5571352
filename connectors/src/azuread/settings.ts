import { addressItem, type FormItem, oauthClientConfig, oauthClientForm, providerUrl, z } from '../../kit/index.ts';

export const scope = 'openid profile email';
export const publicCloud = 'https://login.microsoftonline.com';
const prompts = ['none', 'login', 'consent', 'select_account'] as const;

export const azureadFormItems: FormItem[] = [
  ...oauthClientForm(scope),
  addressItem('cloudInstance', 'Cloud instance', false, `Leave it empty for ${publicCloud}.`),
  {
    key: 'tenantId',
    type: 'Text',
    label: 'Tenant ID',
    placeholder: 'common',
    description: 'ID of your directory, or common, organizations or consumers. Leave it empty for common.',
  },
  { key: 'prompts', type: 'MultiSelect', label: 'Prompts', selectItems: prompts.map((value) => ({ value })) },
];

export const azureadConfig = {
  ...oauthClientConfig,
  cloudInstance: providerUrl.or(z.literal('')).optional(),
  tenantId: z
    .string()
    .regex(/^(\w[\w.-]*)?$/)
    .optional(),
  prompts: z.array(z.enum(prompts)).optional(),
};
