import { AldabaError } from '../../kernel/errors.ts';
import type { FactorAnswer } from '../factors/second-factor.ts';
import type { SecondFactorType } from '../machine/factor.ts';
import { codeFactorOf, secondFactorTraits } from '../machine/factors.ts';
import { hasAddress } from '../machine/identification.ts';
import { refusalOf } from '../machine/machine.ts';
import { isCodeProof, type Proof, type SecondFactorChoices } from '../machine/state.ts';
import type { SignInEvent } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import type { BeginSteps } from './begin.ts';
import { about, type Identified, type StepContext } from './context.ts';
import { addressOf } from './forms.ts';
import { refuse, type StepResult } from './run.ts';
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

export interface IdentifiedSteps {
  /**
   * The user whose second factor is shown or set up.
   * @param use `counts`: the tenant has to offer the factor
   * @throws AldabaError `session.identifier_not_found`, `session.not_supported_for_forgot_password`,
   *   `session.mfa.mfa_factor_not_enabled`, and, to set one up, `session.mfa.require_mfa_verification`: the first
   *   factor alone prepares nothing for an account that has a second one
   */
  requireIdentified: (
    interaction: Interaction,
    use: { mode: FactorMode; counts?: SecondFactorType | undefined },
  ) => Promise<Identified>;
  factorSession: (identified: Identified, options: SessionOptions) => FactorSession<StepResult>;
  /**
   * The account gets a verified factor when the sign-in is complete.
   * @throws AldabaError `session.verification_session_not_found`, and what the machine refuses with
   */
  bindFactor: (
    identified: Identified,
    given: { type: SecondFactorType; verificationId: string | undefined; completes?: boolean },
  ) => Promise<StepResult>;
  /**
   * The form of a page on which a factor is set up: its answer, the choice of a factor that needs nothing else, or an
   * address that a code is sent to. Undefined when nothing was begun, or the factor is set up already.
   * @throws AldabaError `user.invalid_email`, `user.invalid_phone`, as `sendCode` and the factor's `verify`
   */
  setUpFactor: (
    identified: Identified,
    type: SecondFactorType,
    given: { session: SessionOptions; answer: FactorAnswer; typedAddress: string; locale: string },
  ) => Promise<Pick<StepResult, 'prompt' | 'redirectTo'> | undefined>;
  /** Keeps a factor that the server generated; undefined for one that was not shown. */
  keepGenerated: (identified: Identified, type: SecondFactorType) => Promise<StepResult | undefined>;
  /** Goes on without a factor; undefined where the user has to set one up. */
  skipFactors: (identified: Identified) => Promise<StepResult | undefined>;
  /** Keeps what the user decided about second factors. @throws AldabaError what the machine refuses with */
  chooseFactors: (
    interaction: Interaction,
    choice: keyof SecondFactorChoices,
    options?: { completes?: boolean },
  ) => Promise<StepResult>;
}

/** Factors on offer that need nothing but the user's choice: codes to an address of the account. */
export const readyFactors = ({
  prompt,
  account,
  state: { profile },
}: Omit<Identified, 'user' | 'settings' | 'interaction'>) =>
  'factors' in prompt
    ? prompt.factors.filter((factor) => {
        const type = secondFactorTraits(factor)?.address;
        return type !== undefined && (account[type] || profile[type] !== undefined);
      })
    : [];

export function createIdentifiedSteps(
  context: StepContext & { secondFactors: SecondFactorSteps; sendCode: BeginSteps['sendCode'] },
): IdentifiedSteps {
  const { run, stateOf } = context;
  const steps: IdentifiedSteps = {
    async requireIdentified(interaction, { mode, counts }) {
      if (stateOf(interaction).intent === 'ForgotPassword')
        throw new AldabaError('session.not_supported_for_forgot_password');
      const { identified: found } = await context.positionOf(interaction);
      if (!found) throw new AldabaError('session.identifier_not_found');
      if (counts && !found.settings.mfa.factors.includes(counts))
        throw new AldabaError('session.mfa.mfa_factor_not_enabled');
      const refusal = mode === 'bind' && found.prompt.kind === 'show-factor' ? refusalOf(found.prompt) : undefined;
      return refusal ? refuse(refusal) : found;
    },
    factorSession: (identified, options) => sessionOf(context, identified, options),
    async bindFactor(identified, { type, verificationId, completes }) {
      const { interaction, state, settings, account } = identified;
      const proof = state.proofs.find(({ id }) => id === verificationId);
      const events = proof && !proof.used ? await bindingEvents(context, identified, { proof, type }) : undefined;
      if (!events) throw new AldabaError('session.verification_session_not_found');
      return run(interaction, events, { settings, ...(completes ? { complete: { account } } : {}) });
    },
    async chooseFactors(interaction, choice, { completes } = {}) {
      const settings = await context.settings(interaction.tenant);
      const account = await context.accountOf(interaction, stateOf(interaction));
      const event: SignInEvent = { type: 'factor-choice', choice, ...about(account) };
      return run(interaction, [event], { settings, ...(completes ? { complete: { account } } : {}) });
    },
    async setUpFactor(identified, type, { session: options, answer, typedAddress, locale }) {
      const { interaction, account, prompt } = identified;
      if (readyFactors(identified).includes(type))
        return steps.chooseFactors(interaction, 'enabled', { completes: true });
      const channel = secondFactorTraits(type)?.address;
      if (channel) {
        await context.sendCode(interaction, { identifier: addressOf(typedAddress.trim(), [channel]), locale });
        return { prompt };
      }
      const session = sessionOf(context, identified, {
        ...options,
        completes: true,
        following: (proof) => [{ type: 'factor-added', proofId: proof.id, account }],
      });
      return (await context.secondFactors.verify(session, { type, mode: 'bind' }, { answer }))?.kept;
    },
    async keepGenerated(identified, type) {
      const made = identified.state.proofs.find(
        (proof) => !proof.used && 'factor' in proof && proof.factor.type === type,
      );
      return made && steps.bindFactor(identified, { type, verificationId: made.id, completes: true });
    },
    async skipFactors({ interaction, prompt }) {
      if (prompt.kind !== 'add-factor' || !prompt.skippable) return undefined;
      const choice = prompt.additional ? 'suggestionSkipped' : 'skipped';
      return steps.chooseFactors(interaction, choice, { completes: true });
    },
  };
  return steps;
}

function sessionOf(
  { run, audit }: StepContext,
  { interaction, state, settings, user, account }: Identified,
  { locale, userAgent, following, completes }: SessionOptions,
): FactorSession<StepResult> {
  const take = (...events: SignInEvent[]) => run(interaction, events, { settings });
  const { tenant, applicationId, request } = interaction;
  return {
    subject: { tenant, applicationId, request, settings, user, locale, userAgent },
    challenges: state.challenges,
    proofs: state.proofs,
    async keepChallenge(challenge) {
      await take({ type: 'challenged', challenge });
    },
    keepProof(proof, challengeId) {
      const event: SignInEvent =
        challengeId === undefined
          ? { type: 'proved', proof, account }
          : { type: 'answered', challengeId, proof, account };
      const events = [event, ...(following?.(proof) ?? [])];
      return run(interaction, events, { settings, ...(completes ? { complete: { account } } : {}) });
    },
    async dropChallenge(challengeId) {
      await take({ type: 'answered', challengeId });
    },
    attempt: (what, work) => audit.attempt(interaction, what, work),
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
