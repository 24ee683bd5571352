/** Steps of a sign-in with a passkey: one is asked for, on a page for any of them, and one answers. */
import type { PlainErrorCode } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import type { PasskeyChallenge } from '../factors/passkey/sign-in.ts';
import type { Proof } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { Identifier } from '../needs.ts';
import type { LoadedInteraction, StepContext } from './context.ts';
import { answerOnce, type Checks } from './verify.ts';

const isForAnyone = ({ identifier }: PasskeyChallenge) => identifier === undefined;

export type PasskeySteps = ReturnType<typeof createPasskeySteps>;

export function createPasskeySteps(context: StepContext & { checks: Checks }) {
  const { take, factors, stateOf, accountFor, checks } = context;
  const challengesOf = (interaction: LoadedInteraction): PasskeyChallenge[] =>
    stateOf(interaction).challenges.filter((known) => known.type === 'SignInPasskey');
  /** Checks an answer and takes what follows from it. */
  const answer = async <Result>(
    interaction: LoadedInteraction,
    found: PasskeyChallenge | undefined,
    given: { payload: unknown; missing: PlainErrorCode },
    follow: (fact: Awaited<ReturnType<Checks['passkey']>>) => Promise<Result>,
  ): Promise<Result> => {
    const challenge = () => {
      if (!found) throw new AldabaError(given.missing);
      return found;
    };
    const check = () => checks.passkey(interaction, { challenge, payload: given.payload });
    return answerOnce(context, interaction, found, async () => follow(await check()));
  };
  return {
    /**
     * Asks for any passkey, also before the sign-in has begun, or with `identifier` for one of its account.
     * @throws AldabaError as the factor's `begin`
     */
    async askPasskey(interaction: LoadedInteraction, identifier?: Identifier) {
      const { tenant, settings } = interaction;
      if (identifier) stateOf(interaction);
      const { challenge, options } = await factors.signInPasskey.begin(tenant, settings, identifier);
      await take(interaction, [{ type: 'challenged', challenge }]);
      return { verificationId: challenge.id, authenticationOptions: options };
    },
    /**
     * Checks an answer; one counts, also when it is refused.
     * @param given `verificationId`: of the question; that for any passkey if absent
     * @throws AldabaError `session.verification_session_not_found`, and as the factor's `verify`
     */
    verifyPasskey: async (
      interaction: LoadedInteraction,
      { verificationId, payload }: { verificationId?: string | undefined; payload: unknown },
    ): Promise<Proof> => {
      const isMeant = (known: PasskeyChallenge) =>
        verificationId === undefined ? isForAnyone(known) : known.id === verificationId;
      const missing = 'session.verification_session_not_found';
      const found = challengesOf(interaction).find(isMeant);
      return answer(interaction, found, { payload, missing }, async ({ proof, event }) => {
        await take(interaction, [event]);
        return proof;
      });
    },
    /**
     * The same for a page that signs in at once.
     * @throws AldabaError as the factor's `verify`, also for a page that is not the last one shown, and what the
     *   machine refuses with
     */
    signInWithPasskey: async (interaction: LoadedInteraction, payload: unknown) => {
      const missing = 'session.mfa.webauthn_verification_failed';
      const [found] = challengesOf(interaction);
      return answer(interaction, found, { payload, missing }, async ({ proof, event, user }) => {
        const account = await accountFor(interaction, user);
        const events: SignInEvent[] = [event, { type: 'identified', proofId: proof.id, account }];
        // The first page may be opened in any sign-in that was begun: this one starts again, and keeps its question.
        if (challengesOf(interaction).some(isForAnyone)) events.unshift({ type: 'started', intent: 'SignIn' });
        return take(interaction, events, { account });
      });
    },
  };
}
