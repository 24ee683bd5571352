import * as contract from '@aldaba/contract';
import type { Caller, Implement } from '../../../http/index.ts';
import { requireDirectoryAccess } from './access.ts';
import type { ScimTokens } from './service.ts';

const by = ({ subject }: Caller) => (subject === undefined ? {} : { actorId: subject });

/** `/api/scim/tokens` and `/api/organizations/:id/scim/tokens`. */
export function scimTokenRoutes(implement: Implement, tokens: ScimTokens): void {
  implement(contract.listScimTokens, ({ tenant }) => tokens.list(tenant.db, null));
  implement(contract.createScimToken, async ({ tenant, caller, body }) => {
    requireDirectoryAccess(caller);
    return tokens.create(tenant.db, null, body, by(caller));
  });
  implement(contract.updateScimToken, ({ tenant, caller, params, body }) =>
    tokens.update(tenant.db, { organizationId: null, id: params.tokenId }, body, by(caller)),
  );
  implement(contract.rotateScimToken, async ({ tenant, caller, params, body }) => {
    requireDirectoryAccess(caller);
    return tokens.rotate(tenant.db, { organizationId: null, id: params.tokenId }, body.overlap, by(caller));
  });
  implement(contract.deleteScimToken, ({ tenant, caller, params }) =>
    tokens.remove(tenant.db, { organizationId: null, id: params.tokenId }, by(caller)),
  );
  organizationRoutes(implement, tokens);
}

function organizationRoutes(implement: Implement, tokens: ScimTokens): void {
  const placeOf = ({ id, tokenId }: { id: string; tokenId: string }) => ({ organizationId: id, id: tokenId });
  implement(contract.listOrganizationScimTokens, ({ tenant, params }) => tokens.list(tenant.db, params.id));
  implement(contract.createOrganizationScimToken, ({ tenant, caller, params, body }) =>
    tokens.create(tenant.db, params.id, body, by(caller)),
  );
  implement(contract.updateOrganizationScimToken, ({ tenant, caller, params, body }) =>
    tokens.update(tenant.db, placeOf(params), body, by(caller)),
  );
  implement(contract.rotateOrganizationScimToken, ({ tenant, caller, params, body }) =>
    tokens.rotate(tenant.db, placeOf(params), body.overlap, by(caller)),
  );
  implement(contract.deleteOrganizationScimToken, ({ tenant, caller, params }) =>
    tokens.remove(tenant.db, placeOf(params), by(caller)),
  );
}
