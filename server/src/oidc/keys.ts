import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { compactVerify, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import { standardId } from '../kernel/ids.ts';
import type { CacheRegistry, Database, Queries } from '../store/index.ts';
import type { Seed, Tenant } from '../tenancy/index.ts';
import { type SigningAlgorithm, signJws } from './jws.ts';
import { deleteKeys, findKeys, insertKey, type KeyRecord, lockKeys, moveKey } from './store/keys.ts';

export type { SigningAlgorithm } from './jws.ts';

export interface VerificationKey {
  id: string;
  algorithm: SigningAlgorithm;
  publicKey: KeyObject;
}

/** The keys of one tenant, ready to use. A new object whenever one of them changes. */
export interface KeyRing {
  current: VerificationKey & { privateKey: KeyObject };
  byId: ReadonlyMap<string, VerificationKey>;
  /** As published: current, next, previous. Public members only. */
  publicJwks: readonly Record<string, unknown>[];
}

export interface Keys {
  /** Gives a new tenant its first keys. */
  seed: Seed;
  ring(tenant: Tenant): Promise<KeyRing>;
  /** A JWT of this tenant: adds `iss` and `iat`, signs with the current key. */
  sign(tenant: Tenant, claims: Record<string, unknown>, type?: string): Promise<string>;
  /**
   * The claims of a JWT that this tenant signed: key, algorithm, issuer, type and (unless `expired` is allowed) expiry are
   * checked, and fail closed.
   * @returns undefined for anything else
   */
  verify(
    tenant: Tenant,
    token: string,
    expected: { type?: string; audience?: string; allowExpired?: boolean },
  ): Promise<JWTPayload | undefined>;
  /**
   * Makes the next key the current one and a fresh one the next. The next key has been published for as long as it was
   * next, so clients that keep the key set know it already; the previous key stays published until the next rotation.
   */
  rotate(tenant: Tenant, options?: { algorithm?: SigningAlgorithm }): Promise<void>;
}

const generate = promisify(generateKeyPair);
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

async function makeKey(
  vault: Vault,
  tenantId: string,
  algorithm: SigningAlgorithm,
): Promise<Omit<KeyRecord, 'status'>> {
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
  };
}

const sealContext = (tenantId: string, id: string): string => `${tenantId}/signing_keys/${id}`;

/** The part of a new tenant that the protocol needs: a current and a next signing key. */
export const createSigningKeySeed =
  (vault: Vault): Seed =>
  async (tx, tenantId) => {
    await insertKey(tx, { ...(await makeKey(vault, tenantId, 'ES256')), status: 'current' });
    await insertKey(tx, { ...(await makeKey(vault, tenantId, 'ES256')), status: 'next' });
  };

export function createKeys(deps: { caches: CacheRegistry; database: Database; vault: Vault; clock: Clock }): Keys {
  const { vault, clock } = deps;
  const rings = deps.caches.create<KeyRing>({
    name: 'signing-keys',
    maximum: 1000,
    maximumAge: 60_000,
    load: async (tenantId) => openRing(vault, tenantId, await findKeys(deps.database.tenant(tenantId))),
  });
  const ring = async (tenant: Tenant): Promise<KeyRing> => {
    const found = await rings.get(tenant.id, '');
    if (!found) throw new Error(`The tenant ${tenant.id} has no current signing key.`);
    return found;
  };
  return {
    seed: createSigningKeySeed(vault),
    ring,
    async sign(tenant, claims, type) {
      const { current } = await ring(tenant);
      const header = { alg: current.algorithm, ...(type ? { typ: type } : {}), kid: current.id };
      const iat = Math.floor(clock.now() / 1000);
      return signJws(header, { iss: tenant.issuer, ...claims, iat }, current.privateKey);
    },
    async verify(tenant, token, expected) {
      try {
        const key = (await ring(tenant)).byId.get(decodeProtectedHeader(token).kid ?? '');
        if (!key) return undefined;
        if (expected.allowExpired) return await verifyIgnoringTime(token, key, tenant.issuer);
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [key.algorithm],
          issuer: tenant.issuer,
          requiredClaims: ['exp', 'iat', 'sub'],
          currentDate: new Date(clock.now()),
          ...(expected.type ? { typ: expected.type } : {}),
          ...(expected.audience ? { audience: expected.audience } : {}),
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError)
          return undefined;
        throw error;
      }
    },
    rotate: (tenant, options = {}) =>
      tenant.db.transaction(async (tx) => {
        await rotateKeys(tx, vault, options.algorithm);
        await rings.changed(tx, '');
      }),
  };
}

/** An ID token as a hint about the past: its expiry does not matter (OpenID Connect RP-Initiated Logout 1.0 section 2). */
async function verifyIgnoringTime(
  token: string,
  key: VerificationKey,
  issuer: string,
): Promise<JWTPayload | undefined> {
  const { payload, protectedHeader } = await compactVerify(token, key.publicKey, { algorithms: [key.algorithm] });
  // An access token is never taken for an ID token.
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toLowerCase() !== 'jwt') return undefined;
  const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (typeof claims !== 'object' || claims === null) return undefined;
  return (claims as JWTPayload).iss === issuer ? (claims as JWTPayload) : undefined;
}

async function rotateKeys(tx: Queries, vault: Vault, algorithm: SigningAlgorithm | undefined): Promise<void> {
  const keys = await lockKeys(tx);
  const current = keys.find((key) => key.status === 'current');
  const next = keys.find((key) => key.status === 'next');
  const wanted = algorithm ?? ((next ?? current)?.algorithm as SigningAlgorithm | undefined) ?? 'ES256';
  await deleteKeys(tx, 'previous');
  if (current) await moveKey(tx, current.id, 'previous');
  if (next?.algorithm === wanted) await moveKey(tx, next.id, 'current');
  else {
    // Another algorithm than the waiting key's: that one is dropped and the new one is used at once.
    await deleteKeys(tx, 'next');
    await insertKey(tx, { ...(await makeKey(vault, tx.tenantId, wanted)), status: 'current' });
  }
  await insertKey(tx, { ...(await makeKey(vault, tx.tenantId, wanted)), status: 'next' });
}

function openRing(vault: Vault, tenantId: string, records: KeyRecord[]): KeyRing | undefined {
  const current = records.find((record) => record.status === 'current');
  if (!current) return undefined;
  const toKey = (record: KeyRecord): VerificationKey => ({
    id: record.id,
    algorithm: record.algorithm as SigningAlgorithm,
    publicKey: createPublicKey({ key: record.publicJwk as JsonWebKey, format: 'jwk' }),
  });
  const privateJwk = JSON.parse(vault.open(current.privateJwkSealed, sealContext(tenantId, current.id)));
  return {
    current: { ...toKey(current), privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }) },
    byId: new Map(records.map((record) => [record.id, toKey(record)])),
    publicJwks: records.map((record) => record.publicJwk),
  };
}
