import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { OrganizationDomains } from './service.ts';

/** `/api/organizations/:id/domains`. */
export function organizationDomainRoutes(implement: Implement, domains: OrganizationDomains): void {
  const by = ({ subject }: { subject?: string }) => (subject === undefined ? {} : { actorId: subject });
  implement(contract.listOrganizationDomains, ({ tenant, params }) => domains.list(tenant.db, params.id));
  implement(contract.createOrganizationDomain, ({ tenant, params, body, caller }) =>
    domains.add(tenant, { organizationId: params.id, domain: body.domain }, by(caller)),
  );
  implement(contract.getOrganizationDomain, ({ tenant, params }) =>
    domains.get(tenant.db, { organizationId: params.id, domain: params.domain }),
  );
  implement(contract.deleteOrganizationDomain, ({ tenant, params, caller }) =>
    domains.remove(tenant, { organizationId: params.id, domain: params.domain }, by(caller)),
  );
  implement(contract.createOrganizationDomainCode, ({ tenant, params }) =>
    domains.sendCode(tenant, { organizationId: params.id, domain: params.domain }),
  );
  implement(contract.verifyOrganizationDomain, ({ tenant, params, body, caller }) =>
    domains.verify(tenant, { organizationId: params.id, domain: params.domain }, { proof: body, by: by(caller) }),
  );
}
