import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Authenticator, createAuthenticator } from '../../../../test/support/authenticator.ts';
import { type Company, startCompany } from '../../../../test/support/company.ts';
import { type FactorWorld, openFactorWorld, password, type Visit } from '../../../../test/support/second-factors.ts';
import { totpCode } from '../../../../test/support/totp-app.ts';
import { createLog } from '../../kernel/log.ts';
import { type ProofType, secondFactorOf, traitsOf } from '../machine/factors.ts';
import { definitions } from './definitions.ts';

// What every factor promises in a sign-in, checked through the Experience API with the real services, a real database,
// messages that arrive and the sandbox's provider. Each kind of verification record has a driver.

type Refusal = [status: number, code: string];
type Body = Record<string, unknown>;
/** What `begin` returned, or what the test made in its place. */
interface Shown {
  verificationId: string;
  code: string;
  token: string;
  secret: string;
  secretQrCode: string;
  codes: string[];
  authenticationOptions: Parameters<Authenticator['get']>[0];
  registrationOptions: Parameters<Authenticator['create']>[0];
}

interface User {
  id: string;
  username: string;
  email: string;
  phone: string;
}

interface Driver {
  intent?: 'SignIn' | 'Register';
  /** Name in the keys of the audit log, which operators filter by. */
  logName: string;
  /** What the user has before the sign-in, e.g. an authenticator app. */
  prepare?: (user: User) => Promise<void>;
  /** Asks for the factor. Returns the route's answer with what the user learns in another way. */
  begin?: (visit: Visit, user: User) => Promise<object>;
  /** Absent for a factor that `begin` makes whole: its `verificationId` is the proof's. */
  verify?: {
    path: () => string;
    refusal: Refusal;
    /** Whether refused answers are counted, because the answer could be guessed. */
    counts: boolean;
    /** Whether a refused answer uses up what was asked. */
    once?: true;
    right: (shown: Shown, user: User) => Body;
    wrong: (shown: Shown, user: User) => Body;
  };
  /** What must not be in the audit log or the server's log. */
  secrets: (given: { shown: Shown; answer: Body; user: User }) => unknown[];
}

const maxAttempts = 3;
const blocked: Refusal = [400, 'session.verification_blocked_too_many_attempts'];
const notFound: Refusal = [404, 'session.verification_session_not_found'];
const other = (code: string): string => (code === '000000' ? '111111' : '000000');
const redirectUri = 'https://app.example.com/callback';
const proofTypes = definitions.flatMap(({ proofs }) => Object.keys(proofs)) as ProofType[];

describe('Every factor', () => {
  let world: FactorWorld;
  let connectorId: string;
  let company: Company;
  let ssoConnectorId: string;
  let logFile: number;
  const logPath = join(tmpdir(), `aldaba-every-factor-${process.pid}.log`);
  const secrets = new Map<string, ProofType>();

  before(async () => {
    logFile = openSync(logPath, 'w');
    world = await openFactorWorld({ log: createLog('debug', logFile) });
    connectorId = await world.operator.connectWechat();
    company = await startCompany();
    company.people.set('ida', { sub: 'ida', name: 'Ida' });
    const draft = { providerName: 'OIDC', connectorName: 'Company', config: company.config };
    ssoConnectorId = (await manage<{ id: string }>('POST', '/api/sso-connectors', draft)).id;
    await world.configure({ singleSignOnEnabled: true });
  });
  after(async () => {
    await world?.close();
    await company?.close();
    closeSync(logFile);
    rmSync(logPath);
  });

  const manage = <Answer>(method: string, path: string, body?: object) =>
    world.operator.call<Answer>(method, path, body);
  /** The tenant's settings for a factor: codes are the first factor or a second one, not both. */
  const configureFor = (type: ProofType) => {
    const second = secondFactorOf(type);
    const signsInWithCodes = traitsOf(type).provesAddress === 'code';
    return world.configure({
      mfa: {
        factors: second === undefined ? [] : second === 'BackupCode' ? ['Totp', second] : [second],
        policy: 'Mandatory',
      },
      passkeySignIn: { enabled: type === 'SignInPasskey' },
      sentinelPolicy: { maxAttempts },
      signUp: { identifiers: ['username'], password: true, verify: false },
      socialSignIn: { skipRequiredIdentifiers: true },
      signIn: {
        methods: ['username', 'email', 'phone'].map((identifier) => ({
          identifier,
          password: true,
          verificationCode: signsInWithCodes && identifier !== 'username',
          isPasswordPrimary: true,
        })),
      },
    });
  };
  const nameOf = ({ username: value }: User) => ({ identifier: { type: 'username', value } });
  const ceremony = ({ payload }: Body): unknown[] => {
    const { response } = payload as { response: Record<string, string> };
    return [response.signature, response.attestationObject, response.clientDataJSON];
  };

  /** A code to an address, as the first factor or a second one. */
  const byMessage = (channel: 'email' | 'phone', isSecond: boolean): Driver => {
    const kind = channel === 'email' ? 'Email' : 'Phone';
    const path = isSecond ? '/verification/mfa-verification-code' : '/verification/verification-code';
    const target = (user: User) =>
      isSecond ? { identifierType: channel } : { identifier: { type: channel, value: user[channel] } };
    return {
      logName: `${isSecond ? 'Mfa' : ''}${kind}VerificationCode`,
      async begin(visit, user) {
        const intent = isSecond ? {} : { interactionEvent: 'SignIn' };
        const begun = await visit.expect(200, 'POST', path, { ...target(user), ...intent });
        return { ...begun, code: await world.post.codeTo(user[channel]) };
      },
      verify: {
        path: () => `${path}/verify`,
        refusal: [400, 'verification_code.code_mismatch'],
        counts: true,
        right: ({ verificationId, code }, user) => ({ ...target(user), verificationId, code }),
        wrong: ({ verificationId, code }, user) => ({ ...target(user), verificationId, code: other(code) }),
      },
      secrets: ({ answer }) => [answer.code],
    };
  };

  const drivers: Record<ProofType, () => Driver> = {
    Password: () => ({
      logName: 'Password',
      verify: {
        path: () => '/verification/password',
        refusal: [422, 'session.invalid_credentials'],
        counts: true,
        right: (_, user) => ({ ...nameOf(user), password }),
        wrong: (_, user) => ({ ...nameOf(user), password: 'roses under glass' }),
      },
      secrets: () => [password, 'roses under glass'],
    }),
    NewPasswordIdentity: () => ({
      intent: 'Register',
      logName: 'NewPasswordIdentity',
      verify: {
        path: () => '/verification/new-password-identity',
        refusal: [422, 'password.rejected'],
        counts: false,
        right: (_, { username }) => ({ identifier: { type: 'username', value: `new_${username}` }, password }),
        wrong: (_, { username }) => ({
          identifier: { type: 'username', value: `new_${username}` },
          password: 'a1b2c3',
        }),
      },
      secrets: () => [password, 'a1b2c3'],
    }),
    EmailVerificationCode: () => byMessage('email', false),
    PhoneVerificationCode: () => byMessage('phone', false),
    MfaEmailVerificationCode: () => byMessage('email', true),
    MfaPhoneVerificationCode: () => byMessage('phone', true),
    Social: () => {
      const state = 'a state that the page keeps';
      return {
        intent: 'Register',
        logName: 'Social',
        async begin(visit) {
          const path = `/verification/social/${connectorId}/authorization-uri`;
          const begun = await visit.expect(200, 'POST', path, { state, redirectUri });
          const approval = { appId: world.operator.wechatApp.appId, persona: 'mei', outcome: 'success' as const };
          return { ...begun, code: await world.operator.approveAtWechat(approval) };
        },
        verify: {
          path: () => `/verification/social/${connectorId}/verify`,
          refusal: [401, 'connector.social_auth_code_invalid'],
          counts: false,
          once: true,
          right: ({ verificationId, code }) => ({ verificationId, connectorData: { redirectUri, code } }),
          wrong: ({ verificationId }) => ({
            verificationId,
            connectorData: { redirectUri, code: 'not-of-the-provider' },
          }),
        },
        secrets: ({ shown }) => [shown.code, state, 'not-of-the-provider'],
      };
    },
    EnterpriseSso: () => {
      const state = 'a state that the page keeps';
      const callback = () => `${world.server.url}/callback/${ssoConnectorId}`;
      return {
        intent: 'Register',
        logName: 'EnterpriseSso',
        async begin(visit) {
          const path = `/verification/sso/${ssoConnectorId}/authorization-uri`;
          const begun = await visit.expect<Shown & { authorizationUri: string }>(200, 'POST', path, {
            state,
            redirectUri: callback(),
          });
          const { searchParams } = await company.signIn(begun.authorizationUri, 'ida');
          return { ...begun, code: searchParams.get('code') ?? '', iss: company.issuer };
        },
        verify: {
          path: () => `/verification/sso/${ssoConnectorId}/verify`,
          refusal: [401, 'connector.social_auth_code_invalid'],
          counts: false,
          once: true,
          right: ({ verificationId, code }) => ({
            verificationId,
            connectorData: { redirectUri: callback(), code, iss: company.issuer },
          }),
          wrong: ({ verificationId }) => ({
            verificationId,
            connectorData: { redirectUri: callback(), code: 'not-of-the-provider', iss: company.issuer },
          }),
        },
        secrets: ({ shown }) => [shown.code, state, 'not-of-the-provider'],
      };
    },
    OneTimeToken: () => ({
      logName: 'OneTimeToken',
      begin: (_, { email }) => manage<object>('POST', '/api/one-time-tokens', { email }),
      verify: {
        path: () => '/verification/one-time-token/verify',
        refusal: [404, 'one_time_token.token_not_found'],
        counts: true,
        right: ({ token }, { email: value }) => ({ identifier: { type: 'email', value }, token }),
        wrong: (_, { email: value }) => ({ identifier: { type: 'email', value }, token: 'a token of another server' }),
      },
      secrets: ({ answer }) => [answer.token, 'a token of another server'],
    }),
    SignInPasskey: () =>
      askedKey({
        logName: 'SignInPasskey',
        path: '/verification/sign-in-passkey/authentication',
        asks: nameOf,
        bind: (verificationId) => ['/profile/mfa/passkey', { verificationId }],
      }),
    Totp: () => {
      let secret = '';
      return {
        logName: 'Totp',
        async prepare(user) {
          secret = await world.giveTotp(user);
        },
        verify: {
          path: () => '/verification/totp/verify',
          refusal: [400, 'session.mfa.invalid_totp_code'],
          counts: true,
          right: () => ({ code: world.nextCode(secret) }),
          wrong: () => ({ code: other(totpCode(secret, world.clock.time)) }),
        },
        secrets: ({ answer }) => [answer.code, secret],
      };
    },
    NewTotp: () => ({
      logName: 'Totp',
      begin: (visit) => visit.expect(200, 'POST', '/verification/totp/secret'),
      verify: {
        path: () => '/verification/totp/verify',
        refusal: [400, 'session.mfa.invalid_totp_code'],
        counts: false,
        right: ({ verificationId, secret }) => ({ verificationId, code: totpCode(secret, world.clock.time) }),
        wrong: ({ verificationId, secret }) => ({ verificationId, code: other(totpCode(secret, world.clock.time)) }),
      },
      secrets: ({ shown, answer }) => [answer.code, shown.secret, shown.secretQrCode],
    }),
    WebAuthn: () =>
      askedKey({
        logName: 'WebAuthn',
        path: '/verification/web-authn/authentication',
        bind: (verificationId) => ['/profile/mfa', { type: 'WebAuthn', verificationId }],
      }),
    NewPasskey: () => {
      const device = createAuthenticator({ origin: world.server.url });
      return {
        logName: 'WebAuthn',
        begin: beginRegistration,
        verify: {
          path: () => registrationPath,
          refusal: [400, 'session.mfa.webauthn_verification_failed'],
          counts: false,
          once: true,
          right: ({ verificationId, registrationOptions }) => ({
            verificationId,
            payload: device.create(registrationOptions),
          }),
          wrong: ({ verificationId, registrationOptions }) => ({
            verificationId,
            payload: device.create(registrationOptions, { origin: 'https://another.example.com' }),
          }),
        },
        secrets: ({ answer }) => ceremony(answer),
      };
    },
    BackupCode: () => {
      let codes: string[] = [];
      return {
        logName: 'BackupCode',
        async prepare(user) {
          await world.giveTotp(user);
          const path = `/api/users/${user.id}/mfa-verifications`;
          codes = (await manage<{ codes: string[] }>('POST', path, { type: 'BackupCode' })).codes;
        },
        verify: {
          path: () => '/verification/backup-code/verify',
          refusal: [400, 'session.mfa.invalid_backup_code'],
          counts: true,
          right: () => ({ code: codes.pop() }),
          wrong: () => ({ code: '0000000000' }),
        },
        secrets: ({ answer }) => [answer.code, ...codes],
      };
    },
    NewBackupCodes: () => ({
      logName: 'BackupCode',
      async begin(visit) {
        // Backup codes are never the only second factor.
        await visit.addTotp();
        return visit.expect(200, 'POST', '/verification/backup-code/generate');
      },
      secrets: ({ shown }) => shown.codes,
    }),
  };
  const registrationPath = '/verification/web-authn/registration/verify';
  const beginRegistration = (visit: Visit) =>
    visit.expect<Pick<Shown, 'verificationId' | 'registrationOptions'>>(
      200,
      'POST',
      '/verification/web-authn/registration',
    );
  /** A passkey of a device, as a second factor or one that signs in: it is asked for, and answers. */
  const askedKey = (of: {
    logName: string;
    path: string;
    /** What is sent to be asked. */
    asks?: (user: User) => Body;
    /** Makes the passkey one of the account's. */
    bind: (verificationId: string) => [path: string, body: Body];
  }): Driver => {
    const device = createAuthenticator({ origin: world.server.url });
    return {
      logName: of.logName,
      async prepare(user) {
        const visit = await world.arrive(user);
        const { verificationId, registrationOptions } = await beginRegistration(visit);
        const payload = device.create(registrationOptions);
        await visit.expect(200, 'POST', registrationPath, { verificationId, payload });
        await visit.expect(204, 'POST', ...of.bind(verificationId));
        await visit.finish();
      },
      begin: (visit, user) => visit.expect(200, 'POST', of.path, of.asks?.(user)),
      verify: {
        path: () => `${of.path}/verify`,
        refusal: [400, 'session.mfa.webauthn_verification_failed'],
        counts: true,
        once: true,
        right: ({ verificationId, authenticationOptions }) => ({
          verificationId,
          payload: device.get(authenticationOptions),
        }),
        wrong: ({ verificationId, authenticationOptions }) => ({
          verificationId,
          payload: device.get(authenticationOptions, { userVerified: false }),
        }),
      },
      secrets: ({ answer }) => ceremony(answer),
    };
  };

  let count = 0;
  const addUser = async (): Promise<User> => {
    count += 1;
    const user = {
      username: `ida_${count}`,
      email: `ida_${count}@example.com`,
      phone: `4915123456${String(count).padStart(3, '0')}`,
    };
    const { username, email: primaryEmail, phone: primaryPhone } = user;
    const created = await manage<{ id: string }>('POST', '/api/users', {
      username,
      password,
      primaryEmail,
      primaryPhone,
    });
    return { id: created.id, ...user };
  };
  /** A sign-in in which the factor can be used. */
  const open = (type: ProofType, { intent = 'SignIn' }: Driver, user: User) =>
    traitsOf(type).role === 'first' ? world.begin(intent) : world.arrive(user);
  const setUp = async (type: ProofType) => {
    const driver = drivers[type]();
    const user = await addUser();
    await driver.prepare?.(user);
    return { driver, user, visit: await open(type, driver, user) };
  };
  const begin = async ({ begin: ask }: Driver, visit: Visit, user: User) =>
    (ask ? await ask(visit, user) : {}) as Shown;
  const keep = (type: ProofType, values: readonly unknown[]) => {
    assert.ok(values.some((value) => typeof value === 'string'));
    for (const value of values) if (typeof value === 'string') secrets.set(value, type);
  };
  /** Entries of the audit log about a step of the factor, newest first. */
  const entries = async ({ intent = 'SignIn', logName }: Driver, verb: 'Create' | 'Submit') => {
    const logKey = `Interaction.${intent}.Verification.${logName}.${verb}`;
    const found = await manage<{ payload: { result: string; error?: { code: string } } }[]>(
      'GET',
      `/api/logs?page=1&page_size=100&logKey=${logKey}`,
    );
    return found.map(({ payload: { result, error } }) => [result, error?.code]);
  };
  /** What a proof is for, done with it: it identifies the user, or becomes a factor of the account. */
  const use = (type: ProofType, visit: Visit, verificationId: unknown) =>
    traitsOf(type).role === 'first'
      ? visit.call('POST', '/identification', { verificationId })
      : visit.call('POST', '/profile/mfa', { type: secondFactorOf(type), verificationId });

  it('has a driver in this suite', () => {
    assert.deepEqual(Object.keys(drivers).sort(), [...proofTypes].sort());
  });

  for (const type of proofTypes)
    describe(`${type}`, () => {
      before(() => configureFor(type));

      it(`${type} writes what was begun, refused and verified to the audit log under its own name`, async () => {
        const { driver, user, visit } = await setUp(type);
        const before = (await entries(driver, 'Create')).length;
        let shown = await begin(driver, visit, user);
        const { isGenerated } = traitsOf(type);
        const isLogged = driver.begin && type !== 'OneTimeToken';
        assert.deepEqual((await entries(driver, 'Create'))[0] ?? [], isLogged ? ['Success', undefined] : []);
        if (isLogged) assert.ok((await entries(driver, 'Create')).length > before);
        const { verify } = driver;
        assert.equal(verify === undefined, isGenerated === true);
        if (!verify) return keep(type, driver.secrets({ shown, answer: {}, user }));
        const submitted = (await entries(driver, 'Submit')).length;
        const wrong = verify.wrong(shown, user);
        await visit.refuse(verify.refusal, 'POST', verify.path(), wrong);
        if ('code' in wrong || 'payload' in wrong) keep(type, driver.secrets({ shown, answer: wrong, user }));
        assert.deepEqual((await entries(driver, 'Submit'))[0], ['Error', verify.refusal[1]]);
        if (verify.once) shown = await begin(driver, visit, user);
        const answer = verify.right(shown, user);
        await visit.expect(200, 'POST', verify.path(), answer);
        keep(type, driver.secrets({ shown, answer, user }));
        const written = await entries(driver, 'Submit');
        assert.deepEqual([written[0], written.length], [['Success', undefined], submitted + 2]);
      });

      it(`${type} refuses a right answer after too many wrong ones where answers can be guessed`, async () => {
        const { driver, user, visit } = await setUp(type);
        let shown = await begin(driver, visit, user);
        const { verify } = driver;
        if (!verify) return;
        for (let wrong = 0; wrong < maxAttempts; wrong += 1) {
          await visit.refuse(verify.refusal, 'POST', verify.path(), verify.wrong(shown, user));
          if (verify.once) shown = await begin(driver, visit, user);
        }
        const answer = verify.right(shown, user);
        keep(type, driver.secrets({ shown, answer, user }));
        const { status, body } = await visit.call('POST', verify.path(), answer);
        assert.deepEqual([status, body.code], verify.counts ? blocked : [200, undefined]);
      });

      it(`${type} gives a proof that counts once, in one sign-in`, async () => {
        const { driver, user, visit } = await setUp(type);
        const shown = await begin(driver, visit, user);
        const { verify } = driver;
        const answer = verify?.right(shown, user) ?? {};
        keep(type, driver.secrets({ shown, answer, user }));
        const { verificationId } = verify ? await visit.expect(200, 'POST', verify.path(), answer) : shown;
        const elsewhere = await open(type, driver, user);
        if (traitsOf(type).role === 'second') {
          assert.ok(verify);
          // The answer does not count a second time, here or in another sign-in.
          const refusals = [verify.refusal, notFound].map(String);
          for (const where of [visit, elsewhere]) {
            const { status, body } = await where.call('POST', verify.path(), answer);
            assert.ok(refusals.includes(String([status, body.code])), `${status} ${body.code}`);
          }
          return;
        }
        const stolen = await use(type, elsewhere, verificationId);
        assert.deepEqual([stolen.status, stolen.body.code], notFound);
        assert.ok((await use(type, visit, verificationId)).status < 300);
        const again = await use(type, visit, verificationId);
        assert.deepEqual([again.status, again.body.code], notFound);
      });
    });

  // security: leaked-secrets
  it('leaves no password, code, token, seed or assertion in the audit log or in the server’s log', async () => {
    const rows = await world.server.tenant.db.raw<{ row: string }>('select logs::text as row from logs', []);
    const kept = [...rows.map(({ row }) => row), readFileSync(logPath, 'utf8')];
    assert.deepEqual([...new Set(secrets.values())].sort(), [...proofTypes].sort());
    const written = kept.join('\n');
    for (const [secret, type] of secrets) {
      // As a word: six digits may be part of a time.
      const isWord = new RegExp(`(?<![0-9A-Za-z])${secret.replaceAll(/[^\w\s]/g, '\\$&')}(?![0-9A-Za-z])`);
      assert.doesNotMatch(written, isWord, type);
    }
    assert.ok(rows.length > proofTypes.length);
    assert.match(readFileSync(logPath, 'utf8'), /"level"/);
  });
});
