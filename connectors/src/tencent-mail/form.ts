/* The form and the regions of the SES product of Tencent Cloud. */
import { type FormItem, secretItem, templatesItem, textItem } from '../../kit/index.ts';

export const regions = ['ap-guangzhou', 'ap-hongkong', 'ap-singapore'] as const;
export const home = 'ap-guangzhou';

/** The international site has a host of its own. */
export const hosts: Readonly<Record<(typeof regions)[number], string>> = {
  'ap-guangzhou': 'ses.tencentcloudapi.com',
  'ap-hongkong': 'ses.tencentcloudapi.com',
  'ap-singapore': 'ses.intl.tencentcloudapi.com',
};

export const tencentMailFormItems: FormItem[] = [
  textItem('accessKeyId', 'SecretId'),
  secretItem('accessKeySecret', 'SecretKey'),
  {
    key: 'region',
    type: 'Select',
    label: 'Region',
    defaultValue: home,
    selectItems: regions.map((value) => ({ value, title: value })),
  },
  textItem('fromEmail', 'Sender', { placeholder: 'Example <no-reply@mail.example.com>' }),
  templatesItem(
    { templateCode: '<template ID>', subject: 'Your code' },
    'The template ID at Tencent Cloud and the subject, for each usageType.',
  ),
];
