import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import type { CacheRegistry, Database, Queries } from '../store/index.ts';
import type { Seed, Tenant } from '../tenancy/index.ts';
import { type SigningAlgorithm, signJws } from './jws.ts';
import { dropKey, findDue, makeKey, type Rotation, rotateKeys, sealContext, settleKeys } from './key-rotation.ts';
import { findKeys, insertKey, type KeyRecord } from './store/keys.ts';

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
  /** When the waiting key's time comes, in milliseconds since the epoch: every node changes over by its clock. */
  changesAt?: number;
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
  rotate(tenant: Tenant, options?: Omit<Rotation, 'now'>): Promise<void>;
  /** Every key with its place, as of now: next, current, previous. */
  list(tenant: Tenant): Promise<KeyRecord[]>;
  /** Deletes the previous key. @throws AldabaError `entity.not_found`, `oidc.key_required` for a key in use */
  drop(tenant: Tenant, keyId: string): Promise<void>;
}

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
  const change = (tenant: Tenant, work: (tx: Queries) => Promise<unknown>): Promise<void> =>
    tenant.db.transaction(async (tx) => {
      await work(tx);
      await rings.changed(tx, '');
    });
  /** Writes down that a waiting key came into use; requests that find out together do it once. */
  const settling = new Map<string, Promise<void>>();
  const settle = (tenant: Tenant): Promise<void> => {
    const running = settling.get(tenant.id);
    if (running) return running;
    const work = change(tenant, (tx) => settleKeys(tx, vault, clock.now())).finally(() => settling.delete(tenant.id));
    settling.set(tenant.id, work);
    return work;
  };
  const known = async (tenant: Tenant): Promise<KeyRing> => {
    const found = await rings.get(tenant.id, '');
    if (!found) throw new Error(`The tenant ${tenant.id} has no current signing key.`);
    return found;
  };
  const ring = async (tenant: Tenant): Promise<KeyRing> => {
    const found = await known(tenant);
    if (found.changesAt === undefined || clock.now() < found.changesAt) return found;
    await settle(tenant);
    return known(tenant);
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
    rotate: (tenant, options = {}) => change(tenant, (tx) => rotateKeys(tx, vault, { ...options, now: clock.now() })),
    async list(tenant) {
      if (findDue(await findKeys(tenant.db), clock.now())) await settle(tenant);
      const order = ['next', 'current', 'previous'];
      return (await findKeys(tenant.db)).sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
    },
    drop: (tenant, id) => change(tenant, (tx) => dropKey(tx, vault, { id, now: clock.now() })),
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

function openRing(vault: Vault, tenantId: string, records: KeyRecord[]): KeyRing | undefined {
  const current = records.find((record) => record.status === 'current');
  if (!current) return undefined;
  const toKey = (record: KeyRecord): VerificationKey => ({
    id: record.id,
    algorithm: record.algorithm as SigningAlgorithm,
    publicKey: createPublicKey({ key: record.publicJwk as JsonWebKey, format: 'jwk' }),
  });
  const privateJwk = JSON.parse(vault.open(current.privateJwkSealed, sealContext(tenantId, current.id)));
  const changesAt = records.find((record) => record.status === 'next')?.effectiveAt;
  return {
    ...(typeof changesAt === 'number' ? { changesAt } : {}),
    current: { ...toKey(current), privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }) },
    byId: new Map(records.map((record) => [record.id, toKey(record)])),
    publicJwks: records.map((record) => record.publicJwk),
  };
}
