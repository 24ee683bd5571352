import type { z } from 'zod';
import type { applicationSchema } from './applications.ts';
import type { interactionEventSchema } from './experience.ts';
import type { dataHookEvents, HookEvent } from './hook-events.ts';
import type { OrganizationDomain } from './organization-domains.ts';
import type { OrganizationRole, OrganizationScope } from './organization-roles.ts';
import type { Organization } from './organizations.ts';
import type { Scope } from './resources.ts';
import type { Role } from './roles.ts';
import type { TrustedDevice } from './trusted-devices.ts';
import type { User } from './users.ts';

type Application = Pick<z.output<typeof applicationSchema>, 'id' | 'type' | 'name'> & { description: string | null };

/** The sign-in that an event belongs to. `application` is absent if the application was deleted in between. */
export interface SignInContext {
  interactionEvent: z.output<typeof interactionEventSchema>;
  sessionId: string;
  application?: Application;
}

interface SignInCompleted extends SignInContext {
  userId: string;
  user: User;
}

/** A rule of adaptive MFA that found a sign-in unusual. */
export interface TriggeredRule {
  readonly rule: 'new_country' | 'geo_velocity' | 'long_inactivity' | 'untrusted_ip';
  /** What the rule compared, e.g. `country` and `recentCountries`. */
  readonly details: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Only the lists that are not empty are sent. */
interface MembershipChange {
  data: null;
  organizationId: string;
  addedUserIds?: readonly string[];
  removedUserIds?: readonly string[];
  addedApplicationIds?: readonly string[];
  removedApplicationIds?: readonly string[];
}

/** The state of a thing after its change. */
interface Things {
  User: User;
  Role: Role;
  Scope: Scope;
  Organization: Organization;
  OrganizationRole: OrganizationRole;
  OrganizationScope: OrganizationScope;
}

type DataEvent = (typeof dataHookEvents)[number];
type PayloadOfChange<Event extends DataEvent> = Event extends `${string}.Deleted`
  ? { data: null }
  : Event extends `${infer Thing extends keyof Things}.${string}`
    ? { data: Things[Thing] }
    : never;

/** An organization has switched its connector on or off. */
interface SsoChange {
  organizationId: string;
  ssoConnectorId: string;
  data: null;
}

interface OtherPayloads {
  /** `deletesAt`: milliseconds since the epoch. */
  'User.Deletion.Requested': { data: User; deletesAt: number };
  PostRegister: SignInCompleted;
  PostSignIn: SignInCompleted;
  PostResetPassword: SignInCompleted;
  PostSignInAdaptiveMfaTriggered: SignInCompleted & {
    adaptiveMfaResult: { requiresMfa: true; triggeredRules: readonly TriggeredRule[] };
  };
  'TrustedDevice.Created': { userId: string; data: TrustedDevice };
  'TrustedDevice.Deleted': { userId: string; trustedDeviceId: string; data: null };
  /** `data`: all permissions of the role. */
  'Role.Scopes.Updated': { roleId: string; data: readonly Scope[] };
  /** `data` and `resourceScopes`: all permissions of the role. */
  'OrganizationRole.Scopes.Updated': {
    organizationRoleId: string;
    data: readonly { id: string; name: string }[];
    resourceScopes: readonly { id: string; name: string }[];
  };
  'Organization.Membership.Updated': MembershipChange;
  'OrganizationDomain.Deleted': { organizationId: string; domain: string; data: null };
  'OrganizationDomain.Lost': { data: OrganizationDomain };
  'OrganizationDomain.ProofExpiring': { data: OrganizationDomain };
  'OrganizationDomain.RecordMissing': { data: OrganizationDomain };
  'OrganizationDomain.Verified': { data: OrganizationDomain };
  'OrganizationPortal.Opened': { organizationId: string; portalLinkId: string; data: null };
  'OrganizationSsoConnector.TurnedOn': SsoChange;
  'OrganizationSsoConnector.TurnedOff': SsoChange;
  'Identifier.Lockout': { data: { type: string; value: string } };
  'Message.RateLimited': { data: { type: 'email' | 'phone'; value: string } };
  'Grant.LimitExceeded': {
    data: { userId: string; applicationId: string; maxAllowedGrants: number };
    application: Application;
  };
}

/**
 * Members of a webhook's payload, by event. The server adds `hookId`, `event`, `createdAt`, and what it knows about the
 * request (docs/webhooks.md).
 */
export type HookPayloads = {
  [Event in HookEvent]: Event extends keyof OtherPayloads
    ? OtherPayloads[Event]
    : Event extends DataEvent
      ? PayloadOfChange<Event>
      : never;
};
