/** What every change of the own account has in common: its entry in the audit log, the proof, the notice by email. */
import type { AccountCenter } from '@aldaba/contract';
import type { AccountChange } from '../../kernel/changes.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Transaction } from '../../store/index.ts';
import type { Tenant } from '../../tenancy/index.ts';
import { type AccountContext, type Field, requireEditable } from './context.ts';
import type { Owner } from './records.ts';

/** The caller of a request: whose account, what the account center opens, and the proof that the caller gave. */
export interface Visit {
  tenant: Tenant;
  owner: Owner;
  center: AccountCenter;
  /** The ID of the record of the proof: in `logto-verification-id`, or in the page's cookie. */
  verificationId: string | undefined;
  /** Gives the browser's session another secret value. Absent for callers with a token: they have no cookie. */
  renewSession?: (tx: Transaction) => Promise<void>;
  /** Whether a proof is used up by the change that it permits. */
  provesOnce?: true;
}

export interface AccountChanges {
  /** Whether the caller proved to be the owner. */
  isProved: (visit: Visit) => Promise<boolean>;
  /** @throws AldabaError `verification_record.permission_denied` unless the caller proved to be the owner */
  requireProof: (visit: Visit) => Promise<void>;
  /** A change of a field, in the audit log also where it is refused. */
  changing: <T>(visit: Visit, field: Field, work: () => Promise<T>) => Promise<T>;
  /** A change of how the user signs in: it needs a proof. */
  securing: <T>(visit: Visit, field: Field, work: () => Promise<T>) => Promise<T>;
  /** Writes a change that needed a proof. @throws AldabaError `verification_record.permission_denied` for a used one */
  writing: <T>(visit: Visit, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Ends all sessions but the one that is used, of which no copy stays either. */
  endOthers: (tx: Transaction, visit: Visit) => Promise<void>;
  /** Tells the user by email what was changed. `formerEmail`: where the account does not have the address any more. */
  tell: (tx: Transaction, visit: Visit, what: AccountChange, formerEmail?: string | null) => Promise<void>;
}

export function createAccountChanges({ records, sessions, changes, audit }: AccountContext): AccountChanges {
  const isProved: AccountChanges['isProved'] = ({ tenant, owner, verificationId }) =>
    records.permits(tenant.db, owner, verificationId);
  const requireProof = async (visit: Visit) => {
    if (!(await isProved(visit))) throw new AldabaError('verification_record.permission_denied');
  };
  const changing: AccountChanges['changing'] = (visit, field, work) =>
    audit.attempt(visit.tenant, visit.owner, { key: 'Account.Update', params: { field } }, work);
  return {
    isProved,
    requireProof,
    changing,
    securing: (visit, field, work) =>
      changing(visit, field, async () => {
        requireEditable(visit.center, field);
        await requireProof(visit);
        return work();
      }),
    writing: ({ tenant, owner, verificationId = '', provesOnce }, work) =>
      tenant.db.transaction(async (tx) => {
        if (provesOnce) await records.use(tx, owner, verificationId, 'permission');
        return work(tx);
      }),
    endOthers: async (tx, { owner: { userId, signIn }, renewSession }) => {
      await sessions.endOthers(tx, { userId, signIn });
      await renewSession?.(tx);
    },
    tell: (tx, { owner: { userId } }, what, formerEmail) =>
      changes.announce(tx, 'account.changed', { userId, what, formerEmail }),
  };
}
