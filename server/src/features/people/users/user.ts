import type { User } from '@aldaba/contract';

export type { PasswordDigest } from '../../../services/passwords/index.ts';
export type { User };

/** A user with what claims tell beyond the user's own data. */
export interface Subject {
  user: User;
  roleNames: string[];
  /** The organizations that the user is a member of, with the names of the roles in each. */
  organizations: { id: string; roles: string[] }[];
  /** Only where it was asked for. */
  details?: SubjectDetails;
}

/** What scripts are told of. */
export interface DetailedUser {
  user: User;
  details: SubjectDetails;
}

/** What is asked of the user whom a token stands for, in the statement that finds them. */
export interface HolderQuestion {
  /** An application with limited access: may they use it? */
  limitedTo: string | undefined;
  /** Whether what scripts are told of them is wanted. */
  isDetailed: boolean;
}

/** A statement that finds the user of a credential, for `findHolder` of the users' service. */
export interface HolderStatement {
  /** A constant: it selects the user's id as `userId` in the tenant `$1`, and no name that is a column of users. */
  statement: string;
  values: readonly unknown[];
  /** Whether the user's details for scripts are wanted, too. */
  isDetailed: boolean;
}

/** What scripts are told of a user besides: JSON as the Management API shows it. */
export interface SubjectDetails {
  /** With the permissions of each, and the resources of those. */
  roles: object[];
  organizations: object[];
  organizationRoles: object[];
  /** The kinds of second factors that the user has. */
  mfaVerificationFactors: string[];
}

/** Members that a list of users can be searched by. */
export const searchableFields = ['id', 'primaryEmail', 'primaryPhone', 'username', 'name'] as const;
