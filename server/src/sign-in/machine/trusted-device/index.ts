/**
 * Trusted devices: browsers in which a user skips the second factor. Pure. A trusted device is not an authentication
 * factor (NIST SP 800-63B): it lets a sign-in with one factor complete where nothing else is at stake, and adds no
 * `mfa`.
 */
import type { SecondFactorPolicy } from '../policy.ts';
import { factorsToShow, wasShown } from '../second-factor.ts';
import type { SignInState } from '../state.ts';
import type { Account, DeviceAtEnd, Outcome } from '../vocabulary.ts';

/**
 * Whether the tenant and the user's organizations accept trusted devices. An organization that requires a second factor
 * issues tokens only in sessions in which one was shown.
 */
export const mayTrust = (
  { trustedDays }: Pick<SecondFactorPolicy, 'trustedDays'>,
  { secondFactors }: Pick<Account, 'secondFactors'>,
): boolean =>
  trustedDays > 0 && secondFactors?.refusesTrustedDevices !== true && secondFactors?.isRequiredByOrganization !== true;

/**
 * Whether this browser replaces the second factor, if nothing else is asked for. Not for an unusual sign-in, for an
 * application that requires two factors, or for a sign-in that changes something of the account.
 */
export const skipsFactor = ({ profile, adopted }: SignInState, policy: SecondFactorPolicy, account: Account): boolean =>
  account.trustedDevice !== undefined &&
  mayTrust(policy, account) &&
  account.risks.length === 0 &&
  !account.requiresSecondFactor &&
  !adopted &&
  Object.keys(profile).length === 0;

/** The user wants this browser to be trusted, after a second factor was shown in this sign-in. */
export const trustDevice = (state: SignInState, policy: SecondFactorPolicy, account: Account | undefined): Outcome =>
  account && wasShown(state) && mayTrust(policy, account)
    ? { state: { ...state, trustsDevice: true } }
    : { refused: 'auth.forbidden' };

/** What completing the sign-in does with the device. The settings may have changed since the user decided. */
export function deviceAtEnd(state: SignInState, policy: SecondFactorPolicy, account: Account): DeviceAtEnd | undefined {
  const { trustedDevice } = account;
  if (state.trustsDevice && wasShown(state) && mayTrust(policy, account))
    return { days: policy.trustedDays, replaces: trustedDevice };
  const wasNeeded = factorsToShow(state, policy, account).length > 0;
  return wasNeeded && trustedDevice !== undefined ? { uses: trustedDevice } : undefined;
}
