import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from '@aldaba/contract';
import type { Vault } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import { standardId } from '../kernel/ids.ts';
import type { Queries, Transaction } from '../store/index.ts';
import * as store from './store/keys.ts';

/*
 * The life of a signing key: it is published as the next key of its algorithm, signs as the current one, and stays
 * published as a previous one for as long as tokens that it signed are valid. The rules are in
 * docs/decisions/0011-signing-keys.md.
 */

/** Seconds that clients may keep a key set, whatever its headers say: common libraries keep it for 5 to 10 minutes. */
const cacheLife = 600;
/** Seconds that a key no longer published still proves an `id_token_hint`: as long as a session can live. */
const hintLife = 31_536_000;

/** Every tenant has keys of these, whatever its applications ask for. */
const standardAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256'];

/** Milliseconds since the epoch until which a key is published; infinite unless it was replaced. */
export const publishedUntil = ({ retiredAt, longestLife }: store.KeyRecord): number =>
  retiredAt === null ? Number.POSITIVE_INFINITY : retiredAt + (longestLife + cacheLife) * 1000;

/** A next key whose time has come, although no node has recorded it yet. */
const isDue = ({ status, effectiveAt }: store.KeyRecord, now: number): boolean =>
  status === 'next' && effectiveAt !== null && effectiveAt <= now;

const generate = promisify(generateKeyPair);
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** What the private part is sealed for: it opens for no other key and no other tenant. */
export const sealContext = (tenantId: string, id: string): string => `${tenantId}/signing_keys/${id}`;

export interface KeyMaker {
  vault: Vault;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A new key, not stored yet. RSA takes 50 to 300 ms in the thread pool. */
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
    // With `alg`: widespread clients refuse a key set whose keys have none.
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

/** The keys that the tenant should have and has not: a current and a next one of each algorithm in use. */
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

/** Stores a key for a place that is still empty; of several nodes that fill it at once, one does. */
export async function fillPlace(tx: Transaction, key: store.NewKey): Promise<boolean> {
  const taken = (await store.lockKeys(tx)).some(
    ({ algorithm, status }) => algorithm === key.algorithm && status === key.status,
  );
  if (!taken) await store.insertKey(tx, key);
  return !taken;
}

/** The keys, locked, after due next keys have become current ones and forgotten keys are gone. */
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
 * Replaces the current keys of these algorithms by the next ones: `gracePeriod` seconds from now, or as soon as the next
 * key has been published for the life of a cached key set.
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

/** @throws AldabaError `oidc.signing_key_missing` when no current key of the tenant signs with the algorithm */
export async function requireAlgorithm(q: Queries, algorithm: SigningAlgorithm | undefined): Promise<void> {
  if (algorithm === undefined || standardAlgorithms.includes(algorithm)) return;
  const found = (await store.findKeys(q)).some((key) => key.algorithm === algorithm && key.status === 'current');
  if (!found) throw new AldabaError('oidc.signing_key_missing', { algorithm });
}
