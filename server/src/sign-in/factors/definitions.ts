/** The factors. A new one is a folder and a line here. Pure. */
import { backupCode } from './backup-code/definition.ts';
import { enterpriseSso } from './enterprise-sso/definition.ts';
import { oneTimeToken } from './one-time-token/definition.ts';
import { passkey, signInPasskey } from './passkey/definition.ts';
import { password } from './password/definition.ts';
import { social } from './social/definition.ts';
import { totp } from './totp/definition.ts';
import { emailMfaCode, phoneMfaCode, verificationCode } from './verification-code/definition.ts';

export const definitions = [
  password,
  verificationCode,
  social,
  enterpriseSso,
  oneTimeToken,
  signInPasskey,
  passkey,
  totp,
  phoneMfaCode,
  emailMfaCode,
  backupCode,
] as const;
