import {
  createMessageConnector,
  letterLogo,
  phoneOf,
  secretItem,
  templateFor,
  templatesItem,
  templatesOf,
  textItem,
  textMetadata,
  z,
} from '../../kit/index.ts';
import { whatsappRefusal } from './refusals.ts';

const text = (value: string) => [{ type: 'text', text: value }];

/** Messages to WhatsApp through the Cloud API of Meta, with approved templates. */
export const whatsapp = createMessageConnector({
  metadata: textMetadata({
    id: 'whatsapp-short-message-service',
    target: 'whatsapp-sms',
    name: 'WhatsApp',
    logo: letterLogo('wa', '#15803d'),
    guide: 'whatsapp',
    formItems: [
      secretItem('accessToken', 'Access token', 'Of a system user. It is stored encrypted.'),
      textItem('phoneNumberId', 'Phone number ID'),
      templatesItem(
        { templateName: '<name>', language: 'en' },
        'Name and language of the template, for each usageType.',
      ),
    ],
  }),
  config: z.object({
    accessToken: z.string().min(1),
    phoneNumberId: z.string().regex(/^\d+$/, 'Must be digits'),
    templates: templatesOf({ templateName: z.string().min(1), language: z.string().default('en') }),
  }),
  request: (config, message) => {
    const { templateName: name, language } = templateFor(config.templates, message);
    const { code, link } = message.payload;
    // Templates of the category Authentication repeat the code in their button, which copies it.
    const button = { type: 'button', sub_type: 'url', index: '0', parameters: text(String(code)) };
    const components = [
      { type: 'body', parameters: text(String(code ?? link)) },
      ...(code === undefined ? [] : [button]),
    ];
    return {
      url: `https://graph.facebook.com/v23.0/${config.phoneNumberId}/messages`,
      headers: { authorization: `Bearer ${config.accessToken}` },
      json: {
        ...{ messaging_product: 'whatsapp', to: phoneOf(message), type: 'template' },
        template: { name, language: { code: language }, components },
      },
    };
  },
  accepted: z.object({ messages: z.array(z.object({ id: z.string() })).min(1) }),
  refused: whatsappRefusal,
});
