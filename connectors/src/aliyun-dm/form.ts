/* The form of Direct Mail of Alibaba Cloud. */
import { type FormItem, mailTemplatesItem, secretItem, textItem } from '../../kit/index.ts';

export const regions = ['cn-hangzhou', 'ap-southeast-1', 'ap-southeast-2', 'eu-central-1', 'us-east-1'] as const;

/** The region whose host does not name it. */
export const home = 'cn-hangzhou';

export const directMailFormItems: FormItem[] = [
  textItem('accessKeyId', 'AccessKey ID'),
  secretItem('accessKeySecret', 'AccessKey secret'),
  {
    key: 'regionId',
    type: 'Select',
    label: 'Region',
    defaultValue: home,
    selectItems: regions.map((value) => ({ value, title: value })),
  },
  textItem('accountName', 'Sender address', { placeholder: 'no-reply@mail.example.com' }),
  textItem('fromAlias', 'Sender name', { required: false, placeholder: 'Example' }),
  mailTemplatesItem,
];
