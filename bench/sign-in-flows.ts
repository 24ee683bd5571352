/** Complete sign-ins by each way, from the authorization request to the code at the application's redirect URI. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Authenticator, createAuthenticator } from '../test/support/authenticator.ts';
import { totpCode } from '../test/support/totp-app.ts';
import { identifyByPassword, json, openExperience, signInByExperience, signInByPages, type Target } from './flows.ts';
import type { Operation } from './load.ts';
import type { Receiver } from './receiver.ts';
import type { Person } from './seed.ts';

/** A server with users of each kind. */
export interface SignInTarget extends Target {
  people: {
    password: readonly Person[];
    totp: readonly { username: string; app: AuthenticatorApp }[];
    emailCode: readonly Person[];
    passkey: readonly { device: Authenticator }[];
  };
  mails: Receiver<string>;
  wechat: { connectorId: string; appId: string };
}

/** An authenticator app, which shows each code once. */
export interface AuthenticatorApp {
  nextCode: () => Promise<string>;
}

const stepLength = 30_000;

/** The server accepts the codes of the previous, the current and the next step, each once. */
export function createAuthenticatorApp(secret: string): AuthenticatorApp {
  let lastStep = 0;
  return {
    async nextCode() {
      const present = Math.floor(Date.now() / stepLength);
      lastStep = Math.max(lastStep + 1, present);
      const wait = (lastStep - 1) * stepLength - Date.now();
      if (wait > 0) await pause(wait);
      return totpCode(secret, lastStep * stepLength);
    },
  };
}

export interface SignInKind {
  id: string;
  /** In the table. */
  name: string;
  /** What the tenant offers in the time. */
  offers: 'password' | 'all';
  /** How often it comes in a round of the mixture. */
  share: number;
  operation: (target: SignInTarget) => Operation;
}

/** The mixture holds few sign-ins with an authenticator app, which has one code in 30 s. */
export const signInKinds: SignInKind[] = [
  { id: 'password-pages', name: 'Password, pages', offers: 'password', share: 0, operation: passwordByPages },
  { id: 'password', name: 'Password', offers: 'password', share: 5, operation: password },
  { id: 'totp', name: 'Password and TOTP', offers: 'all', share: 1, operation: passwordAndTotp },
  { id: 'email-code', name: 'Email code', offers: 'all', share: 2, operation: emailCode },
  { id: 'passkey', name: 'Passkey', offers: 'all', share: 2, operation: passkey },
  { id: 'wechat', name: 'WeChat, simulated', offers: 'all', share: 1, operation: wechat },
];

/** Users in turn: two sign-ins at the same time are of two users. */
function inTurn<Member>(members: readonly Member[]): () => Member {
  let next = 0;
  return () => {
    const member = members[next % members.length];
    if (member === undefined) throw new Error('There are no users for this way to sign in.');
    next += 1;
    return member;
  };
}

function passwordByPages(target: SignInTarget): Operation {
  const next = inTurn(target.people.password);
  return async () => {
    await signInByPages(target, next().username);
  };
}

function password(target: SignInTarget): Operation {
  const next = inTurn(target.people.password);
  return async () => {
    await signInByExperience(target, next().username);
  };
}

function passwordAndTotp(target: SignInTarget): Operation {
  const next = inTurn(target.people.totp);
  return async () => {
    const { username, app } = next();
    const experience = await identifyByPassword(target, username);
    await experience.call('POST', '/verification/totp/verify', 200, { code: await app.nextCode() });
    await experience.submit();
  };
}

function emailCode(target: SignInTarget): Operation {
  const next = inTurn(target.people.emailCode);
  return async () => {
    const { email } = next();
    const identifier = { type: 'email', value: email };
    const experience = await openExperience(target);
    const arrival = target.mails.arrival(email);
    const sent = await experience.call('POST', '/verification/verification-code', 200, {
      identifier,
      interactionEvent: 'SignIn',
    });
    const { verificationId } = json(sent);
    const code = await arrival;
    await experience.call('POST', '/verification/verification-code/verify', 200, { identifier, verificationId, code });
    await experience.identify(verificationId);
    await experience.submit();
  };
}

/** Without a username: the browser offers the passkey. */
function passkey(target: SignInTarget): Operation {
  const next = inTurn(target.people.passkey);
  return async () => {
    const { device } = next();
    const experience = await openExperience(target);
    const asked = await experience.call('POST', '/preflight/sign-in-passkey/authentication', 200);
    const { verificationId, authenticationOptions } = json(asked) as {
      verificationId: string;
      authenticationOptions: Parameters<Authenticator['get']>[0];
    };
    const payload = device.get(authenticationOptions);
    const path = '/verification/sign-in-passkey/authentication/verify';
    await experience.call('POST', path, 200, { verificationId, payload });
    await experience.identify(verificationId);
    await experience.submit();
  };
}

/** The personas of the sandbox; each becomes one user. */
export const personas = ['mei', 'rafael', 'aino'];

/** As in an app, where the page calls WeChat. The approval in the simulated WeChat is a request of its own. */
function wechat(target: SignInTarget): Operation {
  const { client } = target;
  const { connectorId, appId } = target.wechat;
  const next = inTurn(personas);
  return async (_worker, count) => {
    const experience = await openExperience(target);
    const path = `/verification/social/${connectorId}`;
    const state = `bench-state-${count}`;
    const redirectUri = `${client.origin}/callback/social/${connectorId}`;
    const begun = await experience.call('POST', `${path}/authorization-uri`, 200, { state, redirectUri });
    const { verificationId } = json(begun);
    const approved = await client.send(
      {
        method: 'POST',
        path: '/sandbox/wechat/approve',
        headers: { 'content-type': 'application/json', origin: client.origin },
        body: JSON.stringify({ appId, persona: next(), outcome: 'success' }),
      },
      200,
    );
    const connectorData = { code: json(approved).code, state };
    await experience.call('POST', `${path}/verify`, 200, { verificationId, connectorData });
    await experience.identify(verificationId);
    await experience.submit();
  };
}

/** A passkey that a user creates when the sign-in offers it; like a synchronized one, it counts no signatures. */
export async function createPasskey(target: Target, username: string): Promise<Authenticator> {
  const device = createAuthenticator({ origin: target.client.origin, counts: false });
  const experience = await identifyByPassword(target, username);
  const path = '/verification/web-authn/registration';
  const { verificationId, registrationOptions } = json(await experience.call('POST', path, 200)) as {
    verificationId: string;
    registrationOptions: Parameters<Authenticator['create']>[0];
  };
  const payload = device.create(registrationOptions);
  await experience.call('POST', `${path}/verify`, 200, { verificationId, payload });
  await experience.call('POST', '/profile/mfa/passkey', 204, { verificationId });
  await experience.submit();
  return device;
}
