import { basicHeader, createTextConnector, letterLogo, secretItem, textItem, z } from '../../kit/index.ts';

/** Text messages through SMS Aero (version 2). */
export const smsaero = createTextConnector({
  id: 'smsaero-short-message-service',
  target: 'smsaero-sms',
  name: 'SMS Aero',
  logo: letterLogo('sa', '#7c2d12'),
  guide: 'smsaero',
  formItems: [
    textItem('email', 'Email', { description: 'The address of your account.' }),
    secretItem('apiKey', 'API key'),
    textItem('senderName', 'Sender', { placeholder: 'SMS Aero' }),
  ],
  config: z.object({
    email: z.email(),
    apiKey: z.string().min(1),
    senderName: z.string().min(1),
  }),
  request: (config, { to, text }) => ({
    url: 'https://gate.smsaero.ru/v2/sms/send',
    headers: { authorization: basicHeader(config.email, config.apiKey) },
    json: { number: to, sign: config.senderName, text },
  }),
  accepted: z.object({ success: z.literal(true) }),
  refused: z
    .object({ success: z.literal(false), message: z.string().nullish() })
    .transform(({ message }) => ({ reason: message ?? '' })),
});
