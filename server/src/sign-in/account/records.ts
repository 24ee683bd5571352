/** Verification records: what a user has verified for a change of the own account, for 10 minutes and one purpose. */
import type { Clock } from '../../kernel/clock.ts';
import { hashToken, type Vault } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import type { Queries } from '../../store/index.ts';
import * as store from './store.ts';

/** The user, and the sign-in that is used: what is verified counts for that sign-in only. */
export interface Owner {
  userId: string;
  /** The grant of a token, or the session of a browser. */
  signIn: { grantId: string } | { sessionUid: string };
  scopes: ReadonlySet<string>;
  applicationId: string;
}

const rowOwner = ({ userId, signIn }: Owner): store.RecordOwner => ({
  userId,
  // The prefix keeps the two kinds of ids apart.
  grantId: 'grantId' in signIn ? signIn.grantId : `session ${signIn.sessionUid}`,
});

/** Milliseconds. */
const lifetime = 600_000;

export interface Records {
  /** @param record.id of a record of the owner, which the new one replaces */
  create: <Data extends object>(
    q: Queries,
    owner: Owner,
    record: { id?: string | undefined; purpose: store.RecordPurpose; isVerified: boolean; data: Data },
  ) => Promise<{ verificationRecordId: string; expiresAt: number }>;
  /** A record that waits for its answer; undefined if it does not, or is another owner's. */
  findWaiting: <Data extends object>(
    q: Queries,
    owner: Owner,
    id: string,
    purposes: readonly store.RecordPurpose[],
  ) => Promise<Data | undefined>;
  /** The same. @throws AldabaError `verification_record.not_found` */
  waiting: <Data extends object>(
    q: Queries,
    owner: Owner,
    id: string,
    purposes: readonly store.RecordPurpose[],
  ) => Promise<Data>;
  /** The same, deleted: one answer counts. */
  takeWaiting: <Data extends object>(
    q: Queries,
    owner: Owner,
    id: string,
    purposes: readonly store.RecordPurpose[],
  ) => Promise<Data>;
  /** @throws AldabaError `verification_record.not_found` if it does not wait any more */
  complete: (q: Queries, owner: Owner, id: string, data: object) => Promise<void>;
  /** Whether the user has verified, for this record, to be the owner of the account. */
  permits: (q: Queries, owner: Owner, id: string | undefined) => Promise<boolean>;
  /** What was verified, once. @throws AldabaError `verification_record.permission_denied` */
  use: <Data extends object>(q: Queries, owner: Owner, id: string, purpose: store.RecordPurpose) => Promise<Data>;
}

export function createRecords({ clock, vault }: { clock: Clock; vault: Vault }): Records {
  const now = () => new Date(clock.now());
  const contextOf = (q: Queries, owner: Owner) => {
    const { userId, grantId } = rowOwner(owner);
    return `${q.tenantId}/verification_records/${userId}/${grantId}`;
  };
  const seal = (q: Queries, owner: Owner, data: object) => vault.seal(JSON.stringify(data), contextOf(q, owner));
  const open = (q: Queries, owner: Owner, sealed: string) => JSON.parse(vault.open(sealed, contextOf(q, owner)));
  const waitingData = (
    q: Queries,
    owner: Owner,
    found: store.StoredRecord | undefined,
    purposes: readonly store.RecordPurpose[],
  ) => {
    if (!found || found.isVerified || !purposes.includes(found.purpose)) return undefined;
    return open(q, owner, found.dataSealed);
  };
  const required = <Data>(data: Data | undefined): Data => {
    if (data === undefined) throw new AldabaError('verification_record.not_found');
    return data;
  };
  const findWaiting: Records['findWaiting'] = async (q, owner, id, purposes) =>
    waitingData(q, owner, await store.findRecord(q, hashToken(id), rowOwner(owner), now()), purposes);
  return {
    async create(q, owner, { id = opaqueToken(), purpose, isVerified, data }) {
      const expiresAt = clock.now() + lifetime;
      const dataSealed = seal(q, owner, data);
      const times = { createdAt: now(), expiresAt: new Date(expiresAt) };
      await store.insertRecord(q, {
        ...rowOwner(owner),
        idHash: hashToken(id),
        purpose,
        isVerified,
        dataSealed,
        ...times,
      });
      return { verificationRecordId: id, expiresAt };
    },
    findWaiting,
    waiting: async (q, owner, id, purposes) => required(await findWaiting(q, owner, id, purposes)),
    async takeWaiting(q, owner, id, purposes) {
      const wanted = { now: now(), isVerified: false, purposes };
      return required(
        waitingData(q, owner, await store.takeRecord(q, hashToken(id), rowOwner(owner), wanted), purposes),
      );
    },
    async complete(q, owner, id, data) {
      const dataSealed = seal(q, owner, data);
      if (!(await store.completeRecord(q, hashToken(id), rowOwner(owner), { dataSealed, now: now() })))
        throw new AldabaError('verification_record.not_found');
    },
    async permits(q, owner, id) {
      const found = id === undefined ? undefined : await store.findRecord(q, hashToken(id), rowOwner(owner), now());
      return found?.purpose === 'permission' && found.isVerified;
    },
    async use(q, owner, id, purpose) {
      const wanted = { now: now(), isVerified: true, purposes: [purpose] };
      const taken = await store.takeRecord(q, hashToken(id), rowOwner(owner), wanted);
      if (!taken) throw new AldabaError('verification_record.permission_denied');
      return open(q, owner, taken.dataSealed);
    },
  };
}
