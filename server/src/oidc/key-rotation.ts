import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Vault } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import { standardId } from '../kernel/ids.ts';
import type { Queries } from '../store/index.ts';
import type { SigningAlgorithm } from './jws.ts';
import { deleteKeys, findKeys, insertKey, type KeyRecord, lockKeys, moveKey, type NewKey } from './store/keys.ts';

export interface Rotation {
  algorithm?: SigningAlgorithm | undefined;
  /** Seconds until the waiting key takes over by itself; 0: at once. */
  gracePeriod?: number | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

const generate = promisify(generateKeyPair);
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** What the private part is sealed for: it opens for no other key and no other tenant. */
export const sealContext = (tenantId: string, id: string): string => `${tenantId}/signing_keys/${id}`;

export async function makeKey(
  vault: Vault,
  tenantId: string,
  algorithm: SigningAlgorithm,
): Promise<Omit<NewKey, 'status'>> {
  const { publicKey, privateKey } =
    algorithm === 'RS256' || algorithm === 'PS256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: curves[algorithm] });
  const id = standardId();
  return {
    id,
    algorithm,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: algorithm },
    privateJwkSealed: vault.seal(JSON.stringify(privateKey.export({ format: 'jwk' })), sealContext(tenantId, id)),
    effectiveAt: null,
  };
}

/** The waiting key whose time has come, which nobody has written down yet. */
export const findDue = (records: readonly KeyRecord[], now: number): KeyRecord | undefined =>
  records.find(({ status, effectiveAt }) => status === 'next' && effectiveAt !== null && effectiveAt <= now);

/**
 * The keys, held against other changes, after what time has done to them was written down. A key that came into use leaves
 * its place to a fresh one, which is published from now on: whoever keeps the key set knows it before it signs.
 */
export async function settleKeys(tx: Queries, vault: Vault, now: number): Promise<KeyRecord[]> {
  const stored = await lockKeys(tx);
  const next = findDue(stored, now);
  if (!next) return stored;
  const current = stored.find(({ status }) => status === 'current');
  await deleteKeys(tx, 'previous');
  if (current) await moveKey(tx, current.id, 'previous');
  await moveKey(tx, next.id, 'current');
  const fresh = await makeKey(vault, tx.tenantId, next.algorithm as SigningAlgorithm);
  await insertKey(tx, { ...fresh, status: 'next' });
  return findKeys(tx);
}

/** See `Keys.rotate`. With a grace period nothing but the time of the waiting key is set. */
export async function rotateKeys(tx: Queries, vault: Vault, { algorithm, gracePeriod = 0, now }: Rotation) {
  const keys = await settleKeys(tx, vault, now);
  const current = keys.find((key) => key.status === 'current');
  const next = keys.find((key) => key.status === 'next');
  const wanted = algorithm ?? ((next ?? current)?.algorithm as SigningAlgorithm | undefined) ?? 'ES256';
  const fresh = () => makeKey(vault, tx.tenantId, wanted);
  if (gracePeriod > 0 && current) {
    const effectiveAt = now + gracePeriod * 1000;
    if (next?.algorithm === wanted) return moveKey(tx, next.id, 'next', effectiveAt);
    await deleteKeys(tx, 'next');
    return insertKey(tx, { ...(await fresh()), status: 'next', effectiveAt });
  }
  await deleteKeys(tx, 'previous');
  if (current) await moveKey(tx, current.id, 'previous');
  if (next?.algorithm === wanted) await moveKey(tx, next.id, 'current');
  else {
    // Another algorithm than the waiting key's: that one is dropped and the new one is used at once.
    await deleteKeys(tx, 'next');
    await insertKey(tx, { ...(await fresh()), status: 'current' });
  }
  return insertKey(tx, { ...(await fresh()), status: 'next' });
}

/** See `Keys.drop`. */
export async function dropKey(tx: Queries, vault: Vault, { id, now }: { id: string; now: number }): Promise<void> {
  const key = (await settleKeys(tx, vault, now)).find((record) => record.id === id);
  if (!key) throw new AldabaError('entity.not_found');
  if (key.status !== 'previous') throw new AldabaError('oidc.key_required');
  await deleteKeys(tx, 'previous');
}
