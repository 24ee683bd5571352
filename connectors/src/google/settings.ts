import { type FormItem, oauthClientForm, z } from '../../kit/index.ts';

export const scope = 'openid profile email';
const prompts = ['none', 'consent', 'select_account'] as const;

/** What an operator sets besides the client. */
export const googleConfig = {
  prompts: z.array(z.enum(prompts)).optional(),
  offlineAccess: z.boolean().optional(),
  oneTap: z
    .object({
      isEnabled: z.boolean().optional(),
      autoSelect: z.boolean().optional(),
      closeOnTapOutside: z.boolean().optional(),
      itpSupport: z.boolean().optional(),
    })
    .optional(),
};

const withOneTap = [{ targetKey: 'oneTap.isEnabled', expectValue: true }];

export const googleForm: FormItem[] = [
  ...oauthClientForm(scope),
  { key: 'prompts', type: 'MultiSelect', label: 'Prompts', selectItems: prompts.map((value) => ({ value })) },
  {
    key: 'offlineAccess',
    type: 'Switch',
    label: 'Offline access',
    description: 'Asks Google for a refresh token.',
  },
  {
    key: 'oneTap.isEnabled',
    type: 'Switch',
    label: 'Google One Tap',
    description: 'Users who are signed in to Google can continue with that account from a prompt on the sign-in page.',
  },
  {
    key: 'oneTap.autoSelect',
    type: 'Switch',
    label: 'Sign in without a click',
    description: 'Users who chose their account before are signed in when the page opens.',
    showConditions: withOneTap,
  },
  {
    key: 'oneTap.closeOnTapOutside',
    type: 'Switch',
    label: 'Close the prompt on a click outside of it',
    defaultValue: true,
    showConditions: withOneTap,
  },
  {
    key: 'oneTap.itpSupport',
    type: 'Switch',
    label: 'Also in browsers with tracking prevention',
    description: 'Safari, Firefox and Chrome on iOS show another form of the prompt.',
    showConditions: withOneTap,
  },
];
