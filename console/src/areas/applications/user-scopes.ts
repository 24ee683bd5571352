import type { ConsentUserScope } from '@aldaba/contract/routes';
import type en from './phrases/en.ts';

/** Scopes about the user with the phrase that says what they allow. */
export const userScopes = {
  offline_access: 'scopes.offline',
  profile: 'scopes.profile',
  email: 'scopes.email',
  phone: 'scopes.phone',
  address: 'scopes.address',
  custom_data: 'scopes.customData',
  identities: 'scopes.identities',
  roles: 'scopes.roles',
  'urn:logto:scope:organizations': 'scopes.organizations',
  'urn:logto:scope:organization_roles': 'scopes.organizationRoles',
  'urn:logto:scope:sessions': 'scopes.sessions',
} as const satisfies Record<ConsentUserScope | 'offline_access', `scopes.${keyof typeof en.scopes}`>;

/** Whether a scope is about the user; the others are permissions of APIs. */
export const isUserScope = (scope: string): scope is keyof typeof userScopes => scope in userScopes;
