import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@aldaba/contract';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import type { Log } from '../kernel/log.ts';
import type { CacheRegistry, Database, Transaction } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import * as rotation from './key-rotation.ts';
import { findKeys, type KeyRecord } from './store/keys.ts';

export interface VerificationKey {
  algorithm: SigningAlgorithm;
  publicKey: KeyObject;
  /** Milliseconds since the epoch; after that, the key verifies hints only. */
  publishedUntil: number;
}

interface SigningKey {
  id: string;
  /** Imported once: importing takes longer than signing. */
  privateKey: KeyObject;
  /** Seconds: the longest lifetime of a token signed with the key, as far as this node knows. */
  longestLife: number;
}

/** The keys of one tenant, ready to use. Replaced by a new object whenever a key changes. */
export interface KeyRing {
  /** The current key of each algorithm. */
  signers: ReadonlyMap<SigningAlgorithm, SigningKey>;
  byId: ReadonlyMap<string, VerificationKey>;
  /** The published keys: next, current and previous. Public members only. */
  publicJwks: readonly Record<string, unknown>[];
  /** When a next key becomes current, in milliseconds since the epoch: every node switches by its own clock. */
  changesAt: number;
  missing: readonly rotation.MissingKey[];
}

export interface RingNeeds {
  caches: CacheRegistry;
  database: Database;
  vault: Vault;
  clock: Clock;
  log: Log;
}

export interface Rings {
  /** The tenant's keys as of now: due next keys are current, and every algorithm in use has a current key. */
  ring: (tenant: Tenant) => Promise<KeyRing>;
  /** Creates what the tenant lacks, in the background. */
  prepare: (tenant: Tenant) => void;
  /** Creates the tenant's missing keys for these positions. */
  fill: (tenant: Tenant, status: rotation.MissingKey['status']) => Promise<void>;
  /** Changes the keys in a transaction and notifies all nodes. */
  change: (tenant: Tenant, work: (tx: Transaction) => Promise<unknown>) => Promise<void>;
  /** Waits for background work. */
  close: () => Promise<void>;
}

/**
 * The keys of each tenant, in memory. Missing keys are created on first use: creating a tenant does not wait for an RSA
 * key, and a tenant of an earlier release gets one.
 */
export function createRings({ caches, database, vault, clock, log }: RingNeeds): Rings {
  const rings = caches.create<KeyRing>({
    name: 'signing-keys',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId) => openRing(vault, tenantId, await findKeys(database.tenant(tenantId)), clock.now()),
  });
  const load = async (tenant: Tenant) => (await rings.get(tenant.id, '')) as KeyRing;
  const change: Rings['change'] = (tenant, work) =>
    tenant.db.transaction(async (tx) => {
      await work(tx);
      await rings.changed(tx, '');
    });
  /** Work in progress: requests that need the same keys share it. */
  const running = new Map<string, Promise<void>>();
  const once = (name: string, work: () => Promise<void>): Promise<void> => {
    const known = running.get(name);
    if (known) return known;
    const started = work().finally(() => running.delete(name));
    running.set(name, started);
    return started;
  };
  const settle = (tenant: Tenant) =>
    once(`settle ${tenant.id}`, () => change(tenant, (tx) => rotation.settleKeys(tx, clock.now())));
  const create = async (tenant: Tenant, status: rotation.MissingKey['status']) => {
    const missing = rotation.findMissing(await findKeys(tenant.db)).filter((place) => place.status === status);
    if (missing.length === 0) return;
    // Before the transaction, which must not hold a connection while an RSA key is generated.
    const fresh = await Promise.all(
      missing.map(({ algorithm }) => rotation.makeKey({ vault, now: clock.now }, tenant.id, algorithm)),
    );
    await change(tenant, async (tx) => {
      for (const key of fresh) await rotation.fillPlace(tx, { ...key, status });
    });
  };
  const fillOnce: Rings['fill'] = (tenant, status) => once(`${status} ${tenant.id}`, () => create(tenant, status));
  const fill: Rings['fill'] = async (tenant, status) => {
    // Work in progress may have begun before the caller's change; its failure is its own caller's.
    await running.get(`${status} ${tenant.id}`)?.catch(() => undefined);
    await fillOnce(tenant, status);
  };
  const fillLater = (tenant: Tenant) => {
    fillOnce(tenant, 'next').catch((error) =>
      log.error({ err: error, tenant: tenant.id }, 'Creating a signing key failed'),
    );
  };
  const ring: Rings['ring'] = async (tenant) => {
    let found = await load(tenant);
    if (found.changesAt <= clock.now()) {
      await settle(tenant);
      found = await load(tenant);
    }
    if (found.missing.length === 0) return found;
    if (found.missing.some(({ status }) => status === 'current')) {
      await fillOnce(tenant, 'current');
      found = await load(tenant);
    }
    fillLater(tenant);
    return found;
  };
  return {
    ring,
    prepare: (tenant) => {
      // A failure was logged and appears again, with its reason, in the request that needs the keys.
      once(`prepare ${tenant.id}`, async () => void (await ring(tenant))).catch(() => undefined);
    },
    fill,
    change,
    async close() {
      // Work that finishes may start more of it: the next keys after the current ones.
      while (running.size > 0) await Promise.allSettled([...running.values()]);
    },
  };
}

function openRing(vault: Vault, tenantId: string, records: readonly KeyRecord[], now: number): KeyRing {
  const signers = new Map<SigningAlgorithm, SigningKey>();
  for (const { id, algorithm, status, privateJwkSealed, longestLife } of records) {
    if (status !== 'current' || privateJwkSealed === null) continue;
    const key = JSON.parse(vault.open(privateJwkSealed, rotation.sealContext(tenantId, id)));
    signers.set(algorithm, { id, privateKey: createPrivateKey({ key, format: 'jwk' }), longestLife });
  }
  const toVerificationKey = (record: KeyRecord): VerificationKey => ({
    algorithm: record.algorithm,
    publicKey: createPublicKey({ key: record.publicJwk as JsonWebKey, format: 'jwk' }),
    publishedUntil: rotation.publishedUntil(record),
  });
  const isPublished = (record: KeyRecord) => rotation.publishedUntil(record) > now;
  return {
    signers,
    byId: new Map(records.map((record) => [record.id, toVerificationKey(record)])),
    publicJwks: ['current', 'next', 'previous'].flatMap((place) =>
      records.filter((record) => record.status === place && isPublished(record)).map(({ publicJwk }) => publicJwk),
    ),
    changesAt: Math.min(
      Number.POSITIVE_INFINITY,
      ...records.flatMap(({ status, effectiveAt }) => (status === 'next' && effectiveAt !== null ? [effectiveAt] : [])),
    ),
    missing: rotation.findMissing(records),
  };
}
