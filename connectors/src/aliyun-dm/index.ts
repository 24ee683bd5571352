import {
  aliyunRefusal,
  aliyunRequest,
  composeMail,
  createMessageConnector,
  letterLogo,
  mailMetadata,
  mailTemplates,
  z,
} from '../../kit/index.ts';
import { directMailFormItems, home, regions } from './form.ts';

/** Emails through Direct Mail of Alibaba Cloud (API of 2015-11-23). */
export const aliyunDm = createMessageConnector({
  metadata: mailMetadata({
    id: 'aliyun-direct-mail',
    target: 'aliyun-dm',
    name: 'Alibaba Cloud Direct Mail',
    chineseName: '阿里云邮件推送',
    logo: letterLogo('阿', '#9a3412'),
    guide: 'aliyun-dm',
    formItems: directMailFormItems,
  }),
  config: z.object({
    accessKeyId: z.string().min(1),
    accessKeySecret: z.string().min(1),
    regionId: z.enum(regions).default(home),
    accountName: z.email(),
    fromAlias: z.string().optional(),
    templates: mailTemplates,
  }),
  request: async ({ accessKeyId: id, accessKeySecret: secret, regionId, ...config }, message, world) => {
    const mail = await composeMail(config.templates, message, world);
    const parameters = {
      ...{ AccountName: config.accountName, AddressType: '1', ReplyToAddress: 'false', ReplyAddress: mail.replyTo },
      ...{ ToAddress: mail.to, FromAlias: mail.from?.name ?? config.fromAlias, Subject: mail.subject },
      [mail.isHtml ? 'HtmlBody' : 'TextBody']: mail.content,
    };
    const host = regionId === home ? 'dm.aliyuncs.com' : `dm.${regionId}.aliyuncs.com`;
    const api = { host, action: 'SingleSendMail', version: '2015-11-23' };
    return aliyunRequest({ ...api, key: { id, secret }, parameters, now: world.now() });
  },
  accepted: z.object({ EnvId: z.string() }),
  refused: aliyunRefusal,
});
