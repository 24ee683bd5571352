import {
  createMessageConnector,
  fillIn,
  formatMailbox,
  headerText,
  letterLogo,
  mailbox,
  mailMetadata,
  recipientOf,
  templateFor,
  templatesOf,
  tencentRefusal,
  tencentRequest,
  z,
} from '../../kit/index.ts';
import { home, hosts, regions, tencentMailFormItems } from './form.ts';

/** Emails through the SES product of Tencent Cloud (API of 2020-10-02), which sends approved templates alone. */
export const tencentMail = createMessageConnector({
  metadata: mailMetadata({
    id: 'tencent-email-service',
    target: 'tencent-mail',
    name: 'Tencent Cloud SES',
    chineseName: '腾讯云邮件推送',
    logo: letterLogo('腾', '#1e40af'),
    guide: 'tencent-mail',
    formItems: tencentMailFormItems,
  }),
  config: z.object({
    accessKeyId: z.string().min(1),
    accessKeySecret: z.string().min(1),
    region: z.enum(regions).default(home),
    fromEmail: mailbox,
    templates: templatesOf({
      templateCode: z.string().regex(/^[1-9]\d{0,14}$/, 'Must be the number of a template'),
      subject: z.string().min(1),
    }),
  }),
  request: ({ accessKeyId: id, accessKeySecret: secret, region, fromEmail, templates }, message, world) => {
    const { templateCode, subject } = templateFor(templates, message);
    const { code, link } = message.payload;
    const body = {
      FromEmailAddress: formatMailbox(fromEmail),
      Destination: [recipientOf(message)],
      Subject: headerText(fillIn(subject, message.payload)),
      Template: {
        TemplateID: Number(templateCode),
        TemplateData: JSON.stringify(code === undefined ? { link } : { code }),
      },
      // Of messages that a user asked for.
      TriggerType: 1,
    };
    const api = { service: 'ses', host: hosts[region], action: 'SendEmail', version: '2020-10-02', region };
    return tencentRequest({ ...api, key: { id, secret }, body: JSON.stringify(body), now: world.now() });
  },
  accepted: z.object({ Response: z.object({ MessageId: z.string() }) }),
  refused: tencentRefusal,
});
