/** A code to an address that the account has, as a second factor. The verification code factor sends and checks it. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { Address } from '../../machine/state.ts';
import { ofType, type SecondFactor, type SecondFactorNeeds } from '../second-factor.ts';

export function createMfaCode({ verificationCode }: SecondFactorNeeds, channel: Address['type']) {
  const type = channel === 'email' ? 'MfaEmailVerificationCode' : 'MfaPhoneVerificationCode';
  return {
    show: {
      challenge: type,
      async begin(subject) {
        const { user, locale } = subject;
        const value = channel === 'email' ? user.primaryEmail : user.primaryPhone;
        if (value === null) throw new AldabaError('session.mfa.mfa_factor_not_enabled');
        const challenge = await verificationCode.begin(subject, {
          identifier: { type: channel, value },
          template: 'MfaVerification',
          delivery: 'awaited',
          locale,
          user,
          userId: user.id,
        });
        return { challenge, shown: {} };
      },
      verify: ({ tenant, settings }, { code = '' }, challenge) =>
        verificationCode.verify({ tenant }, settings, ofType(challenge, type), code),
    },
  } satisfies SecondFactor;
}
