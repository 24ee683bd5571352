/* The configuration of an account of Amazon SES. */
import { type FormItem, mailbox, mailTemplates, mailTemplatesItem, secretItem, textItem, z } from '../../kit/index.ts';

const text = z.string().optional();
const optional = (key: string, label: string) => textItem(key, label, { required: false });

export const sesConfig = z.object({
  ...{ accessKeyId: z.string().min(1), accessKeySecret: z.string().min(1) },
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'Must be a region such as eu-west-1'),
  ...{ emailAddress: mailbox.optional(), emailAddressIdentityArn: text, feedbackForwardingEmailAddress: text },
  ...{ feedbackForwardingEmailAddressIdentityArn: text, configurationSetName: text, templates: mailTemplates },
});

export const sesFormItems: FormItem[] = [
  textItem('accessKeyId', 'Access key ID'),
  secretItem('accessKeySecret', 'Secret access key'),
  textItem('region', 'Region', { placeholder: 'eu-west-1' }),
  textItem('emailAddress', 'Sender', { required: false, placeholder: 'Example <no-reply@example.com>' }),
  optional('emailAddressIdentityArn', 'ARN of the sender’s identity'),
  optional('feedbackForwardingEmailAddress', 'Address for bounces and complaints'),
  optional('feedbackForwardingEmailAddressIdentityArn', 'ARN of that address’s identity'),
  optional('configurationSetName', 'Configuration set'),
  mailTemplatesItem,
];
