import {
  aliyunRefusal,
  aliyunRequest,
  createMessageConnector,
  letterLogo,
  phoneOf,
  templateFor,
  textMetadata,
  z,
} from '../../kit/index.ts';
import { aliyunSmsConfig, aliyunSmsFormItems } from './form.ts';

/** Without the strict check, eleven digits that begin as Chinese mobile numbers do count as one. */
const chineseNumber = { strict: /^86\d{11}$/, lenient: /^(86)?1[3-9]\d{9}$/ };

/** Text messages through the Short Message Service of Alibaba Cloud (API of 2017-05-25). */
export const aliyunSms = createMessageConnector({
  metadata: textMetadata({
    id: 'aliyun-short-message-service',
    target: 'aliyun-sms',
    name: 'Alibaba Cloud SMS',
    chineseName: '阿里云短信服务',
    logo: letterLogo('阿', '#c2570c'),
    guide: 'aliyun-sms',
    formItems: aliyunSmsFormItems,
  }),
  config: aliyunSmsConfig,
  request: (config, message, world) => {
    const { templateCode: codes } = templateFor(config.templates, message);
    const to = phoneOf(message);
    const isChinese = chineseNumber[config.strictPhoneRegionNumberCheck ? 'strict' : 'lenient'].test(to);
    const code = typeof codes === 'string' ? codes : codes[isChinese ? 'china' : 'overseas'];
    const { code: passcode, link } = message.payload;
    const parameters = {
      ...{ PhoneNumbers: to, SignName: config.signName, TemplateCode: code },
      TemplateParam: JSON.stringify(passcode === undefined ? { link } : { code: passcode }),
    };
    const key = { id: config.accessKeyId, secret: config.accessKeySecret };
    const api = { host: 'dysmsapi.aliyuncs.com', action: 'SendSms', version: '2017-05-25' };
    return aliyunRequest({ ...api, key, parameters, now: world.now() });
  },
  accepted: z.object({ Code: z.literal('OK') }),
  refused: aliyunRefusal,
});
