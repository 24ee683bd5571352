import { AldabaError } from '../../kernel/errors.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import { hasAddress, type SecondFactorType } from '../machine/factor.ts';
import { codeFactorOf, secondFactorTraits } from '../machine/factors.ts';
import { refusalOf } from '../machine/machine.ts';
import { isCodeProof, type Proof, type SecondFactorChoices } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { BeginSteps } from './begin.ts';
import type { Identified, LoadedInteraction, StepContext, StepResult } from './context.ts';
import { addressOf } from './forms.ts';
import { refuse } from './run.ts';
import type { FactorMode, FactorSession, SecondFactorSteps } from './second-factors.ts';

export interface SessionOptions {
  /** Language tag of messages. */
  locale?: string;
  userAgent?: string | undefined;
  /** Events that follow a proof in the same step. */
  following?: (proof: Proof) => SignInEvent[];
  /** Completes the sign-in when nothing is missing any more. */
  completes?: boolean;
}

/** Factors on offer that need nothing but the user's choice: codes to an address of the account. */
export const readyFactors = ({
  prompt,
  account,
  state: { profile },
}: Pick<Identified, 'prompt' | 'account' | 'state'>) =>
  'factors' in prompt
    ? prompt.factors.filter((factor) => {
        const type = secondFactorTraits(factor)?.address;
        return type !== undefined && (account[type] || profile[type] !== undefined);
      })
    : [];

export function createIdentifiedSteps(
  context: StepContext & { secondFactors: SecondFactorSteps; sendCode: BeginSteps['sendCode'] },
) {
  const { take, stateOf } = context;
  /** The account gets a verified factor when the sign-in is complete. */
  const bindFactor = async (
    identified: Identified,
    given: { type: SecondFactorType; verificationId: string | undefined; completes?: boolean },
  ) => {
    const { interaction, state, account } = identified;
    const proof = state.proofs.find(({ id }) => id === given.verificationId);
    const events =
      proof && !proof.used ? await bindingEvents(context, identified, { proof, type: given.type }) : undefined;
    if (!events) throw new AldabaError('session.verification_session_not_found');
    return take(interaction, events, given.completes ? { account } : undefined);
  };
  /** Keeps what the user decided about second factors. @throws AldabaError what the machine refuses with */
  const chooseFactors = async (
    interaction: LoadedInteraction,
    choice: keyof SecondFactorChoices,
    { completes = false } = {},
  ) => {
    const account = await context.accountOf(interaction);
    return take(interaction, [{ type: 'factor-choice', choice, account }], completes ? { account } : undefined);
  };
  /** Trusts the browser when the sign-in completes. @throws AldabaError what the machine refuses with */
  const trustDevice = async (interaction: LoadedInteraction) =>
    take(interaction, [{ type: 'device-trusted', account: await context.accountOf(interaction) }]);
  const factorSession = (identified: Identified, options: SessionOptions) => sessionOf(context, identified, options);
  return {
    /**
     * The user whose second factor is shown or set up.
     * @param use `counts`: the tenant has to offer the factor
     * @throws AldabaError `session.identifier_not_found`, `session.not_supported_for_forgot_password`,
     *   `session.mfa.mfa_factor_not_enabled`, and, to set one up, `session.mfa.require_mfa_verification`: the first
     *   factor alone prepares nothing for an account that has a second one
     */
    async requireIdentified(
      interaction: LoadedInteraction,
      { mode, counts }: { mode: FactorMode; counts?: SecondFactorType | undefined },
    ): Promise<Identified> {
      if (stateOf(interaction).intent === 'ForgotPassword')
        throw new AldabaError('session.not_supported_for_forgot_password');
      const { identified: found } = await context.positionOf(interaction);
      if (!found) throw new AldabaError('session.identifier_not_found');
      const { mfa, passkeySignIn } = interaction.settings;
      const signsIn = mode === 'bind' && passkeySignIn.enabled;
      if (counts && !mfa.factors.includes(counts) && !(signsIn && secondFactorTraits(counts)?.signsIn))
        throw new AldabaError('session.mfa.mfa_factor_not_enabled');
      const refusal = mode === 'bind' && found.prompt.kind === 'show-factor' ? refusalOf(found.prompt) : undefined;
      return refusal ? refuse(refusal) : found;
    },
    factorSession,
    /** @throws AldabaError `session.verification_session_not_found`, and what the machine refuses with */
    bindFactor,
    chooseFactors,
    trustDevice,
    /**
     * The form of a page on which a factor is set up: its answer, the choice of a factor that needs nothing else, or an
     * address that a code is sent to. Undefined when nothing was begun, or the factor is set up already.
     * @throws AldabaError `user.invalid_email`, `user.invalid_phone`, as `sendCode` and the factor's `verify`
     */
    async setUpFactor(
      identified: Identified,
      type: SecondFactorType,
      given: { session: SessionOptions; answer: FactorAnswer; typedAddress: string; locale: string },
    ): Promise<Pick<StepResult, 'prompt' | 'redirectTo'> | undefined> {
      const { interaction, account, prompt } = identified;
      if (readyFactors(identified).includes(type)) return chooseFactors(interaction, 'enabled', { completes: true });
      const channel = secondFactorTraits(type)?.address;
      if (channel) {
        const identifier = addressOf(given.typedAddress.trim(), [channel]);
        await context.sendCode(interaction, { identifier, locale: given.locale });
        return { prompt };
      }
      const session = factorSession(identified, {
        ...given.session,
        completes: true,
        following: (proof) => [{ type: 'factor-added', proofId: proof.id, account }],
      });
      const { answer } = given;
      return (await context.secondFactors.verify(session, { type, mode: 'bind' }, { answer }))?.kept;
    },
    /** Keeps a factor that the server generated; undefined for one that was not shown. */
    async keepGenerated(identified: Identified, type: SecondFactorType) {
      const made = identified.state.proofs.find(
        (proof) => !proof.used && 'factor' in proof && proof.factor.type === type,
      );
      return made && bindFactor(identified, { type, verificationId: made.id, completes: true });
    },
    /** Goes on without a factor; undefined where the user has to set one up. */
    async skipFactors({ interaction, prompt }: Identified) {
      if (prompt.kind !== 'add-factor' || !prompt.skippable) return undefined;
      const choice = prompt.signsIn ? 'passkeySkipped' : prompt.additional ? 'suggestionSkipped' : 'skipped';
      return chooseFactors(interaction, choice, { completes: true });
    },
  };
}

function sessionOf(
  { take, attempt }: StepContext,
  { interaction, state, user, account }: Identified,
  { locale, userAgent, following, completes }: SessionOptions,
): FactorSession<StepResult> {
  const { tenant, applicationId, request, settings } = interaction;
  return {
    subject: { tenant, applicationId, request, settings, user, locale, userAgent },
    challenges: state.challenges,
    proofs: state.proofs,
    async keepChallenge(challenge) {
      await take(interaction, [{ type: 'challenged', challenge }]);
    },
    keepProof(proof, challengeId) {
      const event: SignInEvent =
        challengeId === undefined
          ? { type: 'proved', proof, account }
          : { type: 'answered', challengeId, proof, account };
      return take(interaction, [event, ...(following?.(proof) ?? [])], completes ? { account } : undefined);
    },
    async dropChallenge(challengeId) {
      await take(interaction, [{ type: 'answered', challengeId }]);
    },
    attempt: (step, work) => attempt(interaction, step, work),
  };
}

/** Undefined for a record that is not of the factor. */
async function bindingEvents(
  { needs }: StepContext,
  { interaction, account, prompt }: Identified,
  { proof, type }: { proof: Proof; type: SecondFactorType },
): Promise<SignInEvent[] | undefined> {
  if (!secondFactorTraits(type)?.address)
    return 'factor' in proof && proof.factor.type === type
      ? [{ type: 'factor-added', proofId: proof.id, account }]
      : undefined;
  if (!isCodeProof(proof) || codeFactorOf(proof.identifier) !== type) return undefined;
  // Codes to an address are a second factor once the account has the address and, where it is optional, the user wants
  // it.
  const events: SignInEvent[] = [];
  if (!hasAddress(account, proof)) {
    const owner = await needs.users.findByIdentifier(interaction.tenant.db, proof.identifier);
    const taken = owner !== undefined && owner.id !== account.id;
    events.push({ type: 'address-added', proofId: proof.id, account, taken });
  }
  if (prompt.kind === 'add-factor' && prompt.skippable && !prompt.additional)
    events.push({ type: 'factor-choice', choice: 'enabled', account });
  return events;
}
