import {
  basicHeader,
  createMessageConnector,
  formatMailbox,
  letterLogo,
  mailbox,
  mailMetadata,
  secretItem,
  senderOf,
  textItem,
  z,
} from '../../kit/index.ts';
import { composeDelivery, deliveries, deliveriesItem } from './deliveries.ts';

const endpoint = 'https://api.mailgun.net';

/** Emails through the Messages API of Mailgun (version 3). */
export const mailgun = createMessageConnector({
  metadata: mailMetadata({
    id: 'mailgun-email',
    target: 'mailgun-email',
    name: 'Mailgun',
    logo: letterLogo('mg', '#b4283c'),
    guide: 'mailgun',
    formItems: [
      textItem('endpoint', 'Endpoint', { required: false, placeholder: endpoint }),
      textItem('domain', 'Domain', { placeholder: 'mg.example.com' }),
      secretItem('apiKey', 'API key'),
      textItem('from', 'Sender', { placeholder: 'Example <no-reply@mg.example.com>' }),
      deliveriesItem,
    ],
  }),
  config: z.object({
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    domain: z.string().regex(/^[a-z0-9.-]+$/i, 'Must be a domain'),
    apiKey: z.string().min(1),
    from: mailbox,
    deliveries,
  }),
  request: async ({ domain, apiKey, from, ...config }, message, world) => {
    const { mail, variables, ...content } = await composeDelivery(config.deliveries, message, world);
    return {
      url: new URL(`/v3/${domain}/messages`, config.endpoint || endpoint).href,
      headers: { authorization: basicHeader('api', apiKey) },
      form: {
        from: formatMailbox(senderOf(mail, from)),
        to: mail.to,
        subject: mail.subject || undefined,
        ...content,
        'h:X-Mailgun-Variables': variables && JSON.stringify(variables),
        'h:Reply-To': mail.replyTo,
      },
    };
  },
  accepted: z.object({ id: z.string() }),
  refused: z.object({ message: z.string() }).transform(({ message }) => ({ reason: message })),
});
