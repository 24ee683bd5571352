/**
 * Steps that begin something: a sign-in, or a code that is sent (its purpose, whether to send it, and
 * whether the response waits for the message).
 */
import type { TemplateType } from '@aldaba/contract';
import type { CodeDelivery } from '../../features/connectors/verification-codes/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { codeFactorOf } from '../machine/factors.ts';
import { promptFor } from '../machine/machine.ts';
import type { SignInPolicy } from '../machine/policy.ts';
import type { Address, GivenIdentifier, Intent, SignInState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { LoadedInteraction, StepContext } from './context.ts';
import { assertNoSso } from './enterprise-sso/account.ts';
import { codeStep, type FirstCode, isFirstCode } from './verify.ts';

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

export type BeginSteps = ReturnType<typeof createBeginSteps>;

export function createBeginSteps(context: StepContext) {
  const { take, stateOf, accountOf, attempt } = context;
  const send = (interaction: LoadedInteraction, given: CodeRequest) =>
    attempt(interaction, codeStep(given.identifier, 'Create'), () => sendTo(context, interaction, given));
  return {
    start: (interaction: LoadedInteraction, intent: Intent) => take(interaction, [{ type: 'started', intent }]),
    changeIntent: (interaction: LoadedInteraction, intent: Intent) =>
      take(interaction, [{ type: 'intent-changed', intent }]),
    /** Stores the identifier; the password comes next. No account is looked up. */
    async giveIdentifier(interaction: LoadedInteraction, identifier: GivenIdentifier) {
      assertNoSso(interaction, identifier);
      return take(interaction, [
        { type: 'started', intent: 'SignIn' },
        { type: 'identifier-given', identifier },
      ]);
    },
    /** Sends a code that says who the user is; what was done before is forgotten. @throws AldabaError as `sendCode` */
    async beginCode(interaction: LoadedInteraction, given: { intent: Intent; identifier: Address; locale: string }) {
      const { intent, ...message } = given;
      const challenge = await send(interaction, { state: { intent, profile: {} }, ...message });
      return take(interaction, [
        { type: 'started', intent },
        { type: 'challenged', challenge },
      ]);
    },
    /**
     * Sends a code in a sign-in that has begun, also one that adds an address.
     * @param given `intent`: what the code is for, if it is not what the sign-in is
     * @throws AldabaError `auth.forbidden`, `user.sign_in_method_not_enabled`, `user.sign_up_method_not_enabled`,
     *   `session.email_blocklist.*`, and as the factor's `begin`
     */
    async sendCode(interaction: LoadedInteraction, given: { identifier: Address; locale: string; intent?: Intent }) {
      const state = stateOf(interaction);
      const { intent = state.intent, ...message } = given;
      // Pages may ask for a code before they know whether it signs in or registers, but never for a password reset.
      if ((intent === 'ForgotPassword') !== (state.intent === 'ForgotPassword'))
        throw new AldabaError('session.not_supported_for_forgot_password');
      const prompt = promptFor(state, interaction.policy, await accountOf(interaction));
      const forFactor = prompt.kind === 'add-factor';
      const challenge = await send(interaction, { state: { ...state, intent }, forFactor, ...message });
      await take(interaction, [{ type: 'challenged', challenge }]);
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
  { needs, factors }: StepContext,
  interaction: LoadedInteraction,
  { state, identifier, locale, forFactor = false }: CodeRequest,
): Promise<FirstCode> {
  const { settings, policy } = interaction;
  const adds = isForAddition(state);
  assertNoSso(interaction, identifier);
  if (!adds) assertAllowed(policy, state.intent, identifier);
  if (adds || state.intent === 'Register') await needs.assertNotBlocked(settings, identifier);
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
