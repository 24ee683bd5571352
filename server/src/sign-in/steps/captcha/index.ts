/** The captcha before the first step of a sign-in: asked for once, checked once, and logged. */
import type { CaptchaChallenge } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { needsCaptcha } from '../../machine/captcha/index.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { LoadedInteraction, Reading, Runner, StepContext } from '../context.ts';
import type { LimitCaptchas } from './limit.ts';
import { createChallenge, failureOf } from './proof-of-work.ts';

type Needs = Pick<SignInNeeds, 'vault' | 'clock' | 'logs' | 'captchaProviders'> & { limitCaptchas: LimitCaptchas };

/** Steps that check or send something before the machine sees it. */
const guardedStep = /^Verification\.(Password|NewPasswordIdentity|EmailVerificationCode|PhoneVerificationCode)\.(.*)$/;

/** Refuses a check that needs a captcha before anything is looked up or sent. */
export const behindCaptcha =
  (attempt: StepContext['attempt'], { findState }: Pick<Reading, 'findState'>): StepContext['attempt'] =>
  (interaction, step, work) =>
    attempt(interaction, step, async () => {
      const [, type, verb] = guardedStep.exec(step.key) ?? [];
      // An answer to a code that was sent is of a sign-in that passed the captcha.
      const isFirst = type !== undefined && !(type.endsWith('Code') && verb === 'Submit');
      // Checks take the interaction as it was loaded.
      const { policy } = interaction as LoadedInteraction;
      if (isFirst && needsCaptcha(findState(interaction), policy)) throw new AldabaError('session.captcha_required');
      return work();
    });

export function createCaptchaSteps(needs: Needs, take: Runner, { findState }: Reading) {
  const { vault, clock, logs, captchaProviders, limitCaptchas } = needs;
  const contextOf = (interaction: LoadedInteraction) => ({ vault, interaction, now: clock.now() });
  const isAsked = (interaction: LoadedInteraction) => needsCaptcha(findState(interaction), interaction.policy);
  const challengeOf = async (interaction: LoadedInteraction): Promise<CaptchaChallenge> =>
    (await captchaProviders.challenge(interaction.tenant)) ?? createChallenge(contextOf(interaction));
  const refusalOf = async (interaction: LoadedInteraction, answer: string) =>
    (await captchaProviders.challenge(interaction.tenant))
      ? captchaProviders.check(interaction.tenant, answer)
      : failureOf(answer, contextOf(interaction));
  /** @throws AldabaError `session.captcha_failed`, and why the answer could not be judged */
  const judge = async (interaction: LoadedInteraction, answer: string): Promise<void> => {
    const reason = await limitCaptchas(interaction.tenant, () => refusalOf(interaction, answer));
    if (reason !== undefined) throw new AldabaError('session.captcha_failed', undefined, { cause: reason });
  };
  return {
    /** A new challenge; undefined where none is asked for. */
    captchaFor: async (interaction: LoadedInteraction): Promise<CaptchaChallenge | undefined> =>
      isAsked(interaction) ? challengeOf(interaction) : undefined,
    /**
     * Checks an answer where one is asked for; an empty one is left to the step that needs it.
     * @throws AldabaError `session.captcha_failed`, `session.captcha_unavailable`,
     *   `session.verification_blocked_too_many_attempts`
     */
    async passCaptcha(interaction: LoadedInteraction, answer: string): Promise<void> {
      if (answer === '' || !isAsked(interaction)) return;
      const { tenant, applicationId, uidHash: sessionId } = interaction;
      const entry = { applicationId, sessionId, key: 'Interaction.Create.Captcha' as const };
      try {
        await judge(interaction, answer);
      } catch (error) {
        if (error instanceof AldabaError)
          logs.write(tenant.id, { ...entry, result: 'Error', error, params: { reason: error.cause ?? error.code } });
        throw error;
      }
      const intent = interaction.policy.signIn ? 'SignIn' : 'Register';
      const start = findState(interaction) ? [] : [{ type: 'started', intent } as const];
      await take(interaction, [...start, { type: 'captcha-passed' }]);
      logs.write(tenant.id, { ...entry, result: 'Success' });
    },
  };
}
