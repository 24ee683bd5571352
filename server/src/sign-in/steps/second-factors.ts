/**
 * The steps of a second factor, for every caller: asked for (`begin`), checked (`verify`) and, with `mode: 'bind'`, set
 * up. The caller says where challenges and proofs are kept and attempts are logged (`FactorSession`): a sign-in keeps
 * them in the state of its interaction (`identified.ts`); a signed-in user needs no interaction.
 */
import type { FactorAnswer, FactorSubject, Procedure, SecondFactor } from '../factors/second-factor.ts';
import type { SecondFactorSet } from '../factors/second-factors.ts';
import type { SecondFactorType } from '../machine/factor.ts';
import { logNameOf } from '../machine/factors.ts';
import type { Challenge, Proof } from '../machine/state.ts';
import type { LoggedStep } from './context.ts';

/** `show`: the account has the factor. `bind`: it is set up. */
export type FactorMode = 'show' | 'bind';

export interface FactorSession<Kept = unknown> {
  subject: FactorSubject;
  /** What was asked and verified so far. */
  challenges: readonly Challenge[];
  proofs: readonly Proof[];
  keepChallenge: (challenge: Challenge) => Promise<void>;
  /** Keeps what was verified, and removes the challenge that it answers. */
  keepProof: (proof: Proof, challengeId?: string) => Promise<Kept>;
  dropChallenge: (challengeId: string) => Promise<void>;
  /** Does something that may fail, and logs the failure. */
  attempt: <T>(step: LoggedStep, work: () => Promise<T>) => Promise<T>;
}

type ShownBy<Type extends SecondFactorType, Mode extends FactorMode> = SecondFactorSet[Type] extends {
  [Key in Mode]: { begin: (...given: never[]) => infer Begun };
}
  ? Awaited<Begun> extends { shown: infer Shown }
    ? Shown
    : never
  : object;

export interface FactorUse<Type extends SecondFactorType = SecondFactorType, Mode extends FactorMode = FactorMode> {
  type: Type;
  mode: Mode;
}

export interface SecondFactorSteps {
  factors: Readonly<Record<SecondFactorType, SecondFactor>>;
  /** Asks for a factor, or generates it. @throws AldabaError as the factor's `begin` */
  begin: <Type extends SecondFactorType, Mode extends FactorMode>(
    session: FactorSession,
    use: FactorUse<Type, Mode>,
  ) => Promise<{ verificationId: string } & ShownBy<Type, Mode>>;
  /** What was begun and waits for the user, once more; else begins. */
  resume: (session: FactorSession, use: FactorUse) => Promise<object>;
  /**
   * Checks an answer and keeps the proof; undefined when there is no such challenge.
   * @param given `challengeId`: the challenge that is answered; the one of the factor if absent
   * @throws AldabaError as the factor's `verify`
   */
  verify: <Kept>(
    session: FactorSession<Kept>,
    use: FactorUse,
    given: { answer: FactorAnswer; challengeId?: string | undefined },
  ) => Promise<{ proof: Proof; kept: Kept } | undefined>;
}

export function createSecondFactorSteps(factors: SecondFactorSet): SecondFactorSteps {
  // The views of a factor are given only what the same factor showed.
  const all = factors as SecondFactorSteps['factors'];
  const procedureOf = ({ type, mode }: FactorUse): Procedure => {
    const procedure = all[type][mode];
    if (!procedure) throw new TypeError(`${type} has nothing to ${mode}`);
    return procedure;
  };
  const begin = async (session: FactorSession, use: FactorUse) => {
    const { begin: ask } = procedureOf(use);
    if (!ask) throw new TypeError(`${use.type} is not asked for`);
    const step: LoggedStep = { key: `Verification.${logNameOf(use.type)}.Create` };
    const { challenge, proof, shown } = await session.attempt(step, async () => ask(session.subject));
    if (challenge) await session.keepChallenge(challenge);
    if (proof) await session.keepProof(proof);
    return { verificationId: (challenge ?? proof)?.id ?? '', ...shown };
  };
  return {
    factors: all,
    begin: (session, use) => begin(session, use) as never,
    resume: async (session, use) => procedureOf(use).resume?.(session.subject, session) ?? begin(session, use),
    async verify(session, use, { answer, challengeId }) {
      const { challenge: type, isAnsweredOnce, verify } = procedureOf(use);
      const isMeant = ({ id }: Challenge) => challengeId === undefined || id === challengeId;
      const challenge = session.challenges.find((known) => known.type === type && isMeant(known));
      if (!verify || (type !== undefined && !challenge)) return undefined;
      const proof = await session.attempt({ key: `Verification.${logNameOf(use.type)}.Submit` }, async () => {
        try {
          return await verify(session.subject, answer, challenge);
        } catch (error) {
          if (challenge && isAnsweredOnce) await session.dropChallenge(challenge.id);
          throw error;
        }
      });
      return { proof, kept: await session.keepProof(proof, challenge?.id) };
    },
  };
}
