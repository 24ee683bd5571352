import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '@aldaba/contract';
import type { Vault } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import { standardId } from '../kernel/ids.ts';
import type { Queries, Transaction } from '../store/index.ts';
import * as store from './store/keys.ts';

/*
 * The lifecycle of a signing key: it is published as the next key of its algorithm, signs as the current key, and stays
 * published as a previous key while tokens signed with it are valid. See docs/decisions/0011-signing-keys.md.
 */

/** Seconds that clients may cache a key set, whatever its headers say: common libraries cache for 5 to 10 minutes. */
const cacheLife = 600;
/** Seconds that an unpublished key still verifies an `id_token_hint`: the maximum lifetime of a session. */
const hintLife = 31_536_000;

/** Algorithms for which every tenant has keys. */
const standardAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256'];

/** Milliseconds since the epoch until which a key is published; infinite unless it was replaced. */
export const publishedUntil = ({ retiredAt, longestLife }: store.KeyRecord): number =>
  retiredAt === null ? Number.POSITIVE_INFINITY : retiredAt + (longestLife + cacheLife) * 1000;

/** A next key that is due, although no node has recorded it yet. */
const isDue = ({ status, effectiveAt }: store.KeyRecord, now: number): boolean =>
  status === 'next' && effectiveAt !== null && effectiveAt <= now;

const generate = promisify(generateKeyPair);
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** Binds the sealed private key to its tenant and key id. */
export const sealContext = (tenantId: string, id: string): string => `${tenantId}/signing_keys/${id}`;

export interface KeyMaker {
  vault: Vault;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** A new key, not stored yet. Generating RSA takes 50 to 300 ms in the thread pool. */
export async function makeKey(
  { vault, now }: KeyMaker,
  tenantId: string,
  algorithm: SigningAlgorithm,
): Promise<Omit<store.NewKey, 'status'>> {
  const { publicKey, privateKey } =
    algorithm === 'RS256' || algorithm === 'PS256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: curves[algorithm] });
  const id = standardId();
  return {
    id,
    algorithm,
    // With `alg`: common clients reject key sets without it.
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: algorithm },
    privateJwkSealed: vault.seal(JSON.stringify(privateKey.export({ format: 'jwk' })), sealContext(tenantId, id)),
    createdAt: now(),
    effectiveAt: null,
  };
}

export interface MissingKey {
  algorithm: SigningAlgorithm;
  status: 'current' | 'next';
}

/** The tenant's missing keys: each algorithm in use needs a current and a next one. */
export function findMissing(records: readonly store.KeyRecord[]): MissingKey[] {
  const has = (algorithm: SigningAlgorithm, status: store.KeyStatus) =>
    records.some((record) => record.algorithm === algorithm && record.status === status);
  const inUse = new Set(records.filter(({ status }) => status === 'current').map(({ algorithm }) => algorithm));
  const missing: MissingKey[] = [];
  for (const algorithm of new Set([...standardAlgorithms, ...inUse])) {
    if (!has(algorithm, 'current')) missing.push({ algorithm, status: 'current' });
    if (!has(algorithm, 'next')) missing.push({ algorithm, status: 'next' });
  }
  return missing;
}

/** Stores a key in an empty position; if several nodes do so concurrently, exactly one succeeds. */
export async function fillPlace(tx: Transaction, key: store.NewKey): Promise<boolean> {
  const taken = (await store.lockKeys(tx)).some(
    ({ algorithm, status }) => algorithm === key.algorithm && status === key.status,
  );
  if (!taken) await store.insertKey(tx, key);
  return !taken;
}

/** The keys, locked, after due next keys have become current and expired keys were deleted. */
export async function settleKeys(tx: Transaction, now: number): Promise<store.KeyRecord[]> {
  const stored = await store.lockKeys(tx);
  let changed = false;
  for (const record of stored) {
    if (isDue(record, now)) await replaceCurrent(tx, stored, record, record.effectiveAt ?? now);
    else if (publishedUntil(record) + hintLife * 1000 < now) await store.deleteKey(tx, record.id);
    else continue;
    changed = true;
  }
  return changed ? store.findKeys(tx) : stored;
}

async function replaceCurrent(tx: Transaction, all: readonly store.KeyRecord[], next: store.KeyRecord, at: number) {
  const current = all.find(({ algorithm, status }) => algorithm === next.algorithm && status === 'current');
  if (current) await store.retireKey(tx, current.id, at);
  await store.promoteKey(tx, next.id);
}

/**
 * Replaces the current keys of these algorithms by the next ones: after `gracePeriod` seconds, or once the next key has
 * been published for the cache lifetime of a key set.
 */
export async function rotateKeys(
  tx: Transaction,
  { algorithms, gracePeriod, now }: { algorithms: readonly SigningAlgorithm[]; gracePeriod?: number; now: number },
): Promise<void> {
  const keys = await settleKeys(tx, now);
  for (const next of keys) {
    if (next.status !== 'next' || !algorithms.includes(next.algorithm)) continue;
    const at = gracePeriod === undefined ? next.createdAt + cacheLife * 1000 : now + gracePeriod * 1000;
    if (at <= now) await replaceCurrent(tx, keys, next, now);
    else await store.scheduleKey(tx, next.id, at);
  }
}

/** See `Keys.drop`. */
export async function dropKey(tx: Transaction, { id, now }: { id: string; now: number }): Promise<void> {
  const key = (await settleKeys(tx, now)).find((record) => record.id === id);
  if (!key) throw new AldabaError('entity.not_found');
  if (key.status !== 'previous') throw new AldabaError('oidc.only_previous_key_can_be_deleted');
  await store.deleteKey(tx, id);
}

/** @throws AldabaError `oidc.signing_key_missing` if no current key of the tenant signs with the algorithm */
export async function requireAlgorithm(q: Queries, algorithm: SigningAlgorithm | undefined): Promise<void> {
  if (algorithm === undefined || standardAlgorithms.includes(algorithm)) return;
  const found = (await store.findKeys(q)).some((key) => key.algorithm === algorithm && key.status === 'current');
  if (!found) throw new AldabaError('oidc.signing_key_missing', { algorithm });
}
