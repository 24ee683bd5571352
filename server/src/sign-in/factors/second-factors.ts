import { supportsPasskeys } from '../../features/people/mfa-verifications/relying-party.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { SecondFactorType } from '../machine/factor.ts';
import { createBackupCode } from './backup-code/index.ts';
import { createPasskey } from './passkey/index.ts';
import type { SecondFactor, SecondFactorNeeds } from './second-factor.ts';
import { createTotp } from './totp/index.ts';
import { createMfaCode } from './verification-code/second.ts';

/** The second factors, by their names on the wire. A new one is a folder and a line here and in `definitions.ts`. */
export const createSecondFactors = (needs: SecondFactorNeeds) =>
  ({
    WebAuthn: createPasskey(needs),
    Totp: createTotp(needs),
    PhoneVerificationCode: createMfaCode(needs, 'phone'),
    EmailVerificationCode: createMfaCode(needs, 'email'),
    BackupCode: createBackupCode(needs),
  }) satisfies Record<SecondFactorType, Pick<SecondFactor, 'show' | 'bind'>>;

/** The second factors that no browser can use at the tenant's address. */
export const unavailableFactors = (tenant: Pick<Tenant, 'baseUrl'>): readonly SecondFactorType[] =>
  supportsPasskeys(tenant) ? [] : ['WebAuthn'];

export type SecondFactorSet = ReturnType<typeof createSecondFactors>;
