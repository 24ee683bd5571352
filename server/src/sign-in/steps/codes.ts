/** Codes that are sent in a sign-in: their purpose, whether to send, and whether the response waits for the message. */
import type { TemplateType } from '@aldaba/contract';
import { emailBlockOf } from '../../features/appearance/sign-in-experience/email-blocklist.ts';
import type { CodeDelivery } from '../../features/connectors/verification-codes/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { VerificationCodeFactor } from '../factors/verification-code/index.ts';
import { resolvePolicy, type SignInPolicy } from '../machine/policy.ts';
import type { Address, ChallengeOf, SignInState } from '../machine/state.ts';
import type { SignInNeeds, SignInSettings } from '../needs.ts';
import type { Interaction } from '../port.ts';

export interface Codes {
  /**
   * Sends a code that identifies the user, or proves an address that is to be added.
   * @param given `state`: as it will be when the code is asked for, so of a fresh start without proofs; `forFactor`:
   * codes to the
   *   address are to be a second factor, as the message says
   * @throws AldabaError `auth.forbidden`, `user.sign_in_method_not_enabled`, `user.sign_up_method_not_enabled`,
   *   `session.email_blocklist.*`, and as the factor's `begin`
   */
  send(
    interaction: Interaction,
    settings: SignInSettings,
    given: {
      state: Pick<SignInState, 'intent' | 'userId' | 'profile'>;
      identifier: Address;
      locale?: string | undefined;
      forFactor?: boolean;
    },
  ): Promise<ChallengeOf<'EmailVerificationCode' | 'PhoneVerificationCode'>>;
}

/** Whether a code would add an address to an account instead of identifying the user. */
export const isForAddition = ({
  intent,
  userId,
  profile,
}: Pick<SignInState, 'intent' | 'userId' | 'profile'>): boolean =>
  intent !== 'ForgotPassword' && (userId !== undefined || (intent === 'Register' && Object.keys(profile).length > 0));

export function createCodes({
  users,
  verificationCode,
}: Pick<SignInNeeds, 'users'> & { verificationCode: VerificationCodeFactor }): Codes {
  return {
    async send(interaction, settings, { state, identifier, locale, forFactor = false }) {
      const policy = resolvePolicy(settings);
      const adds = isForAddition(state);
      if (!adds) assertAllowed(policy, state.intent, identifier);
      if (adds || state.intent === 'Register') await assertNotBlocked(settings, identifier);
      const user = await users.findByIdentifier(interaction.tenant.db, { ...identifier, ignoresCase: true });
      const challenge = await verificationCode.begin(interaction, {
        identifier,
        template: forFactor ? 'BindMfa' : (state.intent satisfies TemplateType),
        delivery: adds ? 'awaited' : deliveryTo(policy, state.intent, { identifier, exists: user !== undefined }),
        locale,
        user: adds ? undefined : user,
      });
      if ('userId' in challenge) throw new TypeError('A first factor does not belong to a user yet');
      return challenge;
    },
  };
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

/** @throws AldabaError `session.email_blocklist.*` for an address that the tenant takes no account with */
export async function assertNotBlocked(
  { emailBlocklistPolicy }: SignInSettings,
  { type, value }: Address,
): Promise<void> {
  const block = type === 'email' ? await emailBlockOf(emailBlocklistPolicy, value) : undefined;
  if (block) throw new AldabaError(block);
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
