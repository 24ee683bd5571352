import { type Attempts, createAttempts } from '../attempts.ts';
import type { SignInNeeds } from '../needs.ts';
import { createDirectoryPasswordFactor, type DirectoryPasswordFactor } from './directory-password/index.ts';
import { createEnterpriseSsoFactor, type EnterpriseSsoFactor } from './enterprise-sso/index.ts';
import { createOneTapFactor, type OneTapFactor } from './one-tap/index.ts';
import { createOneTimeTokenFactor, type OneTimeTokenFactor } from './one-time-token/index.ts';
import { createSignInPasskeyFactor, type SignInPasskeyFactor } from './passkey/sign-in.ts';
import { createPasswordFactor, type PasswordFactor } from './password/index.ts';
import { createSecondFactors, type SecondFactorSet } from './second-factors.ts';
import { createSocialFactor, type SocialFactor } from './social/index.ts';
import { createSocialLanding, type SocialLanding } from './social/landing.ts';
import { createVerificationCodeFactor, type VerificationCodeFactor } from './verification-code/index.ts';

/** The I/O of each factor. What the machine knows of them is in `definitions.ts`. */
export interface Factors {
  password: PasswordFactor;
  social: SocialFactor;
  enterpriseSso: EnterpriseSsoFactor;
  directoryPassword: DirectoryPasswordFactor;
  socialLanding: SocialLanding;
  oneTap: OneTapFactor;
  verificationCode: VerificationCodeFactor;
  oneTimeToken: OneTimeTokenFactor;
  signInPasskey: SignInPasskeyFactor;
  second: SecondFactorSet;
}

export function createFactors(needs: SignInNeeds): Factors {
  const attempts: Attempts = createAttempts(needs);
  const verificationCode = createVerificationCodeFactor({ ...needs, attempts });
  return {
    password: createPasswordFactor({ ...needs, attempts }),
    social: createSocialFactor(needs),
    enterpriseSso: createEnterpriseSsoFactor(needs),
    directoryPassword: createDirectoryPasswordFactor({ ...needs, attempts }),
    socialLanding: createSocialLanding(needs),
    oneTap: createOneTapFactor(needs),
    verificationCode,
    oneTimeToken: createOneTimeTokenFactor({ ...needs, attempts }),
    signInPasskey: createSignInPasskeyFactor({ ...needs, attempts }),
    second: createSecondFactors({ ...needs, attempts, verificationCode }),
  };
}
