import * as contract from '@aldaba/contract';
import { type Implement, pageOf } from '../../../http/implement.ts';
import type { OrganizationJit } from './service.ts';

/** `/api/organizations/:id/jit/…`. */
export function organizationJitRoutes(implement: Implement, jit: OrganizationJit): void {
  implement(contract.listOrganizationJitEmailDomains, async ({ tenant, params, page }) =>
    pageOf(await jit.emailDomains(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationJitEmailDomain, ({ tenant, params, body }) =>
    jit.addEmailDomain(tenant.db, params.id, body.emailDomain),
  );
  implement(contract.replaceOrganizationJitEmailDomains, ({ tenant, params, body }) =>
    jit.replaceEmailDomains(tenant.db, params.id, body.emailDomains),
  );
  implement(contract.deleteOrganizationJitEmailDomain, ({ tenant, params }) =>
    jit.removeEmailDomain(tenant.db, params.id, params.emailDomain),
  );
  implement(contract.listOrganizationJitRoles, async ({ tenant, params, page }) =>
    pageOf(await jit.roles(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationJitRoles, ({ tenant, params, body }) =>
    jit.addRoles(tenant.db, params.id, body.organizationRoleIds),
  );
  implement(contract.replaceOrganizationJitRoles, ({ tenant, params, body }) =>
    jit.replaceRoles(tenant.db, params.id, body.organizationRoleIds),
  );
  implement(contract.deleteOrganizationJitRole, ({ tenant, params }) =>
    jit.removeRole(tenant.db, params.id, params.organizationRoleId),
  );
  ssoConnectorRoutes(implement, jit);
}

function ssoConnectorRoutes(implement: Implement, jit: OrganizationJit): void {
  implement(contract.listOrganizationJitSsoConnectors, async ({ tenant, params, page }) =>
    pageOf(await jit.connectors(tenant.db, params.id), page),
  );
  implement(contract.createOrganizationJitSsoConnectors, ({ tenant, params, body }) =>
    jit.addConnectors(tenant.db, params.id, body.ssoConnectorIds),
  );
  implement(contract.replaceOrganizationJitSsoConnectors, ({ tenant, params, body }) =>
    jit.replaceConnectors(tenant.db, params.id, body.ssoConnectorIds),
  );
  implement(contract.deleteOrganizationJitSsoConnector, ({ tenant, params }) =>
    jit.removeConnector(tenant.db, params.id, params.ssoConnectorId),
  );
}
