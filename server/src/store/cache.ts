import { standardId } from '../kernel/ids.ts';
import type { Database, Queries, Transaction } from './database.ts';

/**
 * Values that every request needs (clients, keys, settings), bounded and per process. A change calls `changed` in its
 * transaction: the commit notifies all nodes. A node without notifications keeps values for at most 2 s, and drops all
 * of them when notifications resume. `maximumAge` bounds how long a missed change stays unnoticed.
 */
interface Cache<Value> {
  /**
   * The cached value, or the result of `load`. `undefined` results are not cached.
   * @param via handle to load with; a transaction passes its own, so that it does not wait for a second connection
   */
  get: (tenantId: string, key: string, via?: Queries) => Promise<Value | undefined>;
  /** Drops the value on all nodes, including this one; `*` means every key of the tenant. Sent when `tx` commits. */
  changed: (tx: Transaction, key: string) => Promise<void>;
}

const channel = 'aldaba_cache';

/** Maximum age in milliseconds while notifications do not arrive: changes of other nodes apply by then. */
const deafAge = 2000;

interface CacheOptions<Value> {
  name: string;
  /** Maximum entries; the oldest is dropped first. */
  maximum: number;
  /** Milliseconds. */
  maximumAge: number;
  load: (tenantId: string, key: string, via?: Queries) => Promise<Value | undefined>;
}

export interface CacheRegistry {
  create: <Value>(options: CacheOptions<Value>) => Cache<Value>;
}

/** Starts listening for changes. `now` is in milliseconds. */
export async function createCaches(database: Database, now: () => number): Promise<CacheRegistry> {
  const forget = new Map<string, (tenantId: string, key: string) => void>();
  const clear: (() => void)[] = [];
  const self = standardId();
  await database.listen(
    channel,
    (payload) => {
      const [name = '', node, tenantId = '', ...key] = payload.split(' ');
      // This process dropped the value at its own commit, and may have loaded the new one since.
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
          // Missing values and failures are not cached, because an unknown client may be created at any time.
          const drop = () => {
            if (entries.get(id) === entry) entries.delete(id);
          };
          entry.value.then((value) => value === undefined && drop(), drop);
          return entry.value;
        },
        async changed(tx, key) {
          await tx.raw('select pg_notify($1, $2)', [channel, `${name} ${self} ${tx.tenantId} ${key}`]);
          // This process does not wait for its own notification: a caller sees a change as soon as it gets the
          // response.
          tx.afterCommit(() => forget.get(name)?.(tx.tenantId, key));
        },
      };
    },
  };
}
