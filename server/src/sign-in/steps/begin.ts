/**
 * Steps that begin something: a sign-in, a social sign-in, or a code that is sent (its purpose, whether to send it, and
 * whether the response waits for the message).
 */
import type { TemplateType } from '@aldaba/contract';
import type { CodeDelivery } from '../../features/connectors/verification-codes/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { SocialStart } from '../factors/social/index.ts';

import { codeFactorOf } from '../machine/factors.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy, type SignInPolicy, termsOf } from '../machine/policy.ts';
import type { Address, Challenge, GivenIdentifier, Intent, SignInState } from '../machine/state.ts';
import type { Prompt, SignInEvent } from '../machine/vocabulary.ts';
import type { SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';
import type { StepContext } from './context.ts';
import type { StepResult } from './run.ts';
import { codeStep, type FirstCode } from './verify.ts';

export interface BeginSteps {
  start: (interaction: Interaction, intent: Intent) => Promise<StepResult>;
  changeIntent: (interaction: Interaction, intent: Intent) => Promise<StepResult>;
  /** Stores the identifier; the password comes next. No account is looked up. */
  giveIdentifier: (interaction: Interaction, identifier: GivenIdentifier) => Promise<StepResult>;
  /**
   * Begins with a provider from the hosted pages, to which the result redirects.
   * @throws AldabaError `user.terms_required` when a box has to be ticked and was not, and as the factor's `begin`
   */
  beginSocial: (interaction: Interaction, request: SocialStart) => Promise<StepResult & { redirectTo: string }>;
  /** The same for a page that keeps the `state` itself. @throws AldabaError as the factor's `begin` */
  askSocial: (
    interaction: Interaction,
    request: Omit<SocialStart, 'agreed'> & { state: string },
  ) => Promise<{ authorizationUri: string; verificationId: string }>;
  /** Sends a code that says who the user is; what was done before is forgotten. @throws AldabaError as `sendCode` */
  beginCode: (
    interaction: Interaction,
    given: { intent: Intent; identifier: Address; locale: string },
  ) => Promise<StepResult>;
  /**
   * Sends a code in a sign-in that has begun, also one that adds an address.
   * @param given `intent`: what the code is for, if it is not what the sign-in is
   * @throws AldabaError `auth.forbidden`, `user.sign_in_method_not_enabled`, `user.sign_up_method_not_enabled`,
   *   `session.email_blocklist.*`, and as the factor's `begin`
   */
  sendCode: (
    interaction: Interaction,
    given: { identifier: Address; locale: string; intent?: Intent },
  ) => Promise<{ verificationId: string }>;
}

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
  const send = (interaction: Interaction, settings: SignInSettings, given: CodeRequest) =>
    audit.attempt(interaction, codeStep(given.identifier, 'Create'), () =>
      sendTo(context, interaction, settings, given),
    );
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
      if (termsOf(settings, 'sign-in') === 'checkbox' && !request.agreed) throw new AldabaError('user.terms_required');
      const { challenge, authorizationUri } = await factors.social.begin(interaction, request);
      const intent = resolvePolicy(settings).signIn ? 'SignIn' : 'Register';
      // A user who goes back and chooses another way starts again: what was proved for the first does not carry over.
      const events: SignInEvent[] = [
        { type: 'started', intent },
        { type: 'challenged', challenge },
      ];
      return { ...(await take(interaction, events, { settings })), redirectTo: authorizationUri };
    },
    async askSocial(interaction, request) {
      stateOf(interaction);
      const { challenge, authorizationUri } = await factors.social.begin(interaction, request);
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

/** A code that identifies the user, or proves an address that is to be added. */
interface CodeRequest {
  /** As it will be when the code is asked for, so of a fresh start without proofs. */
  state: Pick<SignInState, 'intent' | 'userId' | 'profile'>;
  identifier: Address;
  locale: string;
  /** Codes to the address are to be a second factor, as the message says. */
  forFactor?: boolean;
}

/** Whether a code would add an address to an account instead of identifying the user. */
export const isForAddition = ({
  intent,
  userId,
  profile,
}: Pick<SignInState, 'intent' | 'userId' | 'profile'>): boolean =>
  intent !== 'ForgotPassword' && (userId !== undefined || (intent === 'Register' && Object.keys(profile).length > 0));

async function sendTo(
  { needs, factors, assertNotBlocked }: StepContext,
  interaction: Interaction,
  settings: SignInSettings,
  { state, identifier, locale, forFactor = false }: CodeRequest,
): Promise<FirstCode> {
  const policy = resolvePolicy(settings);
  const adds = isForAddition(state);
  if (!adds) assertAllowed(policy, state.intent, identifier);
  if (adds || state.intent === 'Register') await assertNotBlocked(settings, identifier);
  const user = await needs.users.findByIdentifier(interaction.tenant.db, { ...identifier, ignoresCase: true });
  const challenge = await factors.verificationCode.begin(interaction, {
    identifier,
    template: forFactor ? 'BindMfa' : (state.intent satisfies TemplateType),
    delivery: adds ? 'awaited' : deliveryTo(policy, state.intent, { identifier, exists: user !== undefined }),
    locale,
    user: adds ? undefined : user,
  });
  if ('userId' in challenge) throw new TypeError('A first factor does not belong to a user yet');
  return challenge;
}

function assertAllowed(policy: SignInPolicy, intent: SignInState['intent'], { type }: Address): void {
  const isOpen = intent === 'Register' ? policy.register : policy.signIn;
  if (!isOpen) throw new AldabaError('auth.forbidden');
  const allowed = {
    SignIn: policy.codeIdentifiers,
    Register: policy.registerWithCode,
    ForgotPassword: policy.recovery,
  };
  const isAllowed: readonly string[] = allowed[intent];
  if (isAllowed.includes(type)) return;
  throw new AldabaError(intent === 'Register' ? 'user.sign_up_method_not_enabled' : 'user.sign_in_method_not_enabled');
}

/**
 * A message is sent to addresses that may sign in or register. When only existing accounts may, it is withheld from
 * others, and no response waits for a message, so that neither response nor timing reveals whether an account exists.
 */
function deliveryTo(
  { register, registerWithCode }: SignInPolicy,
  intent: SignInState['intent'],
  { identifier, exists }: { identifier: Address; exists: boolean },
): CodeDelivery {
  const isOpen =
    intent === 'Register' || (intent === 'SignIn' && register && registerWithCode.includes(identifier.type));
  if (isOpen) return 'awaited';
  return exists ? 'background' : 'withheld';
}
