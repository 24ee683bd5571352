import { createLedger, garbage, neverAnswer, type SandboxWorld, serverError } from './answers.ts';
import { findPersona, type Persona } from './personas.ts';

/** What WeChat shall answer after the person consented, so that each failure can be tried. */
export const sandboxOutcomes = [
  'success',
  'token_40029',
  'token_40163',
  'token_42003',
  'token_timeout',
  'token_garbage',
  'token_500',
  'profile_40001',
  'profile_40014',
  'profile_timeout',
  'profile_garbage',
  'profile_500',
] as const;
export type SandboxOutcome = (typeof sandboxOutcomes)[number];

/** Whether a string names an outcome. */
export const isSandboxOutcome = (value: unknown): value is SandboxOutcome =>
  sandboxOutcomes.some((outcome) => outcome === value);

export interface Approval {
  readonly appId: string;
  /** Key of a persona. */
  readonly persona: string;
  readonly outcome: SandboxOutcome;
}

export interface WechatSandbox {
  /** Answers for `https://api.weixin.qq.com` only; any other address fails as an unreachable host does. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * The person pressed Allow: a code that can be redeemed once, within ten minutes, by that app.
   * @throws RangeError for an unknown persona or outcome, or an app id that is empty or longer than 128 characters.
   */
  approve: (approval: Approval) => string;
}

interface Grant {
  readonly appId: string;
  readonly persona: Persona;
  readonly outcome: SandboxOutcome;
}

const minute = 60_000;
const codeLife = 10 * minute;
const accessTokenLife = 120 * minute;
/** WeChat labels its JSON as text. */
const answer = (body: unknown): Response =>
  new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'text/plain' } });
const failure = (errcode: number, errmsg: string): Response => answer({ errcode, errmsg });
type Handler = (query: URLSearchParams, signal: AbortSignal | null | undefined) => Response | Promise<Response>;

interface Ledgers {
  readonly codes: ReturnType<typeof createLedger<Grant & { used: boolean }>>;
  readonly accessTokens: ReturnType<typeof createLedger<Grant>>;
}

const redeem =
  ({ codes, accessTokens }: Ledgers, random: () => string): Handler =>
  (query, signal) => {
    if (!query.get('appid')) return failure(41002, 'appid missing');
    if (!query.get('secret')) return failure(41004, 'appsecret missing');
    if (!query.get('code')) return failure(41008, 'missing code');
    if (query.get('grant_type') !== 'authorization_code') return failure(40002, 'invalid grant_type');
    const issued = codes.find(query.get('code') ?? '');
    if (issued === undefined || issued.value.appId !== query.get('appid')) return failure(40029, 'invalid code');
    const grant = issued.value;
    if (grant.outcome === 'token_timeout') return neverAnswer(signal);
    if (grant.outcome === 'token_500') return serverError();
    if (grant.outcome === 'token_garbage') return garbage();
    if (grant.outcome === 'token_40029') return failure(40029, 'invalid code');
    if (issued.age > codeLife || grant.outcome === 'token_42003') return failure(42003, 'code expired');
    if (grant.used || grant.outcome === 'token_40163') return failure(40163, 'code been used');
    grant.used = true;
    return answer({
      access_token: accessTokens.add(grant),
      expires_in: accessTokenLife / 1000,
      refresh_token: random(),
      openid: grant.persona.openid,
      scope: 'snsapi_userinfo',
      ...(grant.persona.unionid === undefined ? {} : { unionid: grant.persona.unionid }),
    });
  };

/** A mini program's code: who the user is, with a key of their session, and no token. */
const redeemMiniProgram =
  (ledgers: Ledgers, random: () => string): Handler =>
  async (query, signal) => {
    const asked = new URLSearchParams(query);
    asked.set('code', query.get('js_code') ?? '');
    const response = await redeem(ledgers, random)(asked, signal);
    const told = ledgers.codes.find(query.get('js_code') ?? '')?.value.persona;
    const text = await response.text();
    if (told === undefined || !text.includes('access_token')) return new Response(text, response);
    const { openid, unionid } = told;
    return answer({ session_key: random(), openid, ...(unionid === undefined ? {} : { unionid }) });
  };

const profile =
  ({ accessTokens }: Ledgers): Handler =>
  (query, signal) => {
    const issued = accessTokens.find(query.get('access_token') ?? '');
    if (issued === undefined) return failure(40001, 'invalid credential, access_token is invalid or not latest');
    const { persona, outcome } = issued.value;
    if (outcome === 'profile_timeout') return neverAnswer(signal);
    if (outcome === 'profile_500') return serverError();
    if (outcome === 'profile_garbage') return garbage();
    if (outcome === 'profile_40001') return failure(40001, 'invalid credential, access_token is invalid or not latest');
    if (outcome === 'profile_40014') return failure(40014, 'invalid access_token');
    if (!query.get('openid')) return failure(41009, 'missing openid');
    if (query.get('openid') !== persona.openid) return failure(40003, 'invalid openid');
    const { openid, unionid, nickname, sex, province, city, country, headimgurl } = persona;
    const attributes = { openid, nickname, sex, language: '', city, province, country, headimgurl, privilege: [] };
    return answer(unionid === undefined ? attributes : { ...attributes, unionid });
  };

/**
 * A stand-in for WeChat's servers, so that sign-in can be tried before WeChat has approved an app. Everything is kept
 * in memory, at most 1,000 codes and 1,000 access tokens, and belongs to the creator of the sandbox: create one per
 * tenant.
 */
export const createWechatSandbox = (world: SandboxWorld): WechatSandbox => {
  const ledgers: Ledgers = {
    // A code outlives its validity, so that redeeming it late says "expired" and not "unknown".
    codes: createLedger(world, 6 * codeLife),
    accessTokens: createLedger(world, accessTokenLife),
  };
  const handlers: Readonly<Record<string, Handler>> = {
    '/sns/oauth2/access_token': redeem(ledgers, world.random),
    '/sns/userinfo': profile(ledgers),
    '/sns/jscode2session': redeemMiniProgram(ledgers, world.random),
  };
  return {
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : undefined;
      const url = new URL(request?.url ?? String(input));
      const signal = init?.signal ?? request?.signal;
      signal?.throwIfAborted();
      if (url.origin !== 'https://api.weixin.qq.com') throw new TypeError('The sandbox plays WeChat only');
      const handler = Object.hasOwn(handlers, url.pathname) ? handlers[url.pathname] : undefined;
      return handler === undefined ? new Response('', { status: 404 }) : handler(url.searchParams, signal);
    },
    approve: ({ appId, persona: key, outcome }) => {
      const persona = findPersona(key);
      if (persona === undefined) throw new RangeError('There is no such persona');
      if (!isSandboxOutcome(outcome)) throw new RangeError('There is no such outcome');
      if (appId === '' || appId.length > 128) throw new RangeError('The app id is empty or too long');
      return ledgers.codes.add({ appId, persona, outcome, used: false });
    },
  };
};
