import { type Ask, z } from '../../kit/index.ts';
import type { wecomConfig } from './settings.ts';

const api = 'https://qyapi.weixin.qq.com/cgi-bin';
const text = z.string().min(1);

const askPrivately = (ask: Ask, access_token: string, user_ticket: string) =>
  ask({
    purpose: 'profile',
    address: `${api}/auth/getuserdetail`,
    query: { access_token },
    json: { user_ticket },
    answer: z.looseObject({ userid: text, avatar: z.string().nullish() }),
  });

type Config = z.output<z.ZodObject<typeof wecomConfig>>;

/** Redeems the code with a token of the app, and reads who the member is. */
export const readWecomUser = async (code: string, ask: Ask, { corpId, appSecret }: Config) => {
  const { access_token } = await ask({
    purpose: 'token',
    address: `${api}/gettoken`,
    query: { corpid: corpId, corpsecret: appSecret },
    answer: z.object({ access_token: text }),
  });
  // Users who do not belong to the company have no `userid`.
  const { userid, user_ticket } = await ask({
    purpose: 'token',
    address: `${api}/auth/getuserinfo`,
    query: { access_token, code },
    answer: z.object({ userid: text, user_ticket: z.string().optional() }),
  });
  const rawData = await ask({
    purpose: 'profile',
    address: `${api}/user/get`,
    query: { access_token, userid },
    answer: z.looseObject({ userid: text, name: z.string().nullish(), avatar: z.string().nullish() }),
  });
  // What only the user may show comes for a ticket, which the scope `snsapi_privateinfo` gives.
  const shown = user_ticket ? await askPrivately(ask, access_token, user_ticket) : undefined;
  return {
    id: userid,
    name: rawData.name,
    avatar: shown?.avatar || rawData.avatar,
    rawData: { ...rawData, ...shown },
  };
};
