import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { PortalLinks } from './service.ts';

/** `/api/organizations/:id/portal-links`. */
export function portalLinkRoutes(implement: Implement, links: PortalLinks): void {
  implement(contract.listPortalLinks, ({ tenant, params }) => links.list(tenant.db, params.id));
  implement(contract.createPortalLink, ({ tenant, params, body, caller }) =>
    links.create(tenant, params.id, { ...body, createdBy: caller.subject }),
  );
  implement(contract.updatePortalLink, ({ tenant, params, body, caller }) =>
    links.offer(tenant, { organizationId: params.id, id: params.portalLinkId }, { ...body, actorId: caller.subject }),
  );
  implement(contract.deletePortalLink, ({ tenant, params, caller }) =>
    links.remove(tenant, { organizationId: params.id, id: params.portalLinkId }, caller.subject),
  );
}
