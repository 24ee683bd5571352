import {
  ConnectorError,
  composeText,
  createMessageConnector,
  letterLogo,
  phoneOf,
  secretItem,
  textItem,
  textMetadata,
  textTemplates,
  textTemplatesItem,
  z,
} from '../../kit/index.ts';
import { yunpianRefusal } from './refusals.ts';

/** Text messages through Yunpian (version 2). */
export const yunpian = createMessageConnector({
  metadata: textMetadata({
    id: 'yunpian-sms',
    target: 'yunpian-sms',
    name: 'Yunpian',
    chineseName: '云片',
    logo: letterLogo('云', '#0369a1'),
    guide: 'yunpian',
    formItems: [
      secretItem('apikey', 'API key'),
      textTemplatesItem,
      { key: 'enableInternational', type: 'Switch', label: 'Numbers outside of mainland China' },
      textItem('unsupportedCountriesMsg', 'Message for other numbers', {
        required: false,
        description: 'What operators read when a number is refused because it is not of mainland China.',
      }),
    ],
  }),
  config: z.object({
    apikey: z.string().min(1),
    templates: textTemplates,
    enableInternational: z.boolean().optional(),
    unsupportedCountriesMsg: z.string().optional(),
  }),
  request: (config, message) => {
    const to = phoneOf(message);
    const isChinese = /^861\d{10}$/.test(to);
    if (!isChinese && !config.enableInternational)
      throw new ConnectorError('general', {
        errorDescription: config.unsupportedCountriesMsg || 'Only numbers of mainland China are allowed',
      });
    return {
      url: 'https://sms.yunpian.com/v2/sms/single_send.json',
      form: {
        apikey: config.apikey,
        mobile: isChinese ? to.slice(2) : `+${to}`,
        text: composeText(config.templates, message),
      },
    };
  },
  accepted: z.object({ code: z.literal(0) }),
  refused: yunpianRefusal,
});
