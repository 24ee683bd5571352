import { basicHeader, createTextConnector, letterLogo, secretItem, textItem, z } from '../../kit/index.ts';

const endpoint = 'https://gatewayapi.com/rest/mtsms';

/** Text messages through the REST API of GatewayAPI. */
export const gatewayapi = createTextConnector({
  id: 'gatewayapi-sms',
  target: 'gatewayapi-sms',
  name: 'GatewayAPI',
  logo: letterLogo('ga', '#0f766e'),
  guide: 'gatewayapi',
  formItems: [
    { ...textItem('endpoint', 'Endpoint', { placeholder: endpoint }), defaultValue: endpoint },
    secretItem('apiToken', 'API token'),
    textItem('sender', 'Sender', { placeholder: 'Example' }),
  ],
  config: z.object({
    endpoint: z.url({ protocol: /^https?$/ }),
    apiToken: z.string().min(1),
    sender: z.string().min(1).max(15),
  }),
  request: (config, { to, text }) => ({
    url: config.endpoint,
    headers: { authorization: basicHeader(config.apiToken, '') },
    json: {
      ...{ sender: config.sender, message: text, recipients: [{ msisdn: to }] },
      ...(/[^\x20-\x7e\n]/.test(text) ? { encoding: 'UCS2' } : {}),
    },
  }),
  accepted: z.object({ ids: z.array(z.number()).min(1) }),
  refused: z
    .object({ code: z.string().optional(), message: z.string() })
    .transform(({ code, message }) => ({ reason: code ? `${message} (${code})` : message })),
});
