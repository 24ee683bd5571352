import { createTextConnector, letterLogo, type Refusal, secretItem, textItem, z } from '../../kit/index.ts';

/** What the numbers mean that an answer can consist of. */
const reasons: Readonly<Record<string, Refusal>> = {
  '30': { reason: 'Wrong password', code: 'invalid_config' },
  '40': { reason: 'The account does not exist', code: 'invalid_config' },
  '41': { reason: 'The balance is too low', code: 'usage_limit_exceeded' },
  '43': { reason: 'This IP address is not allowed', code: 'invalid_config' },
  '50': { reason: 'The message contains words that are not allowed' },
  '51': { reason: 'The phone number is not valid' },
  '-1': { reason: 'A parameter is missing' },
};

/** Text messages through SMSBao: numbers in China by one address, all others by another. */
export const smsbao = createTextConnector({
  id: 'smsbao-sms',
  target: 'smsbao-sms',
  name: 'SMSBao',
  chineseName: '短信宝',
  logo: letterLogo('宝', '#be185d'),
  guide: 'smsbao',
  formItems: [
    textItem('username', 'Username'),
    secretItem('passwordOrApiKey', 'API key', 'Or the MD5 of the password. It is stored encrypted.'),
    textItem('goodsId', 'Product ID', { required: false, description: 'For a dedicated channel.' }),
  ],
  config: z.object({
    username: z.string().min(1),
    passwordOrApiKey: z.string().min(1),
    goodsId: z.string().optional(),
  }),
  request: ({ username: u, passwordOrApiKey: p, goodsId: g }, { to, text: c }) => {
    const isChinese = /^861\d{10}$/.test(to);
    const query = { u, p, ...(g ? { g } : {}), m: isChinese ? to.slice(2) : `+${to}`, c };
    const path = isChinese ? 'sms' : 'wsms';
    return { method: 'GET', url: `https://api.smsbao.com/${path}?${new URLSearchParams(query).toString()}` };
  },
  // The whole answer is one number.
  accepted: z.literal(0),
  refused: z.number().transform((status) => reasons[String(status)] ?? { reason: `Status ${status}` }),
});
