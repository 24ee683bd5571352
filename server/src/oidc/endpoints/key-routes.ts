import * as contract from '@aldaba/contract';
import type { Implement } from '../../http/index.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Tenant } from '../../tenancy/index.ts';
import type { Keys } from '../keys.ts';
import type { KeyRecord } from '../store/keys.ts';

const places = { next: 'Next', current: 'Current', previous: 'Previous' } as const;
const kindOf = (algorithm: contract.SigningAlgorithm) => (algorithm.startsWith('ES') ? 'EC' : 'RSA');

const toKey = ({ id, createdAt, algorithm, status, effectiveAt }: KeyRecord): contract.OidcKey => ({
  id,
  createdAt,
  signingKeyAlgorithm: kindOf(algorithm),
  algorithm,
  status: places[status],
  ...(effectiveAt === null ? {} : { effectiveAt }),
});

/**
 * `/api/configs/oidc/:keyType` and `/api/configs/oidc/signing-algorithms`. Cookies contain random unsigned handles, so
 * cookie keys do not exist: the list is empty and rotation does nothing (docs/decisions/0006-no-cookie-keys.md).
 */
export function keyRoutes(
  implement: Implement,
  keys: Pick<Keys, 'list' | 'rotate' | 'sign' | 'drop' | 'algorithms' | 'chooseAlgorithms'>,
): void {
  const list = async (tenant: Tenant) => (await keys.list(tenant)).map(toKey);
  implement(contract.getSigningAlgorithms, ({ tenant }) => keys.algorithms(tenant));
  implement(contract.updateSigningAlgorithms, ({ tenant, body }) => keys.chooseAlgorithms(tenant, body));
  implement(contract.listOidcKeys, async ({ tenant, params }) =>
    params.keyType === 'cookie-keys' ? [] : list(tenant),
  );
  implement(contract.rotateOidcKeys, async ({ tenant, params, body }) => {
    if (params.keyType === 'cookie-keys') throw new AldabaError('request.feature_not_supported');
    const { algorithm, signingKeyAlgorithm: kind, rotationGracePeriod: gracePeriod } = body;
    if (algorithm && kind && kind !== kindOf(algorithm)) {
      const reason = `body.signingKeyAlgorithm: ${algorithm} needs ${kindOf(algorithm)}`;
      throw new AldabaError('guard.invalid_input', { reason });
    }
    await keys.rotate(tenant, { algorithm, kind, gracePeriod });
    return list(tenant);
  });
  implement(contract.deleteOidcKey, async ({ tenant, params }) => {
    if (params.keyType === 'cookie-keys') throw new AldabaError('entity.not_found');
    await keys.drop(tenant, params.keyId);
  });
}
