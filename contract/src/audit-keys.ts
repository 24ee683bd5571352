import type { z } from 'zod';
import type { interactionEventSchema } from './experience.ts';
import type { HookEvent } from './hook-events.ts';
import type { MfaFactor } from './mfa-factors.ts';

/** Names of the grant types in audit log keys. `Unknown`: a grant type that is not supported. */
export type AuditGrant =
  | 'AuthorizationCode'
  | 'RefreshToken'
  | 'ClientCredentials'
  | 'TokenExchange'
  | 'DeviceCode'
  | 'Unknown';

/** Names of the verification records in keys of the audit log. */
export type AuditVerification =
  | 'Password'
  | 'NewPasswordIdentity'
  | 'Social'
  | 'EmailVerificationCode'
  | 'PhoneVerificationCode'
  | 'OneTimeToken'
  | MfaFactor
  | 'MfaEmailVerificationCode'
  | 'MfaPhoneVerificationCode';

/** A step of a sign-in: what follows `Interaction.<event>.` in a key of the audit log. */
export type SignInStepKey =
  | 'Create'
  | 'Update'
  | 'Submit'
  | 'Identifier.Submit'
  | 'Profile.Update'
  | `Verification.${AuditVerification}.${'Create' | 'Submit'}`
  | `BindMfa.${MfaFactor}.Submit`;

/** Every key that an entry of the audit log can have. */
export type AuditKey =
  | `ExchangeTokenBy.${AuditGrant}`
  | 'RevokeToken'
  | 'RevokeGrants'
  | `Interaction.${'Create' | 'End'}`
  | `Interaction.${z.output<typeof interactionEventSchema>}.${SignInStepKey}`
  | `TriggerHook.${HookEvent}`
  | `Action.${'PostFirstFactorVerification' | 'PostSignIn'}`
  | `JwtCustomizer.${'AccessToken' | 'ClientCredentials'}`;
