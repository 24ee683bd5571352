/** Steps that begin something: a sign-in, a social sign-in, or a code that is sent. */
import { AldabaError } from '../../kernel/errors.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import type { SocialStart } from '../factors/social/index.ts';
import { codeFactorOf } from '../machine/factors.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { Address, Challenge, GivenIdentifier, Intent, SignInState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { Interaction } from '../port.ts';
import { type Codes, createCodes } from './codes.ts';
import type { StepContext } from './context.ts';
import type { StepResult } from './run.ts';
import { codeStep, type FirstCode } from './verify.ts';

export interface BeginSteps {
  start(interaction: Interaction, intent: Intent): Promise<StepResult>;
  changeIntent(interaction: Interaction, intent: Intent): Promise<StepResult>;
  /** Stores the identifier; the password comes next. No account is looked up. */
  giveIdentifier(interaction: Interaction, identifier: GivenIdentifier): Promise<StepResult>;
  /** Begins with a provider from the hosted pages. Returns the redirect. @throws AldabaError as the factor's `begin` */
  beginSocial(interaction: Interaction, request: SocialStart): Promise<string>;
  /** The same for a page that keeps the `state` itself. @throws AldabaError as the factor's `begin` */
  askSocial(
    interaction: Interaction,
    request: Omit<SocialStart, 'agreed'> & { state: string },
  ): Promise<{ authorizationUri: string; verificationId: string }>;
  /** Sends a code that says who the user is; what was done before is forgotten. @throws AldabaError as `Codes.send` */
  beginCode(
    interaction: Interaction,
    given: { intent: Intent; identifier: Address; locale: string },
  ): Promise<StepResult>;
  /**
   * Sends a code in a sign-in that has begun, also one that adds an address.
   * @param given `intent`: what the code is for, if it is not what the sign-in is
   * @throws AldabaError as `Codes.send`
   */
  sendCode(
    interaction: Interaction,
    given: { identifier: Address; locale: string; intent?: Intent },
  ): Promise<{ verificationId: string }>;
}

/** Between the interaction's handle and the secret part of a `state` that the pages send to a provider. */
const stateSeparator = '.';

/**
 * The handle of the interaction that a `state` of `beginSocial` belongs to; only a hint: the whole state is compared.
 */
export const handleOfState = (state: string): string | undefined => {
  const at = state.lastIndexOf(stateSeparator);
  return at > 0 ? state.slice(0, at) : undefined;
};

const isFirstCode = (challenge: Challenge): challenge is FirstCode =>
  challenge.type === 'EmailVerificationCode' || challenge.type === 'PhoneVerificationCode';

/** Whether a code answers the prompt. */
function answers(prompt: Prompt, { identifier }: FirstCode): boolean {
  if (prompt.kind === 'continue')
    return prompt.missing.some((detail) => detail === 'emailOrPhone' || detail === identifier.type);
  if (prompt.kind === 'add-factor') return prompt.factors.includes(codeFactorOf(identifier));
  return prompt.kind === 'sign-in' || prompt.kind === 'register' || prompt.kind === 'recover';
}

/** The code that the user has to enter: the one sent last that applies to the prompt. */
export const awaitedCode = (state: SignInState | undefined, prompt: Prompt): FirstCode | undefined =>
  state?.challenges.filter(isFirstCode).findLast((code) => answers(prompt, code));

export function createBeginSteps(context: StepContext): BeginSteps {
  const { take, factors, stateOf, accountOf, audit } = context;
  const codes = createCodes({ ...context.needs, verificationCode: factors.verificationCode });
  const send = (
    interaction: Interaction,
    settings: Parameters<Codes['send']>[1],
    given: Parameters<Codes['send']>[2],
  ) => audit.attempt(interaction, codeStep(given.identifier, 'Create'), () => codes.send(interaction, settings, given));
  return {
    start: (interaction, intent) => take(interaction, [{ type: 'started', intent }]),
    changeIntent: (interaction, intent) => take(interaction, [{ type: 'intent-changed', intent }]),
    giveIdentifier: (interaction, identifier) =>
      take(interaction, [
        { type: 'started', intent: 'SignIn' },
        { type: 'identifier-given', identifier },
      ]),
    async beginSocial(interaction, request) {
      const settings = await context.settings(interaction.tenant);
      // The handle leads the way back to this interaction when the browser has several.
      const state = `${interaction.handle}${stateSeparator}${opaqueToken()}`;
      const { challenge, authorizationUri } = await factors.social.begin(interaction, {
        ...request,
        state,
        keepsState: true,
      });
      const intent = resolvePolicy(settings).signIn ? 'SignIn' : 'Register';
      // A user who goes back and chooses another way starts again: what was proved for the first does not carry over.
      await take(
        interaction,
        [
          { type: 'started', intent },
          { type: 'challenged', challenge },
        ],
        { settings },
      );
      return authorizationUri;
    },
    async askSocial(interaction, request) {
      stateOf(interaction);
      const { challenge, authorizationUri } = await factors.social.begin(interaction, {
        ...request,
        keepsState: false,
      });
      await take(interaction, [{ type: 'challenged', challenge }]);
      return { authorizationUri, verificationId: challenge.id };
    },
    async beginCode(interaction, { intent, identifier, locale }) {
      const settings = await context.settings(interaction.tenant);
      const challenge = await send(interaction, settings, { state: { intent, profile: {} }, identifier, locale });
      return take(
        interaction,
        [
          { type: 'started', intent },
          { type: 'challenged', challenge },
        ],
        { settings },
      );
    },
    async sendCode(interaction, { intent, ...given }) {
      const settings = await context.settings(interaction.tenant);
      const state = stateOf(interaction);
      // Pages may ask for a code before they know whether it signs in or registers, but never for a password reset.
      if (intent && (intent === 'ForgotPassword') !== (state.intent === 'ForgotPassword'))
        throw new AldabaError('session.not_supported_for_forgot_password');
      const prompt = promptFor(state, resolvePolicy(settings), await accountOf(interaction, state));
      const forFactor = prompt.kind === 'add-factor';
      const purpose = { state: { ...state, intent: intent ?? state.intent }, forFactor };
      const challenge = await send(interaction, settings, { ...purpose, ...given });
      await take(interaction, [{ type: 'challenged', challenge }], { settings });
      return { verificationId: challenge.id };
    },
  };
}
