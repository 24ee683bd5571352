import { basicHeader, createTextConnector, letterLogo, secretItem, textItem, z } from '../../kit/index.ts';
import { vonageRefusal } from './refusals.ts';

/** Text messages through the SMS API of Vonage, which answers 200 to every request. */
export const vonage = createTextConnector({
  id: 'vonage-sms',
  target: 'vonage-sms',
  name: 'Vonage',
  logo: letterLogo('v', '#5b21b6'),
  guide: 'vonage',
  formItems: [
    textItem('apiKey', 'API key'),
    secretItem('apiSecret', 'API secret'),
    textItem('brandName', 'Sender', { placeholder: 'Example', description: 'A name or one of your numbers.' }),
  ],
  config: z.object({
    apiKey: z.string().min(1),
    apiSecret: z.string().min(1),
    brandName: z.string().min(1),
  }),
  request: (config, { to, text }) => ({
    url: 'https://rest.nexmo.com/sms/json',
    headers: { authorization: basicHeader(config.apiKey, config.apiSecret) },
    // Letters outside of the GSM alphabet would arrive as question marks.
    json: {
      from: config.brandName,
      to,
      text,
      ...(/[^\x20-\x7e\n]/.test(text) ? { type: 'unicode' } : {}),
    },
  }),
  accepted: z.object({ messages: z.array(z.object({ status: z.literal('0') })).min(1) }),
  refused: vonageRefusal,
});
