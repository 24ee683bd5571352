import { type SigningAlgorithm, type SigningAlgorithms, signingAlgorithmSchema } from '@aldaba/contract';
import type { JWTPayload } from 'jose';
import type { Tenant } from '../tenancy/index.ts';
import { signJws } from './jws.ts';
import { createRings, type KeyRing, type RingNeeds } from './key-rings.ts';
import * as rotation from './key-rotation.ts';
import type { OidcNeeds } from './needs.ts';
import { findKeys, type KeyRecord, raiseLongestLife } from './store/keys.ts';
import { verifyJwt } from './verify-jwt.ts';

export type { KeyRing } from './key-rings.ts';

interface RotationOptions {
  /** One algorithm, possibly new to the tenant, or all in use of a type; without either, all in use. */
  algorithm?: SigningAlgorithm | undefined;
  kind?: 'RSA' | 'EC' | undefined;
  /** Seconds; see `Keys.rotate`. */
  gracePeriod?: number | undefined;
}

export interface Keys {
  /** Creates missing keys in the background, so that the first request does not wait for them. */
  prepare: (tenant: Tenant) => void;
  ring: (tenant: Tenant) => Promise<KeyRing>;
  /**
   * A JWT of this tenant: adds `iss` and `iat`, signs with the current key of the algorithm.
   * @param options.algorithm defaults to the tenant's algorithm for access tokens
   */
  sign: (
    tenant: Tenant,
    claims: Record<string, unknown> & { exp: number },
    options?: { type?: string; algorithm?: SigningAlgorithm },
  ) => Promise<string>;
  /**
   * The claims of a JWT signed by this tenant: verifies key, algorithm, issuer, type and (unless `allowExpired`)
   * expiry, and fails closed. With `allowExpired`, unpublished keys are accepted.
   * @returns undefined for anything else
   */
  verify: (
    tenant: Tenant,
    token: string,
    expected: { type?: string; audience?: string; allowExpired?: boolean },
  ) => Promise<JWTPayload | undefined>;
  /**
   * Replaces current keys by the next ones after `gracePeriod` seconds (0: immediately, for emergencies). Without a
   * grace period, the switch happens once the next key has been published for 10 minutes, which is usually immediately.
   * The first key of a new algorithm waits in the same way. Replaced keys stay published until their tokens have
   * expired.
   */
  rotate: (tenant: Tenant, options?: RotationOptions) => Promise<void>;
  /** Every published key as of now: first keys that sign access tokens; by algorithm next, current and previous. */
  list: (tenant: Tenant) => Promise<KeyRecord[]>;
  /**
   * Deletes a previous key: tokens signed with it become invalid.
   * @throws AldabaError `entity.not_found`, `oidc.only_previous_key_can_be_deleted` for a key in use
   */
  drop: (tenant: Tenant, keyId: string) => Promise<void>;
  algorithms: (tenant: Tenant) => Promise<SigningAlgorithms>;
  /** @throws AldabaError `oidc.signing_key_missing` for an algorithm without a current key */
  chooseAlgorithms: (
    tenant: Tenant,
    change: { [Use in keyof SigningAlgorithms]?: SigningAlgorithms[Use] | undefined },
  ) => Promise<SigningAlgorithms>;
  /** Waits for background work. */
  close: () => Promise<void>;
}

interface KeyNeeds extends RingNeeds {
  configs: Pick<OidcNeeds['configs'], 'signingAlgorithms' | 'changeSigningAlgorithms'>;
}

export function createKeys(needs: KeyNeeds): Keys {
  const { clock, configs } = needs;
  const algorithms = signingAlgorithmSchema.options;
  const { ring, prepare, change, fill, close } = createRings(needs);
  return {
    prepare,
    ring,
    async sign(tenant, claims, { type, algorithm } = {}) {
      const alg = algorithm ?? (await configs.signingAlgorithms(tenant)).accessToken;
      const key = (await ring(tenant)).signers.get(alg);
      if (!key) throw new Error(`The tenant ${tenant.id} has no current ${alg} key.`);
      const iat = Math.floor(clock.now() / 1000);
      const life = claims.exp - iat;
      if (life > key.longestLife) {
        // Before the token is sent: the key must stay published until the token expires.
        await raiseLongestLife(tenant.db, key.id, life);
        key.longestLife = life;
      }
      return signJws(
        { alg, ...(type ? { typ: type } : {}), kid: key.id },
        { iss: tenant.issuer, ...claims, iat },
        key.privateKey,
      );
    },
    verify: async (tenant, token, expected) =>
      verifyJwt(await ring(tenant), token, { ...expected, issuer: tenant.issuer, now: clock.now() }),
    async rotate(tenant, { algorithm, kind, gracePeriod } = {}) {
      const { signers } = await ring(tenant);
      await fill(tenant, 'next');
      const isOfKind = (name: SigningAlgorithm) => kind === undefined || name.startsWith('ES') === (kind === 'EC');
      const chosen = algorithm ? [algorithm] : [...signers.keys()].filter(isOfKind);
      const fresh =
        algorithm && !signers.has(algorithm)
          ? await rotation.makeKey({ vault: needs.vault, now: clock.now }, tenant.id, algorithm)
          : undefined;
      await change(tenant, async (tx) => {
        if (fresh) await rotation.fillPlace(tx, { ...fresh, status: 'next' });
        await rotation.rotateKeys(tx, {
          algorithms: chosen,
          now: clock.now(),
          ...(gracePeriod === undefined ? {} : { gracePeriod }),
        });
      });
      await fill(tenant, 'next');
    },
    async list(tenant) {
      await ring(tenant);
      await fill(tenant, 'next');
      const { accessToken } = await configs.signingAlgorithms(tenant);
      const places = ['next', 'current', 'previous'];
      const rank = ({ status, algorithm }: KeyRecord) =>
        (algorithm === accessToken ? 0 : 10 * (1 + algorithms.indexOf(algorithm))) + places.indexOf(status);
      return (await findKeys(tenant.db))
        .filter((record) => rotation.publishedUntil(record) > clock.now())
        .sort((a, b) => rank(a) - rank(b) || (b.retiredAt ?? 0) - (a.retiredAt ?? 0));
    },
    drop: (tenant, id) => change(tenant, (tx) => rotation.dropKey(tx, { id, now: clock.now() })),
    algorithms: (tenant) => configs.signingAlgorithms(tenant),
    async chooseAlgorithms(tenant, chosen) {
      for (const algorithm of Object.values(chosen)) await rotation.requireAlgorithm(tenant.db, algorithm);
      return configs.changeSigningAlgorithms(tenant, chosen);
    },
    close,
  };
}
