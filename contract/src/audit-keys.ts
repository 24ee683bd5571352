import { type InteractionEvent, interactionEventSchema } from './experience.ts';
import { hookEventSchema } from './hook-events.ts';
import { type MfaFactor, mfaFactorSchema } from './mfa-factors.ts';

/** Names of the grant types in audit log keys. `Unknown`: a grant type that is not supported. */
const auditGrants = [
  'AuthorizationCode',
  'RefreshToken',
  'ClientCredentials',
  'TokenExchange',
  'DeviceCode',
  'Unknown',
] as const;
export type AuditGrant = (typeof auditGrants)[number];

/** Names of the verification records in keys of the audit log. */
const auditVerifications = [
  'Password',
  'NewPasswordIdentity',
  'Social',
  'EnterpriseSso',
  'EmailVerificationCode',
  'PhoneVerificationCode',
  'OneTimeToken',
  'SignInPasskey',
  ...mfaFactorSchema.options,
  'MfaEmailVerificationCode',
  'MfaPhoneVerificationCode',
] as const;
export type AuditVerification = (typeof auditVerifications)[number];

/** Changes by and for the administrators of an organization. */
const organizationEvents = [
  'AddDomain',
  'SendDomainCode',
  'VerifyDomain',
  'MissDomainRecord',
  'AskDomainProof',
  'LoseDomain',
  'RemoveDomain',
  'RemoveMember',
  'ChangeRoles',
  'Invite',
  'RevokeInvitation',
  'CreatePortalLink',
  'ChangePortalLink',
  'RevokePortalLink',
  'OpenPortal',
  'ClosePortal',
  'AddSsoConnector',
  'ChangeSsoConnector',
  'TestSsoConnector',
  'TurnOnSsoConnector',
  'TurnOffSsoConnector',
  'RemoveSsoConnector',
  'MapSsoGroup',
] as const;

/** A step of a sign-in: what follows `Interaction.<event>.` in a key of the audit log. */
export type SignInStepKey =
  | 'Create'
  | 'Update'
  | 'Submit'
  | 'Identifier.Submit'
  | 'Profile.Update'
  | `Verification.${AuditVerification}.${'Create' | 'Submit'}`
  | `BindMfa.${MfaFactor}.Submit`;

const signInSteps: readonly SignInStepKey[] = [
  'Create',
  'Update',
  ...auditVerifications.flatMap((name) => [`Verification.${name}.Create`, `Verification.${name}.Submit`] as const),
  'Identifier.Submit',
  'Profile.Update',
  ...mfaFactorSchema.options.map((factor) => `BindMfa.${factor}.Submit` as const),
  'Submit',
];

/** Every key that an entry of the audit log can have, a sign-in's in the order of its steps. */
export const auditKeys = [
  'Interaction.Create',
  'Interaction.Create.Captcha',
  ...interactionEventSchema.options.flatMap((event) =>
    signInSteps.map((step): `Interaction.${InteractionEvent}.${SignInStepKey}` => `Interaction.${event}.${step}`),
  ),
  'Interaction.End',
  ...auditGrants.map((grant) => `ExchangeTokenBy.${grant}` as const),
  'RevokeToken',
  'RevokeGrants',
  ...hookEventSchema.options.map((event) => `TriggerHook.${event}` as const),
  ...(['Invite', 'Revoke', 'Join', 'Change', 'Remove'] as const).map((event) => `Team.${event}` as const),
  ...(['User', 'Group'] as const).flatMap((type) =>
    (['Create', 'Update', 'Delete'] as const).map((action) => `Scim.${type}.${action}` as const),
  ),
  'Scim.Group.Map',
  ...(['Create', 'Update', 'Rotate', 'Delete'] as const).map((action) => `Scim.Token.${action}` as const),
  ...organizationEvents.map((event) => `Organization.${event}` as const),
  'Ldap.Sync',
  ...(['Create', 'Update', 'Suspend', 'Restore'] as const).map((action) => `Ldap.User.${action}` as const),
  'Inbox.Change',
  'Inbox.Empty',
  'TrustedDevice.Created',
  'TrustedDevice.Used',
  'Account.Verify',
  'Account.Update',
  'Account.LinkIdentity',
  'Account.LinkSsoIdentity',
  'Account.SsoLogout',
  'Account.Reclaim',
  'Account.VerifyEmail',
  'Account.Export',
  'Account.RequestDeletion',
  'Account.CancelDeletion',
  'Account.Delete',
  'Action.PostFirstFactorVerification',
  'Action.PostSignIn',
  'JwtCustomizer.AccessToken',
  'JwtCustomizer.ClientCredentials',
  'SamlApplication.AuthnRequest',
  'SamlApplication.Callback',
  'SamlApplication.Logout',
  'SamlApplication.LogoutResponse',
  'SamlApplication.Certificate',
  'SsoConnector.Metadata',
  'SsoConnector.Certificate',
] as const;
export type AuditKey = (typeof auditKeys)[number];
