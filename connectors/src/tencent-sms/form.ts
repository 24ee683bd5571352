/* The form and the hosts of the SMS product of Tencent Cloud. */
import { type FormItem, secretItem, templatesItem, textItem } from '../../kit/index.ts';

/** Accounts of the international site have a host of their own. */
export const hosts = { china: 'sms.tencentcloudapi.com', international: 'sms.intl.tencentcloudapi.com' } as const;

export const tencentSmsFormItems: FormItem[] = [
  textItem('accessKeyId', 'SecretId'),
  secretItem('accessKeySecret', 'SecretKey'),
  textItem('signName', 'Signature'),
  textItem('sdkAppId', 'SDK AppID'),
  textItem('region', 'Region', { placeholder: 'ap-guangzhou' }),
  {
    key: 'site',
    type: 'Select',
    label: 'Site',
    defaultValue: 'china',
    selectItems: [
      { value: 'china', title: 'cloud.tencent.com' },
      { value: 'international', title: 'www.tencentcloud.com' },
    ],
  },
  templatesItem({ templateCode: '<template ID>' }, 'The template ID at Tencent Cloud, for each usageType.'),
];
