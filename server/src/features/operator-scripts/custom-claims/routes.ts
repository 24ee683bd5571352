import * as contract from '@aldaba/contract';
import { Answer, type Implement } from '../../../http/implement.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { CustomClaims } from './service.ts';

const keys = { 'access-token': 'jwt.accessToken', 'client-credentials': 'jwt.clientCredentials' } as const;

/** `/api/configs/jwt-customizer`. */
export function customClaimsRoutes(implement: Implement, customClaims: CustomClaims): void {
  const get = async (tenant: Tenant, type: contract.CustomizedToken) => {
    const script = await customClaims.find(tenant, type);
    if (!script) throw new AldabaError('entity.not_found');
    return script;
  };
  implement(contract.listCustomClaims, async ({ tenant }) => {
    const entries = await Promise.all(
      contract.customizedTokenSchema.options.map(async (type) => {
        const value = await customClaims.find(tenant, type);
        return value === undefined ? [] : [{ key: keys[type], value }];
      }),
    );
    return entries.flat();
  });
  implement(contract.getCustomClaims, ({ tenant, params }) => get(tenant, params.tokenTypePath));
  implement(contract.putCustomClaims, async ({ tenant, params, body }) => {
    const isNew = await customClaims.save(tenant, params.tokenTypePath, body);
    return new Answer(isNew ? 201 : 200, body);
  });
  implement(contract.updateCustomClaims, ({ tenant, params, body }) =>
    customClaims.update(tenant, params.tokenTypePath, body),
  );
  implement(contract.deleteCustomClaims, async ({ tenant, params }) => {
    if (!(await customClaims.remove(tenant, params.tokenTypePath))) throw new AldabaError('entity.not_found');
  });
  implement(contract.testCustomClaims, async ({ tenant, body }) => {
    const { token, context } = body;
    const outcome = await customClaims.test(tenant, body, { token, context });
    if (outcome.kind === 'claims') return outcome.claims;
    if (outcome.kind === 'denied') throw new AldabaError('oidc.access_denied', { message: outcome.message });
    const { reason, message, line } = outcome;
    throw new AldabaError('jwt_customizer.general', { reason: message ?? reason, kind: reason, line });
  });
}
