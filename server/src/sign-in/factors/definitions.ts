/** The factors. A new one is a folder and a line here. Pure. */
import { backupCode } from './backup-code/definition.ts';
import { emailMfaCode, phoneMfaCode } from './mfa-code/definition.ts';
import { oneTimeToken } from './one-time-token/definition.ts';
import { passkey } from './passkey/definition.ts';
import { password } from './password/definition.ts';
import { social } from './social/definition.ts';
import { totp } from './totp/definition.ts';
import { verificationCode } from './verification-code/definition.ts';

export const definitions = [
  password,
  verificationCode,
  social,
  oneTimeToken,
  passkey,
  totp,
  phoneMfaCode,
  emailMfaCode,
  backupCode,
] as const;
