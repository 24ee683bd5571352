/* The configuration of the Short Message Service of Alibaba Cloud. */
import { type FormItem, secretItem, templatesItem, templatesOf, textItem, z } from '../../kit/index.ts';

const templateCode = z.string().min(1);

export const aliyunSmsConfig = z.object({
  accessKeyId: z.string().min(1),
  accessKeySecret: z.string().min(1),
  signName: z.string().min(1),
  templates: templatesOf({
    templateCode: templateCode.or(z.object({ china: templateCode, overseas: templateCode })),
  }),
  strictPhoneRegionNumberCheck: z.boolean().optional(),
});

export const aliyunSmsFormItems: FormItem[] = [
  textItem('accessKeyId', 'AccessKey ID'),
  secretItem('accessKeySecret', 'AccessKey secret'),
  textItem('signName', 'Signature name'),
  templatesItem({ templateCode: '<SMS_…>' }, 'A code, or {"china": code, "overseas": code}, for each usageType.'),
  {
    key: 'strictPhoneRegionNumberCheck',
    type: 'Switch',
    label: 'Only numbers with 86 are Chinese',
    description: 'For templates that differ by region. Off: numbers without a country code can be Chinese too.',
  },
];
