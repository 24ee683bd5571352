import * as contract from '@aldaba/contract';
import type { Caller, Implement } from '../../../http/index.ts';
import type { OrganizationDomains } from './service.ts';

/** `/api/organizations/:id/domains`, and `/claimed-domains` for administrators of the organization. */
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
  implement(contract.createOrganizationDomainCode, ({ tenant, params, caller }) =>
    domains.sendCode(tenant, { organizationId: params.id, domain: params.domain }, { by: by(caller) }),
  );
  implement(contract.verifyOrganizationDomain, ({ tenant, params, body, caller }) =>
    domains.verify(tenant, { organizationId: params.id, domain: params.domain }, { proof: body, by: by(caller) }),
  );
  delegatedRoutes(implement, domains);
}

/** The guard has checked that the token is for the organization in the path. */
function delegatedRoutes(implement: Implement, domains: OrganizationDomains): void {
  const by = ({ subject, grant }: Caller) => ({
    ...(subject === undefined ? {} : { actorId: subject }),
    ...(grant ? { applicationId: grant.applicationId } : {}),
  });
  const keyOf = ({ id, domain }: { id: string; domain: string }) => ({ organizationId: id, domain });
  implement(contract.listDelegatedDomains, ({ tenant, params }) => domains.list(tenant.db, params.id));
  implement(contract.createDelegatedDomain, ({ tenant, params, body, caller }) =>
    domains.add(tenant, { organizationId: params.id, domain: body.domain }, by(caller)),
  );
  implement(contract.getDelegatedDomain, ({ tenant, params }) => domains.get(tenant.db, keyOf(params)));
  implement(contract.deleteDelegatedDomain, ({ tenant, params, caller }) =>
    domains.remove(tenant, keyOf(params), by(caller)),
  );
  implement(contract.createDelegatedDomainCode, ({ tenant, params, caller }) =>
    domains.sendCode(tenant, keyOf(params), { by: by(caller) }),
  );
  implement(contract.verifyDelegatedDomain, ({ tenant, params, body, caller }) =>
    domains.verify(tenant, keyOf(params), { proof: body, by: by(caller) }),
  );
}
