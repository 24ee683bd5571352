import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { type RunningOracle, startOracle } from './oracle.ts';
import { answerOf, createParty, type Extra, encode, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const afterwards = 'https://client.example.com/bye';
const indicator = 'https://api.example.com/';

/** One of the two servers, with the same clients under the same ids and secrets. */
interface Side {
  url: string;
  web: Party;
  spa: Party;
  machine: Party;
}

/**
 * The kind of outcome of an answer. Descriptions, page layouts and header details may differ; success or failure, the
 * target of a redirect and the error code may not.
 */
async function outcomeOf(response: Response): Promise<string> {
  const location = response.headers.get('location');
  if (location?.startsWith('/sign-in')) return 'asks to sign in';
  if (location?.startsWith(redirectUri) || location?.startsWith(afterwards)) {
    const answer = answerOf(response);
    const part = location.includes('#') ? ' in the fragment' : '';
    return `application${part}: ${answer.get('error') ?? (answer.get('code') ? 'code' : 'nothing')}`;
  }
  if (location !== null) return `elsewhere: ${location}`;
  const text = await response.text();
  if (/json/.test(response.headers.get('content-type') ?? '')) {
    const body = JSON.parse(text) as Record<string, unknown>;
    return body.error ? `${response.status} ${body.error}` : `${response.status} {${membersOf(body).join(' ')}}`;
  }
  return response.status >= 400 ? 'an error page' : `${response.status} ${text === '' ? 'empty' : 'a page'}`;
}

/** The members that make a difference to a client; the wire contract of the SDKs adds others. */
const membersOf = (body: object): string[] =>
  ['access_token', 'refresh_token', 'id_token', 'expires_in', 'token_type', 'active', 'sub', 'name'].filter(
    (name) => name in body,
  );

/** Where we mean to differ, and why. */
const deviations: Record<string, { outcome: string; why: string }> = {
  'a grant that is not allowed': {
    outcome: '400 unauthorized_client',
    why: 'RFC 6749 section 5.2 has this word for it',
  },
  ...Object.fromEntries(
    ['the implicit flow of OpenID Connect', 'the hybrid flow'].map((name) => [
      name,
      {
        outcome: 'application in the fragment: unsupported_response_type',
        why: 'RFC 6749 section 4.1.2.1 has this word for it; the place of the answer is the same',
      },
    ]),
  ),
  'offline access without consent': {
    outcome: '200 {access_token refresh_token id_token expires_in token_type}',
    why: 'OpenID Connect Core section 11 lets other conditions stand for consent: the application is the operator’s own',
  },
};

type Case = [name: string, run: (side: Side, userId: string) => Promise<Response>];

const authorization = (extra: Extra) => (side: Side) => side.web.authorize(createAgent(), extra);

const authorizationCases: Case[] = [
  ['a plain request', authorization({})],
  ['a public client', (side) => side.spa.authorize(createAgent())],
  ['no client', authorization({ client_id: null })],
  ['an unknown client', authorization({ client_id: 'nobody' })],
  ['an unknown redirect address', authorization({ redirect_uri: 'https://evil.example.com/' })],
  ['a redirect address with a slash more', authorization({ redirect_uri: `${redirectUri}/` })],
  ['a redirect address with a query more', authorization({ redirect_uri: `${redirectUri}?a=b` })],
  ['a redirect address in capitals', authorization({ redirect_uri: 'HTTPS://CLIENT.example.com/callback' })],
  ['a redirect address with dot segments', authorization({ redirect_uri: 'https://client.example.com/x/../callback' })],
  [
    'a redirect address with its default port',
    authorization({ redirect_uri: 'https://client.example.com:443/callback' }),
  ],
  ['no response type', authorization({ response_type: null })],
  ['the implicit flow of OpenID Connect', authorization({ response_type: 'id_token', nonce: 'n' })],
  ['the implicit flow of OpenID Connect with a token', authorization({ response_type: 'id_token token', nonce: 'n' })],
  ['the hybrid flow', authorization({ response_type: 'code id_token', nonce: 'n' })],
  ['the implicit flow', authorization({ response_type: 'token' })],
  ['an unknown response type', authorization({ response_type: 'pigeon' })],
  ['an unknown response mode', authorization({ response_mode: 'pigeon' })],
  ['an error in the fragment', authorization({ response_mode: 'fragment', prompt: 'none' })],
  ['prompt none without a session', authorization({ prompt: 'none' })],
  ['prompt none beside another', authorization({ prompt: 'none login' })],
  ['prompt none beside consent', authorization({ prompt: 'none consent' })],
  ['an unknown prompt', authorization({ prompt: 'dance' })],
  ['max_age that is no number', authorization({ max_age: 'old' })],
  ['max_age below zero', authorization({ max_age: '-1' })],
  ['a plain challenge', authorization({ code_challenge_method: 'plain' })],
  ['a challenge without a method', authorization({ code_challenge_method: null })],
  ['a method without a challenge', authorization({ code_challenge: null })],
  ['a malformed challenge', authorization({ code_challenge: 'short' })],
  [
    'a public client without PKCE',
    (side) => side.spa.authorize(createAgent(), { code_challenge: null, code_challenge_method: null }),
  ],
  ['a request object', authorization({ request: 'a.b.c' })],
  ['a request address', authorization({ request_uri: 'https://client.example.com/request' })],
  ['registration', authorization({ registration: '{}' })],
  ['a damaged hint', authorization({ id_token_hint: 'a.b.c' })],
  ['an unknown resource', authorization({ resource: 'https://nowhere.example.com' })],
  ['a known resource', authorization({ resource: indicator, scope: 'openid read' })],
  ['a repeated state', authorization({ state: ['one', 'two'], client_id: null })],
  ['a machine', (side) => side.machine.authorize(createAgent())],
  ['an unknown parameter', authorization({ color: 'green' })],
];

const token = (pick: (side: Side) => Party, parameters: Extra, headers?: Record<string, string>) => (side: Side) =>
  pick(side).token(parameters, headers);
const machine = (side: Side) => side.machine;
const web = (side: Side) => side.web;

const tokenCases: Case[] = [
  ['client credentials', token(machine, { grant_type: 'client_credentials' })],
  [
    'client credentials for a resource',
    token(machine, { grant_type: 'client_credentials', resource: indicator, scope: 'read' }),
  ],
  [
    'client credentials for an unknown resource',
    token(machine, { grant_type: 'client_credentials', resource: 'https://nowhere.example.com' }),
  ],
  ['a wrong secret', token(machine, { grant_type: 'client_credentials', client_secret: 'wrong' })],
  ['no secret', token(machine, { grant_type: 'client_credentials', client_secret: null })],
  ['no client', token(machine, { grant_type: 'client_credentials', client_id: null, client_secret: null })],
  ['an unknown client', token(machine, { grant_type: 'client_credentials', client_id: 'nobody' })],
  ['no grant', token(machine, {})],
  ['an unknown grant', token(machine, { grant_type: 'password' })],
  ['a grant that is not allowed', token(web, { grant_type: 'client_credentials' })],
  [
    'a code that nobody gave',
    token(web, {
      grant_type: 'authorization_code',
      code: 'x',
      redirect_uri: redirectUri,
      code_verifier: 'x'.repeat(43),
    }),
  ],
  ['no code', token(web, { grant_type: 'authorization_code', redirect_uri: redirectUri })],
  ['a refresh token that nobody gave', token(web, { grant_type: 'refresh_token', refresh_token: 'x' })],
  ['no refresh token', token(web, { grant_type: 'refresh_token' })],
  ['a repeated grant', token(machine, { grant_type: ['client_credentials', 'client_credentials'] })],
  ['introspection of nothing', (side) => side.web.post('/oidc/token/introspection', {})],
  ['introspection of the unknown', (side) => side.web.post('/oidc/token/introspection', { token: 'unknown' })],
  ['revocation of nothing', (side) => side.web.post('/oidc/token/revocation', {})],
  ['revocation of the unknown', (side) => side.web.post('/oidc/token/revocation', { token: 'unknown' })],
  ['userinfo without a token', ({ url }) => fetch(`${url}/oidc/me`)],
  ['userinfo with a wrong token', ({ url }) => fetch(`${url}/oidc/me`, { headers: { authorization: 'Bearer wrong' } })],
];

const redeemWith =
  (extra: Extra, request: Extra = {}): Case[1] =>
  async (side, userId) => {
    const answer = await side.web.signIn(createAgent(), userId, request);
    return side.web.redeem(answer.get('code') ?? '', extra);
  };
const withTokens =
  (run: (side: Side, tokens: Tokens) => Promise<Response>, request: Extra = {}): Case[1] =>
  async (side, userId) =>
    run(side, await side.web.tokens(userId, request));
const userinfo = (side: Side, bearer: string) =>
  fetch(`${side.url}/oidc/me`, { headers: { authorization: `Bearer ${bearer}` } });

const flowCases: Case[] = [
  ['a code', redeemWith({})],
  ['a code without offline access', redeemWith({}, { scope: 'openid' })],
  ['offline access without consent', redeemWith({}, { prompt: 'login' })],
  ['no openid', redeemWith({}, { scope: 'profile' })],
  ['a wrong verifier', redeemWith({ code_verifier: 'x'.repeat(43) })],
  ['no verifier', redeemWith({ code_verifier: null })],
  ['a verifier without a challenge', redeemWith({}, { code_challenge: null, code_challenge_method: null })],
  ['another redirect address', redeemWith({ redirect_uri: `${redirectUri}/` })],
  [
    'a code of another client',
    async (side, userId) => {
      const answer = await side.web.signIn(createAgent(), userId);
      return side.spa.redeem(answer.get('code') ?? '', { code_verifier: side.web.verifier });
    },
  ],
  [
    'a code twice',
    async (side, userId) => {
      const code = (await side.web.signIn(createAgent(), userId)).get('code') ?? '';
      await side.web.redeem(code);
      return side.web.redeem(code);
    },
  ],
  [
    'tokens of a code that came twice',
    async (side, userId) => {
      const code = (await side.web.signIn(createAgent(), userId)).get('code') ?? '';
      const tokens = (await (await side.web.redeem(code)).json()) as Tokens;
      await side.web.redeem(code);
      return userinfo(side, tokens.access_token);
    },
  ],
  ['userinfo', withTokens((side, tokens) => userinfo(side, tokens.access_token))],
  ['userinfo with an ID token', withTokens((side, tokens) => userinfo(side, tokens.id_token))],
  ['userinfo without openid', withTokens((side, tokens) => userinfo(side, tokens.access_token), { scope: 'profile' })],
  ['a refresh', withTokens((side, tokens) => side.web.refresh(tokens.refresh_token ?? ''))],
  [
    'a refresh with fewer scopes',
    withTokens((side, tokens) => side.web.refresh(tokens.refresh_token ?? '', { scope: 'openid' })),
  ],
  [
    'a refresh with more scopes',
    withTokens((side, tokens) => side.web.refresh(tokens.refresh_token ?? '', { scope: 'openid email' })),
  ],
  ['a refresh by another client', withTokens((side, tokens) => side.spa.refresh(tokens.refresh_token ?? ''))],
  ['a refresh with an access token', withTokens((side, tokens) => side.web.refresh(tokens.access_token))],
  [
    'a refresh for a resource that was not granted',
    withTokens((side, tokens) =>
      side.web.refresh(tokens.refresh_token ?? '', { resource: 'https://nowhere.example.com' }),
    ),
  ],
  [
    'a refresh for a granted resource',
    withTokens((side, tokens) => side.web.refresh(tokens.refresh_token ?? '', { resource: indicator }), {
      resource: indicator,
      scope: 'openid offline_access read',
    }),
  ],
  [
    'introspection of a live token',
    withTokens((side, tokens) => side.web.post('/oidc/token/introspection', { token: tokens.access_token })),
  ],
  [
    'userinfo after the access token was revoked',
    withTokens(async (side, tokens) => {
      await side.web.post('/oidc/token/revocation', { token: tokens.access_token });
      return userinfo(side, tokens.access_token);
    }),
  ],
  [
    'a refresh after the refresh token was revoked',
    withTokens(async (side, tokens) => {
      await side.web.post('/oidc/token/revocation', { token: tokens.refresh_token ?? '' });
      return side.web.refresh(tokens.refresh_token ?? '');
    }),
  ],
  [
    'userinfo after another client revoked the token',
    withTokens(async (side, tokens) => {
      await side.spa.post('/oidc/token/revocation', { token: tokens.access_token });
      return userinfo(side, tokens.access_token);
    }),
  ],
  [
    'a second application without a question',
    async (side, userId) => {
      const agent = createAgent();
      await side.web.signIn(agent, userId);
      return side.spa.authorize(agent, { prompt: 'none', scope: 'openid' });
    },
  ],
  [
    'prompt login with a session',
    async (side, userId) => {
      const agent = createAgent();
      await side.web.signIn(agent, userId);
      return side.web.authorize(agent, { prompt: 'login' });
    },
  ],
  [
    'a hint for the signed-in person',
    async (side, userId) => {
      const agent = createAgent();
      const { id_token: hint } = await side.web.tokens(userId, {}, agent);
      return side.web.authorize(agent, { prompt: 'none', id_token_hint: hint, scope: 'openid' });
    },
  ],
  [
    'a stolen resume address',
    async (side, userId) => {
      const agent = createAgent();
      await side.web.authorize(agent);
      const done = await agent.fetch(`${side.url}/test/sign-in`, {
        method: 'POST',
        headers: { 'x-test-user': userId },
      });
      return createAgent().fetch(((await done.json()) as { redirectTo: string }).redirectTo);
    },
  ],
];

const logout =
  (parameters: Extra): Case[1] =>
  (side) =>
    createAgent().fetch(`${side.url}/oidc/session/end?${encode(parameters)}`, { headers: { accept: 'text/html' } });
const logoutCases: Case[] = [
  ['sign-out without anything', logout({})],
  [
    'sign-out to an unregistered address',
    async (side) => logout({ client_id: side.web.id, post_logout_redirect_uri: 'https://evil.example.com/' })(side, ''),
  ],
  [
    'sign-out to a registered address',
    async (side) => logout({ client_id: side.web.id, post_logout_redirect_uri: afterwards })(side, ''),
  ],
  ['sign-out of nobody to an address', logout({ post_logout_redirect_uri: afterwards })],
  ['sign-out with a damaged hint', logout({ id_token_hint: 'a.b.c' })],
  ['sign-out of an unknown client', logout({ client_id: 'nobody' })],
];

describe('Differential test against npm oidc-provider', () => {
  let provider: Provider;
  let oracle: RunningOracle;
  let sides: [Side, Side];
  let userId: string;

  before(async () => {
    provider = await startProvider();
    userId = (await provider.addUser({ username: 'ada', name: 'Ada' })).id;
    const oidcClientMetadata = { redirectUris: [redirectUri], postLogoutRedirectUris: [afterwards] };
    const web = await provider.addClient({ type: 'Traditional', oidcClientMetadata });
    const spa = await provider.addClient({ type: 'SPA', oidcClientMetadata });
    const machine = await provider.addClient({ type: 'MachineToMachine' });
    await provider.tenant.db.transaction((tx) =>
      provider.resources.create(tx, { name: 'API', indicator, accessTokenTtl: 600 }),
    );
    const addresses = {
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [afterwards],
      grants: ['authorization_code', 'refresh_token'],
    };
    const clients = [
      { id: web.id, secret: web.secret ?? '', ...addresses },
      { id: spa.id, ...addresses },
      {
        id: machine.id,
        secret: machine.secret ?? '',
        redirectUris: [],
        postLogoutRedirectUris: [],
        grants: ['client_credentials'],
      },
    ];
    oracle = await startOracle(clients, userId, indicator);
    const sideOf = (url: string): Side => ({
      url,
      web: createParty({ url }, { id: web.id, redirectUri, secret: web.secret ?? '' }),
      spa: createParty({ url }, { id: spa.id, redirectUri }),
      machine: createParty({ url }, { id: machine.id, redirectUri, secret: machine.secret ?? '' }),
    });
    sides = [sideOf(provider.url), sideOf(oracle.url)];
  });
  after(async () => {
    await oracle.close();
    await provider.close();
  });

  for (const [name, run] of [...authorizationCases, ...tokenCases, ...flowCases, ...logoutCases]) {
    it(name, async () => {
      const [ours, theirs] = await Promise.all(sides.map(async (side) => outcomeOf(await run(side, userId))));
      const deviation = deviations[name];
      if (deviation) assert.notEqual(ours, theirs, 'the deviation is gone: take it off the list');
      assert.equal(ours, deviation?.outcome ?? theirs, deviation?.why);
    });
  }
});
