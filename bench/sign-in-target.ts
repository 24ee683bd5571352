/** Sets up a server for sign-ins of each kind: settings, connectors, and users with what they sign in with. */
import { findPersona } from '../connectors/sandbox/index.ts';
import type { Division } from './cores.ts';
import { identifyByPassword, type Target } from './flows.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { readEmail, startReceiver } from './receiver.ts';
import { fill, managementApi, type Person } from './seed.ts';
import { createAuthenticatorApp, createPasskey, personas, type SignInTarget } from './sign-in-flows.ts';

const byUsername = { identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true };
const byEmailCode = { identifier: 'email', password: false, verificationCode: true, isPasswordPrimary: false };
/** The ways to sign in that the tenant offers. */
const settings = {
  password: {
    signIn: { methods: [byUsername] },
    socialSignInConnectorTargets: [],
    mfa: { factors: [], policy: 'NoPrompt' },
    passkeySignIn: { enabled: false },
  },
  all: {
    signIn: { methods: [byUsername, byEmailCode] },
    socialSignInConnectorTargets: ['wechat'],
    mfa: { factors: ['Totp'], policy: 'NoPrompt' },
    passkeySignIn: { enabled: true, showPasskeyButton: true, allowAutofill: true },
  },
};
const wechatConfig = {
  appId: 'wx0123456789abcdef',
  appSecret: 'an app secret for measuring',
  universalLinks: 'https://app.example/wechat/',
};
const passkeys = 50;
const passwords = 400;
/** For each core: an authenticator app has one code in 30 seconds, an address gets ten emails in ten minutes. */
const appsPerCore = 1000;
const addressesPerCore = 1500;
/** Emails in an hour: the load comes from one address, and is that of many users. */
const manyEmails = { client: 10_000_000, network: 10_000_000, tenant: 10_000_000 };

export interface SignInServer extends OwnServer {
  target: SignInTarget;
  /** Sign-ins at a time. */
  parallel: number;
  /** Changes what the tenant offers; at first all. */
  offer: (ways: keyof typeof settings) => Promise<unknown>;
}

/** Starts a server on its cores. Everything is stopped when `stack` is disposed. */
export async function startSignInServer(
  setup: { root: string; flags: string[]; effort: number; cores: Division },
  stack: AsyncDisposableStack,
): Promise<SignInServer> {
  const { serverCount, server } = setup.cores;
  const parallel = 16 * serverCount;
  // A passkey belongs to a host name; an IP address cannot have one.
  const host = 'localhost';
  const configuration = { MESSAGE_LIMITS_JSON: JSON.stringify({ email: manyEmails }) };
  const own = await startOwnServer({ ...setup, cores: server, host, configuration, maxSockets: parallel }, stack);
  const mails = stack.adopt(await startReceiver(readEmail), (started) => started.close());
  const scale = (count: number) => Math.ceil(count * setup.effort);
  const counts = { apps: scale(appsPerCore * serverCount), addresses: scale(addressesPerCore * serverCount) };
  const { fixtures, managementToken, users } = await fill(
    own.subject,
    own.client,
    counts.apps + counts.addresses + passkeys + passwords,
  );
  const take = (count: number) => users.splice(0, count);
  const base: Target = {
    client: own.client,
    endpoints: { discovery: '', keys: '', token: '/oidc/token', userinfo: '/oidc/me' },
    fixtures,
    tokens: [],
    managementToken,
  };
  const call = managementApi(own.client, managementToken);
  await call('POST', '/connectors', { connectorId: 'http-email', config: { endpoint: mails.url } });
  const wechat = await call('POST', '/connectors', { connectorId: 'wechat-native', config: wechatConfig });
  await call('PATCH', '/configs/sandbox', { enabled: true });
  const offer: SignInServer['offer'] = (ways) => call('PATCH', '/sign-in-exp', settings[ways]);
  await offer('all');
  const holders = take(passkeys);
  await eachOf(users, parallel, ({ id }) =>
    call('PATCH', `/users/${id}/logto-configs`, { passkeySignIn: { skipped: true } }),
  );
  const target: SignInTarget = {
    ...base,
    people: {
      totp: await eachOf(take(counts.apps), parallel, async ({ id, username }) => {
        const { secret } = await call<{ secret: string }>('POST', `/users/${id}/mfa-verifications`, { type: 'Totp' });
        return { username, app: createAuthenticatorApp(secret) };
      }),
      emailCode: take(counts.addresses),
      passkey: await eachOf(holders, parallel, async ({ username }) => ({
        device: await createPasskey(base, username),
      })),
      password: users,
    },
    mails,
    wechat: { connectorId: wechat.id, appId: wechatConfig.appId },
  };
  await linkPersonas(call, users);
  await requireSecondFactor(target);
  return { ...own, target, parallel, offer };
}

/** Accounts of the personas, so that each sign-in through WeChat finds one. */
async function linkPersonas(call: ReturnType<typeof managementApi>, users: readonly Person[]): Promise<void> {
  for (const [index, key] of personas.entries()) {
    const persona = findPersona(key);
    const userId = persona?.unionid ?? persona?.openid;
    await call('PUT', `/users/${users[index]?.id}/identities/wechat`, { userId }, 201);
  }
}

/** Fails if a user with an authenticator app gets in without a code: the row would measure something else. */
async function requireSecondFactor(target: SignInTarget): Promise<void> {
  const [first] = target.people.totp;
  const experience = await identifyByPassword(target, first?.username ?? '');
  await experience.call('POST', '/submit', 403);
}

/** Works on all members, `parallel` at a time, and returns the results in their order. */
async function eachOf<Member, Result>(
  members: readonly Member[],
  parallel: number,
  work: (member: Member) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = members.entries();
  const worker = async () => {
    for (const [index, member] of queue) results[index] = await work(member);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
