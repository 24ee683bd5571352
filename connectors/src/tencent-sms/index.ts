import {
  codeTemplates,
  createMessageConnector,
  letterLogo,
  phoneOf,
  templateFor,
  tencentRefusal,
  tencentRequest,
  textMetadata,
  z,
} from '../../kit/index.ts';
import { hosts, tencentSmsFormItems } from './form.ts';

/** Text messages through the SMS product of Tencent Cloud (API of 2021-01-11). */
export const tencentSms = createMessageConnector({
  metadata: textMetadata({
    id: 'tencent-short-message-service',
    target: 'tencent-sms',
    name: 'Tencent Cloud SMS',
    chineseName: '腾讯云短信',
    logo: letterLogo('腾', '#1d4ed8'),
    guide: 'tencent-sms',
    formItems: tencentSmsFormItems,
  }),
  config: z.object({
    accessKeyId: z.string().min(1),
    accessKeySecret: z.string().min(1),
    signName: z.string().min(1),
    sdkAppId: z.string().min(1),
    region: z.string().regex(/^[a-z0-9-]+$/, 'Must be a region such as ap-guangzhou'),
    site: z.enum(['china', 'international']).default('china'),
    templates: codeTemplates,
  }),
  request: (config, message, world) => {
    const { code, link } = message.payload;
    const body = {
      PhoneNumberSet: [`+${phoneOf(message)}`],
      SmsSdkAppId: config.sdkAppId,
      SignName: config.signName,
      TemplateId: templateFor(config.templates, message).templateCode,
      TemplateParamSet: [String(code ?? link)],
    };
    const key = { id: config.accessKeyId, secret: config.accessKeySecret };
    const { region, site } = config;
    const api = { service: 'sms', host: hosts[site], action: 'SendSms', version: '2021-01-11', region };
    return tencentRequest({ ...api, key, body: JSON.stringify(body), now: world.now() });
  },
  accepted: z.object({ Response: z.object({ SendStatusSet: z.tuple([z.object({ Code: z.literal('Ok') })]) }) }),
  refused: tencentRefusal,
});
