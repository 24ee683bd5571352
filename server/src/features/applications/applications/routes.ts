import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../../http/implement.ts';
import { parseSearch } from '../../../http/search.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { managementRoleId, requireGrantable } from '../../authorization/roles/index.ts';
import type { Applications } from './service.ts';

const searchable = ['id', 'name', 'description'];

/** `/api/applications`, and the applications of a role below `/api/roles`. */
export function applicationRoutes(implement: Implement, applications: Applications): void {
  implement(contract.listApplications, async ({ tenant, query, page }) => {
    const filter = {
      search: parseSearch(query, searchable),
      types: typeof query.types === 'string' ? [query.types] : query.types,
      isThirdParty: query.isThirdParty,
      excludeRoleId: query.excludeRoleId,
      excludeOrganizationId: query.excludeOrganizationId,
    };
    const { items, total } = await applications.list(tenant.db, filter, page);
    return new Paged(items, total);
  });
  implement(contract.createApplication, ({ tenant, body }) => {
    if (body.protectedAppMetadata) throw new AldabaError('request.feature_not_supported');
    if (body.type === 'SAML') throw new AldabaError('application.use_saml_app_api');
    return applications.create(tenant.db, body);
  });
  for (const route of [
    contract.listApplicationCustomDomains,
    contract.createApplicationCustomDomain,
    contract.deleteApplicationCustomDomain,
  ])
    implement(route, async ({ tenant, params }) => {
      await applications.get(tenant, params.id);
      throw new AldabaError('request.feature_not_supported');
    });
  implement(contract.getApplication, ({ tenant, params }) => applications.get(tenant, params.id));
  implement(contract.updateApplication, async ({ tenant, caller, params, body }) => {
    if (body.isAdmin) await requireGrantable(tenant.db, caller, { roleIds: [managementRoleId] });
    return applications.update(tenant.db, params.id, body);
  });
  implement(contract.deleteApplication, ({ tenant, params }) => applications.remove(tenant.db, params.id));
  implement(contract.updateApplicationCustomData, ({ tenant, params, body }) =>
    applications.mergeCustomData(tenant.db, params.applicationId, body),
  );
  secretRoutes(implement, applications);
  applicationRoleRoutes(implement, applications);
}

function secretRoutes(implement: Implement, applications: Applications): void {
  implement(contract.listApplicationSecrets, async ({ tenant, caller, params }) => {
    await requireGrantable(tenant.db, caller, { applicationId: params.id });
    return applications.listSecrets(tenant.db, params.id);
  });
  implement(contract.createApplicationSecret, async ({ tenant, caller, params, body }) => {
    await requireGrantable(tenant.db, caller, { applicationId: params.id });
    return applications.createSecret(tenant.db, params.id, body);
  });
  implement(contract.updateApplicationSecret, ({ tenant, params, body }) =>
    applications.renameSecret(tenant.db, params, body.name),
  );
  implement(contract.deleteApplicationSecret, ({ tenant, params }) => applications.deleteSecret(tenant.db, params));
  implement(contract.deleteApplicationLegacySecret, ({ tenant, params }) =>
    applications.deleteFirstSecret(tenant.db, params.id),
  );
}

function applicationRoleRoutes(implement: Implement, applications: Applications): void {
  implement(contract.listApplicationRoles, async ({ tenant, params, query, page }) => {
    const { items, total } = await applications.listRoles(
      tenant.db,
      params.applicationId,
      parseSearch(query, searchable),
      page,
    );
    return new Paged(items, total);
  });
  implement(contract.assignApplicationRoles, async ({ tenant, caller, params, body: { roleIds } }) => {
    await requireGrantable(tenant.db, caller, { roleIds });
    const addedRoleIds = await applications.addRoles(tenant.db, params.applicationId, roleIds);
    return { roleIds, addedRoleIds };
  });
  implement(contract.replaceApplicationRoles, async ({ tenant, caller, params, body }) => {
    await requireGrantable(tenant.db, caller, body);
    await applications.replaceRoles(tenant.db, params.applicationId, body.roleIds);
    return { roleIds: body.roleIds };
  });
  implement(contract.deleteApplicationRole, ({ tenant, params }) =>
    applications.removeRole(tenant.db, params.applicationId, params.roleId),
  );
  implement(contract.listRoleApplications, async ({ tenant, params, query, page }) => {
    const { items, total } = await applications.listOfRole(
      tenant.db,
      params.id,
      parseSearch(query, searchable),
      page as Page,
    );
    return new Paged(items, total);
  });
  implement(contract.createRoleApplications, async ({ tenant, caller, params, body }) => {
    await requireGrantable(tenant.db, caller, { roleIds: [params.id] });
    return applications.addToRole(tenant.db, params.id, body.applicationIds);
  });
  implement(contract.deleteRoleApplication, ({ tenant, params }) =>
    applications.removeFromRole(tenant.db, params.id, params.applicationId),
  );
}
