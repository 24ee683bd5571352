import { standardId } from '../kernel/ids.ts';
import type { Database, Queries, Transaction } from './database.ts';

/**
 * Values that every request needs (clients, keys, settings), per process and bounded. A change calls `changed` in its
 * transaction: the commit notifies all nodes. A node whose notifications do not arrive keeps values for two seconds at most, and
 * forgets all of them when they arrive again. `maximumAge` bounds how long a missed change stays unnoticed.
 */
interface Cache<Value> {
  /**
   * The cached value, or the one that `load` gives. `undefined` results are not kept.
   * @param via handle to load with; a transaction gives its own, so as not to wait for a second connection while it holds one
   */
  get(tenantId: string, key: string, via?: Queries): Promise<Value | undefined>;
  /** Lets all nodes, this one too, forget the value; `*` means every key of the tenant. Sent when `tx` commits. */
  changed(tx: Transaction, key: string): Promise<void>;
}

const channel = 'aldaba_cache';

/** Milliseconds that a value may be old while notifications do not arrive: what another node changed counts by then. */
const deafAge = 2000;

interface CacheOptions<Value> {
  name: string;
  /** Entries kept; the oldest goes first. */
  maximum: number;
  /** Milliseconds. */
  maximumAge: number;
  load(tenantId: string, key: string, via?: Queries): Promise<Value | undefined>;
}

export interface CacheRegistry {
  create<Value>(options: CacheOptions<Value>): Cache<Value>;
}

/** Starts listening for changes. `now` is milliseconds. */
export async function createCaches(database: Database, now: () => number): Promise<CacheRegistry> {
  const forget = new Map<string, (tenantId: string, key: string) => void>();
  const clear: (() => void)[] = [];
  const self = standardId();
  await database.listen(
    channel,
    (payload) => {
      const [name = '', node, tenantId = '', ...key] = payload.split(' ');
      // This process forgot its own changes at the commit, and may have read them again since.
      if (node !== self) forget.get(name)?.(tenantId, key.join(' '));
    },
    () => {
      for (const each of clear) each();
    },
  );
  return {
    create<Value>({ name, maximum, maximumAge, load }: CacheOptions<Value>): Cache<Value> {
      const entries = new Map<string, { value: Promise<Value | undefined>; at: number }>();
      forget.set(name, (tenantId, key) => {
        if (key !== '*') entries.delete(`${tenantId} ${key}`);
        else for (const id of entries.keys()) if (id.startsWith(`${tenantId} `)) entries.delete(id);
      });
      clear.push(() => entries.clear());
      return {
        get(tenantId, key, via) {
          const id = `${tenantId} ${key}`;
          const known = entries.get(id);
          const limit = database.hears() ? maximumAge : Math.min(maximumAge, deafAge);
          if (known && now() - known.at < limit) return known.value;
          const entry = { value: load(tenantId, key, via), at: now() };
          entries.delete(id);
          entries.set(id, entry);
          if (entries.size > maximum) entries.delete(entries.keys().next().value as string);
          // Absent values and failures are asked for again: an unknown client may be created the next moment.
          const drop = () => {
            if (entries.get(id) === entry) entries.delete(id);
          };
          entry.value.then((value) => value === undefined && drop(), drop);
          return entry.value;
        },
        async changed(tx, key) {
          await tx.raw('select pg_notify($1, $2)', [channel, `${name} ${self} ${tx.tenantId} ${key}`]);
          // This process must not wait for its own notification: a caller that got the answer to a change sees the change.
          tx.afterCommit(() => forget.get(name)?.(tx.tenantId, key));
        },
      };
    },
  };
}
