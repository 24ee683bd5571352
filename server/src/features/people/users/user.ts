import type { Identity, User } from '@aldaba/contract';

export type { PasswordDigest } from '../../../services/passwords/index.ts';
export type { Identity, User };

/** What a user signs in with. */
export interface Identifier {
  type: 'username' | 'email' | 'phone';
  value: string;
  /** Whether usernames that differ only in case are equal: `Ana` and `ana`. */
  ignoresCase?: boolean | undefined;
}

/** A user with the data of claims beyond the user's own row. */
export interface Subject {
  user: User;
  /** False for an address that an import brought, until its owner proves it. */
  isEmailVerified: boolean;
  roleNames: string[];
  /** The user's organizations, with the names of the user's roles in each. */
  organizations: { id: string; name: string; description: string | null; roles: string[] }[];
  /** Who the user is at enterprise providers. */
  ssoIdentities: { ssoConnectorId: string; issuer: string; identityId: string; detail: object }[];
  /** Only if requested. */
  details?: SubjectDetails;
}

/** The data for scripts. */
export interface DetailedUser {
  user: User;
  details: SubjectDetails;
}

/** What a credential's statement reads about its user. */
export interface SubjectQuery {
  /** An application with limited access: whether the user may use it. */
  limitedTo: string | undefined;
  /** Whether the data for scripts is requested. */
  isDetailed: boolean;
}

/** A statement that finds the user of a credential, for `findHolder` of the users' service. */
export interface SubjectStatement {
  /** A constant: it selects the user's id as `userId` in the tenant `$1`, and no name that is a column of users. */
  statement: string;
  values: readonly unknown[];
  /** Whether the user's details for scripts are requested too. */
  isDetailed: boolean;
}

/** Additional data of a user for scripts: JSON as the Management API returns it. */
export interface SubjectDetails {
  /** With the permissions of each, and their resources. */
  roles: object[];
  organizations: object[];
  organizationRoles: object[];
  /** Who the user is at enterprise providers. */
  ssoIdentities: object[];
  /** The types of the user's second factors. */
  mfaVerificationFactors: string[];
}

/** Members by which a list of users can be searched. */
export const searchableFields = ['id', 'primaryEmail', 'primaryPhone', 'username', 'name'] as const;
