/**
 * The verification code factor: sends a code to an address; the code proves that the user has it. A code counts for the
 * challenge that it was sent for, so it proves nothing in another sign-in. Every code that is shown is an attempt
 * (`attempts.ts`), also an expired or unknown one.
 */
import type { SignInExperienceSettings } from '@aldaba/contract';
import type { CodeDelivery, CodeMessage, CodePurpose } from '../../../features/connectors/verification-codes/index.ts';
import type { User } from '../../../features/people/users/index.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import { currentOrigin } from '../../../kernel/origin.ts';
import { type Attempts, attemptName, secondAttemptName } from '../../attempts.ts';
import type { Address, ChallengeOf, Proof } from '../../machine/state.ts';
import type { SignInNeeds } from '../../needs.ts';
import type { Interaction } from '../../port.ts';
import { messageContext, type Occasion } from './message-context.ts';

type Needs = Pick<
  SignInNeeds,
  'verificationCodes' | 'users' | 'applications' | 'applicationExperiences' | 'organizations' | 'clock'
> & { attempts: Attempts };

type FirstType = 'EmailVerificationCode' | 'PhoneVerificationCode';
type SecondType = 'MfaEmailVerificationCode' | 'MfaPhoneVerificationCode';

/** A code that was sent, or withheld, and was not verified yet. */
export type CodeChallenge = ChallengeOf<FirstType> | ChallengeOf<SecondType>;
/** The user has the address. */
type AddressProof = Extract<Proof, { type: FirstType } | { type: SecondType }>;

export interface BeginCode {
  identifier: Address;
  template: CodeMessage['template'];
  /** `withheld` and `background` look the same to the caller, so that they do not reveal whether an account exists. */
  delivery: CodeDelivery;
  /** Language tag of the message. */
  locale?: string | undefined;
  /** Whose address it is, for what the message says. */
  user?: User | undefined;
  /** Whose second factor the code is; absent for a first. */
  userId?: string | undefined;
}

export interface VerificationCodeFactor {
  /**
   * Sends a code.
   * @throws AldabaError `connector.not_found`, `request.message_rate_limited`, `request.overloaded`; awaited:
   * `connector.*`
   */
  begin: (occasion: Occasion, request: BeginCode) => Promise<CodeChallenge>;
  /**
   * Consumes a code.
   * @throws AldabaError `verification_code.not_found`, `…expired`, `…code_mismatch`, `…exceed_max_try`,
   *   `session.verification_blocked_too_many_attempts`
   */
  verify: (
    interaction: Pick<Interaction, 'tenant'>,
    settings: SignInExperienceSettings,
    challenge: CodeChallenge,
    code: string,
  ) => Promise<AddressProof>;
}

export function createVerificationCodeFactor(needs: Needs): VerificationCodeFactor {
  const { verificationCodes, attempts, clock, users } = needs;
  return {
    async begin(occasion, { identifier, template, delivery, locale, user, userId }) {
      const facts = { id: standardId(), createdAt: clock.now(), identifier };
      const isEmail = identifier.type === 'email';
      const challenge: CodeChallenge =
        userId === undefined
          ? { ...facts, type: isEmail ? 'EmailVerificationCode' : 'PhoneVerificationCode' }
          : { ...facts, type: isEmail ? 'MfaEmailVerificationCode' : 'MfaPhoneVerificationCode', userId };
      await verificationCodes.send(occasion.tenant, recipientOf(identifier), {
        purpose: purposeOf(challenge),
        template,
        delivery,
        locale,
        payload: await messageContext(needs, occasion, user),
        ip: currentOrigin()?.ip,
        from: currentOrigin()?.networks,
      });
      return challenge;
    },

    async verify({ tenant }, settings, challenge, code) {
      const account =
        'userId' in challenge
          ? undefined
          : await users.findByIdentifier(tenant.db, { ...challenge.identifier, ignoresCase: true });
      const subject = { identifier: attemptsOf(settings, challenge), account, policy: settings.sentinelPolicy };
      let refusal: unknown;
      const isRight = await attempts.limited(tenant.db, subject, async () => {
        try {
          const proof = { purpose: purposeOf(challenge), code };
          await verificationCodes.verify(tenant, recipientOf(challenge.identifier), proof);
          return true;
        } catch (error) {
          // Only attempts that were judged count; expired and exhausted codes were.
          if (!isRefusal(error)) throw error;
          refusal = error;
          return undefined;
        }
      });
      if (!isRight) throw refusal;
      const { id, identifier } = challenge;
      const facts = { id, createdAt: clock.now(), used: false, identifier };
      return 'userId' in challenge
        ? { ...facts, type: challenge.type, userId: challenge.userId }
        : { ...facts, type: challenge.type };
    },
  };
}

const purposeOf = ({ id }: CodeChallenge): CodePurpose => `sign-in ${id}`;

const recipientOf = ({ type, value }: Address) =>
  type === 'email' ? { type: 'Email' as const, value } : { type: 'Sms' as const, value };

/** First factors share the attempts of the identifier's password, second factors those of the user. */
const attemptsOf = (settings: SignInExperienceSettings, challenge: CodeChallenge): string =>
  'userId' in challenge ? secondAttemptName(challenge.userId) : attemptName(settings, challenge.identifier);

const isRefusal = (error: unknown): boolean =>
  error instanceof AldabaError && error.code.startsWith('verification_code.');
