import { z } from 'zod';

/** Events of a sign-in that webhooks can receive. */
const interactionHookEvents = [
  'PostRegister',
  'PostSignIn',
  'PostSignInAdaptiveMfaTriggered',
  'PostResetPassword',
] as const;

/** Changes of data that webhooks can receive. */
export const dataHookEvents = [
  'User.Created',
  'User.Deleted',
  'User.Data.Updated',
  'User.SuspensionStatus.Updated',
  'User.Deletion.Requested',
  'User.Deletion.Canceled',
  'TrustedDevice.Created',
  'TrustedDevice.Deleted',
  'Role.Created',
  'Role.Deleted',
  'Role.Data.Updated',
  'Role.Scopes.Updated',
  'Scope.Created',
  'Scope.Deleted',
  'Scope.Data.Updated',
  'Organization.Created',
  'Organization.Deleted',
  'Organization.Data.Updated',
  'Organization.Membership.Updated',
  'OrganizationDomain.Verified',
  'OrganizationDomain.RecordMissing',
  'OrganizationDomain.ProofExpiring',
  'OrganizationDomain.Lost',
  'OrganizationDomain.Deleted',
  'OrganizationPortal.Opened',
  'OrganizationSsoConnector.TurnedOn',
  'OrganizationSsoConnector.TurnedOff',
  'OrganizationRole.Created',
  'OrganizationRole.Deleted',
  'OrganizationRole.Data.Updated',
  'OrganizationRole.Scopes.Updated',
  'OrganizationScope.Created',
  'OrganizationScope.Deleted',
  'OrganizationScope.Data.Updated',
] as const;

/** Limits that were reached. */
const exceptionHookEvents = ['Identifier.Lockout', 'Message.RateLimited', 'Grant.LimitExceeded'] as const;

export const hookEventSchema = z.enum([...interactionHookEvents, ...dataHookEvents, ...exceptionHookEvents]);
export type HookEvent = z.output<typeof hookEventSchema>;
