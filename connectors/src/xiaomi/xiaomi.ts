import { type FormItem, z } from '../../kit/index.ts';

export const skipConfirmItem: FormItem = {
  key: 'skipConfirm',
  type: 'Switch',
  label: 'Skip the confirmation',
  description: 'Users who are signed in at Xiaomi and agreed before are not asked again.',
};

export const xiaomiUser = z.looseObject({
  /** The same in all apps of one developer. */
  unionId: z.string().min(1),
  miliaoNick: z.string().nullish(),
  miliaoIcon: z.string().nullish(),
});
