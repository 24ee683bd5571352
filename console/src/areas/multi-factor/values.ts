/** The values of the form: what the API has, with every member that an input shows. */
import type { SignInExperience, SignInFactor } from '@aldaba/contract';
import { signInExperienceSettingsSchema } from '@aldaba/contract/routes';
import { limitsOf } from '../../patterns/whole-number.tsx';

type Policy = SignInExperience['mfa']['policy'];

export const factorNames = [
  'Totp',
  'WebAuthn',
  'EmailVerificationCode',
  'PhoneVerificationCode',
  'BackupCode',
] as const satisfies readonly SignInFactor[];

/** One of each two policies that mean the same. */
export const policies = [
  'NoPrompt',
  'UserControlled',
  'PromptOnlyAtSignIn',
  'Mandatory',
  'PromptOnlyAtSignInMandatory',
] as const satisfies readonly Policy[];

const synonyms: Partial<Record<Policy, Policy>> = {
  PromptAtSignInAndSignUp: 'UserControlled',
  PromptAtSignInAndSignUpMandatory: 'Mandatory',
};
export const shownPolicy = (policy: Policy): Policy => synonyms[policy] ?? policy;

export const dayLimits = limitsOf(signInExperienceSettingsSchema.shape.trustedDevice.unwrap().shape.validPeriodDays);

/** Paths of inputs, for refusals. */
export const inputs = ['mfa.factors', 'mfa.policy', 'trustedDevice.validPeriodDays'] as const;

export type Values = ReturnType<typeof valuesOf>;

export const valuesOf = ({ mfa, adaptiveMfa, trustedDevice }: SignInExperience) => ({
  mfa: { ...mfa, organizationRequiredMfaPolicy: mfa.organizationRequiredMfaPolicy ?? ('NoPrompt' as const) },
  adaptiveMfa: { enabled: adaptiveMfa.enabled ?? false },
  trustedDevice: { ...trustedDevice, validPeriodDays: trustedDevice.validPeriodDays as number | string },
});

export const bodyOf = ({ trustedDevice, ...values }: Values) => ({
  ...values,
  trustedDevice: { ...trustedDevice, validPeriodDays: Number(trustedDevice.validPeriodDays) },
});

/** Without a second factor nothing can ask for one: the settings that do are switched off with the last factor. */
export const withFactors = (values: Values, chosen: readonly string[]): Values => {
  const factors = factorNames.filter((name) => chosen.includes(name));
  const isAny = factors.length > 0;
  return {
    mfa: { ...values.mfa, factors },
    adaptiveMfa: { enabled: isAny && values.adaptiveMfa.enabled },
    trustedDevice: { ...values.trustedDevice, enabled: isAny && values.trustedDevice.enabled },
  };
};
