/** What the Account API needs of the server, and what its parts share. */
import type { AccountCenter, AuditKey, TrustedDevice, UserGrant, UserSession } from '@aldaba/contract';
import type { ProviderTokens } from '../../features/connectors/token-sets/index.ts';
import type { AccountDeletions } from '../../features/people/account-deletions/index.ts';
import type { MfaVerifications } from '../../features/people/mfa-verifications/index.ts';
import type { Users } from '../../features/people/users/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Queries, Transaction } from '../../store/index.ts';
import type { Listed, Slice } from '../../store/list.ts';
import type { InTransaction } from '../../store/transaction.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Factors } from '../factors/index.ts';
import { refusalByDomain } from '../machine/enterprise-sso/index.ts';
import { resolvePolicy } from '../machine/policy.ts';
import type { AssertNotBlocked, SignInNeeds, SignInSettings } from '../needs.ts';
import type { Owner, Records } from './records.ts';

/** The user's sessions and grants, which the protocol owns. */
interface AccountSessions {
  list: (tenant: Tenant, userId: string) => Promise<UserSession[]>;
  /** @throws AldabaError `oidc.session_not_found` */
  end: (
    tenant: Tenant,
    session: { userId: string; uid: string; revoke?: 'all' | 'firstParty' | undefined },
  ) => Promise<void>;
  listGrants: (tenant: Tenant, userId: string, appType?: 'firstParty' | 'thirdParty') => Promise<UserGrant[]>;
  /** @throws AldabaError `oidc.invalid_grant` */
  revokeGrant: (tenant: Tenant, userId: string, grantId: string) => Promise<void>;
  /** Ends the sessions and grants of a user, except the session that is used and its grants. */
  endOthers: (tx: Transaction, kept: Pick<Owner, 'userId' | 'signIn'>) => Promise<void>;
  /** The session of a sign-in; undefined if it has ended. */
  uidOf: (q: Queries, signIn: Owner['signIn']) => Promise<string | undefined>;
}

export interface AccountNeeds extends Omit<SignInNeeds, 'users' | 'accountCenters'> {
  users: Omit<Users, 'update' | 'merge'> & InTransaction<Pick<Users, 'update' | 'merge'>>;
  mfaVerifications: MfaVerifications;
  trustedDevices: {
    list: (q: Queries, userId: string, slice: Slice) => Promise<Listed<TrustedDevice>>;
    remove: (q: Queries, userId: string, id: string) => Promise<void>;
  };
  providerTokens: ProviderTokens;
  accountDeletions: Pick<AccountDeletions, 'find' | 'request' | 'cancel'>;
  accountCenters: SignInNeeds['accountCenters'] & { get: (tenant: Tenant) => Promise<AccountCenter> };
  sessions: AccountSessions;
  changes: Pick<Changes<Transaction>, 'announce'>;
}

export interface AccountAudit {
  /** Writes the result of a call, and why it was refused. */
  attempt: <T>(
    tenant: Tenant,
    owner: Owner,
    entry: { key: Extract<AuditKey, `Account.${string}`>; params: Record<string, unknown> },
    work: () => Promise<T>,
  ) => Promise<T>;
}

export const createAccountAudit = ({ logs }: Pick<SignInNeeds, 'logs'>): AccountAudit => ({
  async attempt(tenant, { userId, applicationId }, entry, work) {
    try {
      const result = await work();
      logs.write(tenant.id, { ...entry, result: 'Success', userId, applicationId });
      return result;
    } catch (error) {
      logs.write(tenant.id, { ...entry, result: 'Error', error, userId, applicationId });
      throw error;
    }
  },
});

export interface AccountContext extends Omit<AccountNeeds, 'logs'> {
  factors: Factors;
  settings: (tenant: Tenant) => Promise<SignInSettings>;
  assertNotBlocked: AssertNotBlocked;
  records: Records;
  audit: AccountAudit;
}

export type Field = keyof AccountCenter['fields'];

/** @throws AldabaError `account_center.not_enabled` */
export function requireEnabled(center: AccountCenter): void {
  if (!center.enabled) throw new AldabaError('account_center.not_enabled');
}

export const isShown = ({ fields }: AccountCenter, field: Field): boolean => (fields[field] ?? 'Off') !== 'Off';

/** @throws AldabaError `account_center.field_not_enabled` */
export function requireShown(center: AccountCenter, field: Field): void {
  if (!isShown(center, field)) throw new AldabaError('account_center.field_not_enabled');
}

/** @throws AldabaError `account_center.field_not_enabled`, `account_center.field_not_editable` */
export function requireEditable(center: AccountCenter, field: Field): void {
  requireShown(center, field);
  if (center.fields[field] !== 'Edit') throw new AldabaError('account_center.field_not_editable');
}

/** Whether the company of an email address signs the user in: without it the account would leave its control. */
export const isOfCompany = (email: string | null, settings: SignInSettings): boolean =>
  email !== null && refusalByDomain([email], resolvePolicy(settings)) !== undefined;

/** @throws AldabaError `account_center.company_address` */
export function requireNoCompany(email: string | null, settings: SignInSettings): void {
  if (isOfCompany(email, settings)) throw new AldabaError('account_center.company_address');
}

/** @throws AldabaError `auth.forbidden` */
export function requireScope({ scopes }: Pick<Owner, 'scopes'>, scope: string): void {
  if (!scopes.has(scope)) throw new AldabaError('auth.forbidden');
}
