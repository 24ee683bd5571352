import { basicHeader, createTextConnector, letterLogo, secretItem, textItem, z } from '../../kit/index.ts';

const invalidCredentials = 20_003;

/** Text messages through a messaging service of Twilio (API of 2010-04-01). */
export const twilio = createTextConnector({
  id: 'twilio-short-message-service',
  target: 'twilio-sms',
  name: 'Twilio',
  logo: letterLogo('tw', '#b91c1c'),
  guide: 'twilio',
  formItems: [
    textItem('accountSID', 'Account SID', { placeholder: 'AC…' }),
    secretItem('authToken', 'Auth token'),
    textItem('fromMessagingServiceSID', 'Messaging service SID', { placeholder: 'MG…' }),
    {
      key: 'disableRiskCheck',
      type: 'Switch',
      label: 'Disable risk check',
      description: 'Twilio does not check these messages for SMS pumping.',
    },
  ],
  config: z.object({
    accountSID: z.string().regex(/^\w+$/, 'Must be an account SID'),
    authToken: z.string().min(1),
    fromMessagingServiceSID: z.string().min(1),
    disableRiskCheck: z.boolean().optional(),
  }),
  request: (config, { to, text }) => ({
    url: `https://api.twilio.com/2010-04-01/Accounts/${config.accountSID}/Messages.json`,
    headers: { authorization: basicHeader(config.accountSID, config.authToken) },
    form: {
      To: `+${to}`,
      MessagingServiceSid: config.fromMessagingServiceSID,
      Body: text,
      RiskCheck: config.disableRiskCheck ? 'disable' : 'enable',
    },
  }),
  accepted: z.object({ sid: z.string() }),
  refused: z.object({ code: z.number(), message: z.string() }).transform(({ code, message }) => ({
    reason: `${message} (${code})`,
    code: code === invalidCredentials ? ('invalid_config' as const) : undefined,
  })),
});
