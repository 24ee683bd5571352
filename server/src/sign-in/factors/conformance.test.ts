import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { instanceOf, type Message } from '@aldaba/connectors/kit';
import { type Authenticator, createAuthenticator } from '../../../../test/support/authenticator.ts';
import { type FactorWorld, openFactorWorld } from '../../../../test/support/second-factors.ts';
import { totpCode } from '../../../../test/support/totp-app.ts';
import { createVerificationCodes } from '../../features/connectors/verification-codes/index.ts';
import {
  createSecondFactors as createFactorStore,
  type SecondFactors,
} from '../../features/people/mfa-verifications/index.ts';
import type { User } from '../../features/people/users/index.ts';
import { createVault } from '../../kernel/crypto.ts';
import { createMessageLimits, defaultMessageLimits } from '../../services/message-limits/index.ts';
import { createAttempts } from '../attempts.ts';
import { secondFactorTypes, traitsOf } from '../machine/factors.ts';
import { step } from '../machine/machine.ts';
import { resolvePolicy, type SecondFactorType } from '../machine/policy.ts';
import { type Challenge, maximumAge, type Proof, readState, type SignInState, stateVersion } from '../machine/state.ts';
import type { SignInSettings } from '../needs.ts';
import { createSecondFactorSteps, type FactorSession, type SecondFactorSteps } from '../steps/second-factors.ts';
import type { FactorAnswer } from './second-factor.ts';
import { createSecondFactors } from './second-factors.ts';
import { createVerificationCodeFactor } from './verification-code/index.ts';

// What every second factor promises, checked with the real services and a real database, for a signed-in user without a
// sign-in.

/** A user's own part of a factor: the app, the device, the list, the mailbox. `Shown` is what `begin` returned. */
interface Holder {
  /** The code with which a wrong answer is refused. */
  refusal: string;
  /**
   * Answers what is shown when the factor is set up; absent for factors that are not, or that are generated at once.
   */
  setUp?: (shown: never) => FactorAnswer;
  answer: (shown: never) => FactorAnswer;
  wrongAnswer: (shown: never) => FactorAnswer;
  /** What must never be kept in clear. */
  secrets: (shown: never) => string[];
}

const other = (code: string): string => (code === '000000' ? '111111' : '000000');
const maxAttempts = 3;
/** Names in keys of the audit log that operators filter by. */
const logNames: Record<SecondFactorType, string> = {
  Totp: 'Totp',
  WebAuthn: 'WebAuthn',
  BackupCode: 'BackupCode',
  EmailVerificationCode: 'MfaEmailVerificationCode',
  PhoneVerificationCode: 'MfaPhoneVerificationCode',
};

describe('Every second factor', () => {
  let world: FactorWorld;
  let settings: SignInSettings;
  let store: SecondFactors;
  let steps: SecondFactorSteps;
  const sent: Message[] = [];

  before(async () => {
    world = await openFactorWorld();
    const { clock, server } = world;
    await world.configure({ mfa: { factors: [...secondFactorTypes], policy: 'NoPrompt' } });
    const events = { publish: async () => undefined };
    const deviceTrust = { forgetAll: async () => undefined };
    const quiet = () => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const own = await server.app.signInExperiences.get(server.tenant);
    settings = { ...own, sentinelPolicy: { maxAttempts }, profileFields: [], unavailableFactors: [] };
    const vault = createVault('a secret for tests that is long enough');
    store = createFactorStore({ clock, vault, users: server.app.users, events, deviceTrust });
    const connector = {
      ...instanceOf({ sendMessage: async (message) => sent.push(message) }),
      id: 'any',
      target: '',
      platform: null,
      syncProfile: false,
      emailDomainsFor: () => [],
    };
    const verificationCodes = createVerificationCodes({
      clock,
      vault,
      limits: createMessageLimits({ clock, events, log, messageLimits: defaultMessageLimits }),
      connectors: { sender: async (_, type) => ({ ...connector, type }) },
      signInExperiences: server.app.signInExperiences,
      log,
    });
    const attempts = createAttempts({ clock, events });
    const verificationCode = createVerificationCodeFactor({
      clock,
      attempts,
      verificationCodes,
      users: server.app.users,
      applications: { findClient: async () => undefined },
      applicationExperiences: { lookOf: async () => ({}) },
      organizations: server.app.organizations,
    });
    steps = createSecondFactorSteps(createSecondFactors({ secondFactors: store, clock, attempts, verificationCode }));
  });
  after(() => world?.close());

  const codeOfMessage = () => String(sent.at(-1)?.payload.code);
  const byMessage = (): Holder => ({
    refusal: 'verification_code.code_mismatch',
    answer: () => ({ code: codeOfMessage() }),
    wrongAnswer: () => ({ code: other(codeOfMessage()) }),
    secrets: () => [codeOfMessage()],
  });
  const holders: Record<SecondFactorType, () => Holder> = {
    Totp() {
      let secret = '';
      return {
        refusal: 'session.mfa.invalid_totp_code',
        setUp: (shown: { secret: string }) => {
          secret = shown.secret;
          return { code: totpCode(secret, world.clock.time) };
        },
        answer: () => ({ code: world.nextCode(secret) }),
        wrongAnswer: () => ({ code: other(totpCode(secret, world.clock.time)) }),
        secrets: (shown: { secret?: string }) => [shown.secret ?? secret],
      };
    },
    WebAuthn() {
      const device: Authenticator = createAuthenticator({ origin: world.server.url });
      type Asked = { authenticationOptions: Parameters<Authenticator['get']>[0] };
      return {
        refusal: 'session.mfa.webauthn_verification_failed',
        setUp: (shown: { registrationOptions: Parameters<Authenticator['create']>[0] }) => ({
          payload: device.create(shown.registrationOptions),
        }),
        answer: (shown: Asked) => ({ payload: device.get(shown.authenticationOptions) }),
        wrongAnswer: (shown: Asked) => ({ payload: device.get(shown.authenticationOptions, { userVerified: false }) }),
        secrets: () => [],
      };
    },
    BackupCode() {
      let codes: string[] = [];
      return {
        refusal: 'session.mfa.invalid_backup_code',
        answer: () => ({ code: codes.pop() ?? 'none is left' }),
        wrongAnswer: () => ({ code: '0000000000' }),
        secrets: (shown: { codes?: string[] }) => {
          codes = [...(shown.codes ?? codes)];
          return codes;
        },
      };
    },
    EmailVerificationCode: byMessage,
    PhoneVerificationCode: byMessage,
  };

  let count = 0;
  const addUser = async (): Promise<User> => {
    count += 1;
    const { id } = await world.operator.call<{ id: string }>('POST', '/api/users', {
      username: `holder_${count}`,
      primaryEmail: `holder_${count}@example.com`,
      primaryPhone: `3460012${String(count).padStart(4, '0')}`,
    });
    return world.server.app.users.get(world.server.tenant.db, id);
  };

  interface Session extends FactorSession<void> {
    challenges: Challenge[];
    proofs: Proof[];
    /** Keys of the audit log under which something was tried. */
    keys: string[];
  }
  /** A signed-in user who manages factors: there is no interaction. */
  const sessionOf = (user: User): Session => {
    const session: Session = {
      subject: { tenant: world.server.tenant, settings, user },
      challenges: [],
      proofs: [],
      keys: [],
      async keepChallenge(challenge) {
        session.challenges = [...session.challenges.filter(({ type }) => type !== challenge.type), challenge];
      },
      async keepProof(proof, challengeId) {
        session.challenges = session.challenges.filter(({ id }) => id !== challengeId);
        session.proofs.push(proof);
      },
      async dropChallenge(challengeId) {
        session.challenges = session.challenges.filter(({ id }) => id !== challengeId);
      },
      attempt(what, work) {
        session.keys.push(what.key);
        return work();
      },
    };
    return session;
  };
  const begin = async (session: Session, type: SecondFactorType, mode: 'show' | 'bind') =>
    (steps.factors[type][mode]?.begin ? await steps.begin(session, { type, mode }) : {}) as never;
  const verify = (session: Session, type: SecondFactorType, answer: FactorAnswer) =>
    steps.verify(session, { type, mode: 'show' }, { answer });

  /** Sets a factor up for a user, through the steps and as the account keeps it. */
  const setUp = async (user: User, type: SecondFactorType, holder: Holder): Promise<Session> => {
    const session = sessionOf(user);
    if (!steps.factors[type].bind) return session;
    const shown = await begin(session, type, 'bind');
    const secrets = holder.secrets(shown);
    assert.ok(secrets.every((secret) => secret.length > 5));
    const begun = JSON.stringify([session.challenges, session.proofs]);
    if (holder.setUp) await steps.verify(session, { type, mode: 'bind' }, { answer: holder.setUp(shown) });
    const proof = session.proofs.at(-1);
    assert.ok(proof && 'factor' in proof);
    const kept = begun + JSON.stringify([session.challenges, session.proofs]);
    for (const secret of secrets) assert.ok(!kept.includes(secret), 'sealed');
    await world.server.tenant.db.transaction((tx) => store.bind(tx, user.id, [proof.factor]));
    return session;
  };
  /** A user who has the factor, and no factor beside it but what it needs. */
  const addHolder = async (type: SecondFactorType) => {
    const user = await addUser();
    if (type === 'BackupCode') await setUp(user, 'Totp', holders.Totp());
    const holder = holders[type]();
    return { user, holder, made: await setUp(user, type, holder) };
  };
  const refused = (code: string) => (error: { code?: string }) => error.code === code;
  const stateOf = (user: User, proofs: Proof[] = []): SignInState => ({
    version: stateVersion,
    intent: 'SignIn',
    startedAt: world.clock.time,
    userId: user.id,
    proofs,
    challenges: [],
    profile: {},
  });

  it('is covered by this suite', () => {
    assert.deepEqual(Object.keys(holders).sort(), [...secondFactorTypes].sort());
  });

  for (const type of secondFactorTypes)
    describe(type, () => {
      it('belongs to the account after it was set up, and is logged under its name', async () => {
        const { user, made } = await addHolder(type);
        const { factors } = await store.statusOf(world.server.tenant.db, user.id);
        const isSetUp = steps.factors[type].bind !== undefined;
        assert.equal(
          factors.some((factor) => factor.type === type),
          isSetUp,
        );
        const name = `Verification.${logNames[type]}`;
        const verifies = steps.factors[type].bind?.verify !== undefined;
        assert.deepEqual(made.keys, isSetUp ? [`${name}.Create`, ...(verifies ? [`${name}.Submit`] : [])] : []);
      });

      it('is proved by a right answer once', async () => {
        const { user, holder } = await addHolder(type);
        const session = sessionOf(user);
        const shown = await begin(session, type, 'show');
        const asked = [...session.challenges];
        assert.deepEqual(
          asked.map((challenge) => challenge.type),
          steps.factors[type].show.challenge ? [steps.factors[type].show.challenge] : [],
        );
        const answer = holder.answer(shown);
        const verified = await verify(session, type, answer);
        assert.ok(verified && 'userId' in verified.proof);
        assert.equal(verified.proof.userId, user.id);
        assert.equal(traitsOf(verified.proof.type).role, 'second');
        assert.equal(traitsOf(verified.proof.type).logName, logNames[type]);
        assert.deepEqual(session.challenges, [], 'the challenge is answered');
        const replay = { ...sessionOf(user), challenges: asked };
        await assert.rejects(
          verify(replay, type, answer),
          refused(
            holder.refusal === 'verification_code.code_mismatch' ? 'verification_code.not_found' : holder.refusal,
          ),
        );
      });

      it('refuses wrong answers with its own error code, and every answer after too many of them', async () => {
        const { user, holder } = await addHolder(type);
        const session = sessionOf(user);
        for (let wrong = 0; wrong < maxAttempts; wrong += 1) {
          const shown = await begin(session, type, 'show');
          await assert.rejects(verify(session, type, holder.wrongAnswer(shown)), refused(holder.refusal));
          assert.deepEqual(session.proofs, []);
          const { isAnsweredOnce } = steps.factors[type].show;
          if (isAnsweredOnce) assert.deepEqual(session.challenges, [], 'a wrong answer uses the challenge up');
        }
        const shown = await begin(session, type, 'show');
        const blocked = 'session.verification_blocked_too_many_attempts';
        await assert.rejects(verify(session, type, holder.answer(shown)), refused(blocked));
      });

      it('stores no secret in clear', async () => {
        const { user, holder } = await addHolder(type);
        const session = sessionOf(user);
        const shown = await begin(session, type, 'show');
        const answer = holder.answer(shown);
        await verify(session, type, answer);
        const kept = JSON.stringify([session.challenges, session.proofs, session.keys]);
        for (const secret of [...holder.secrets({} as never), answer.code ?? JSON.stringify(answer.payload)])
          assert.ok(!kept.includes(secret));
      });

      it('proves nothing for another user or after the sign-in has expired', async () => {
        const [{ user, holder }, stranger] = [await addHolder(type), await addUser()];
        const session = sessionOf(user);
        const verified = await verify(session, type, holder.answer(await begin(session, type, 'show')));
        assert.ok(verified);
        const context = { policy: resolvePolicy(settings), now: world.clock.time };
        const outcome = step(stateOf(stranger), { type: 'proved', proof: verified.proof }, context);
        assert.equal('refused' in outcome && outcome.refused, 'session.identity_conflict');
        const stored = stateOf(user, [verified.proof]);
        assert.ok(readState(stored, world.clock.time));
        assert.equal(readState(stored, world.clock.time + maximumAge + 1), undefined);
      });
    });
});
