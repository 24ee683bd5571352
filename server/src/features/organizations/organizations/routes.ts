import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged, pageOf } from '../../../http/implement.ts';
import { containsSearch } from '../../../http/search.ts';
import type { Queries, Search } from '../../../store/index.ts';
import type { Listed } from '../../../store/list.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Organizations } from './service.ts';
import type { MemberKind } from './store.ts';

type Items<T> = Promise<Listed<T>>;

/** The features that list members and check that they exist. */
export interface MemberSources {
  users: {
    /** @throws AldabaError `entity.not_found` */
    get: (q: Queries, id: string) => Promise<object>;
    list: (
      q: Queries,
      filter: { search?: Search | undefined; organizationId: string; organizationRoleId?: string | undefined },
      page: Page,
    ) => Items<contract.User>;
  };
  applications: {
    /** @throws AldabaError `entity.not_exists_with_id` */
    get: (tenant: Tenant, id: string) => Promise<object>;
    list: (
      q: Queries,
      filter: { search?: Search | undefined; organizationId: string },
      page: Page | undefined,
    ) => Items<contract.Application>;
  };
}

const searchable = ['id', 'name'];
const searchableOfUsers = ['id', 'name', 'username', 'primaryEmail', 'primaryPhone'];

/** `/api/organizations`, and the organizations of users and applications. */
export function organizationRoutes(implement: Implement, organizations: Organizations, sources: MemberSources): void {
  implement(contract.listOrganizations, async ({ tenant, query, page }) => {
    const filter = { search: containsSearch(query.q, searchable), showFeatured: query.showFeatured };
    const { items, total } = await organizations.list(tenant.db, filter, page as Page);
    return new Paged(items, total);
  });
  implement(contract.createOrganization, ({ tenant, body }) => organizations.create(tenant.db, body));
  implement(contract.getOrganization, ({ tenant, params }) => organizations.get(tenant.db, params.id));
  implement(contract.updateOrganization, ({ tenant, params, body }) =>
    organizations.update(tenant.db, params.id, body),
  );
  implement(contract.deleteOrganization, ({ tenant, params }) => organizations.remove(tenant.db, params.id));
  userRoutes(implement, organizations, sources);
  userRoleRoutes(implement, organizations);
  applicationRoutes(implement, organizations, sources);
  applicationRoleRoutes(implement, organizations);
}

function userRoutes(implement: Implement, organizations: Organizations, { users }: MemberSources): void {
  implement(contract.listOrganizationUsers, async ({ tenant, params, query, page }) => {
    await organizations.get(tenant.db, params.id);
    const { items, total } = await users.list(
      tenant.db,
      {
        search: containsSearch(query.q, searchableOfUsers),
        organizationId: params.id,
        organizationRoleId: query.organizationRoleId,
      },
      page as Page,
    );
    return new Paged(await withRoles(organizations, tenant, { kind: 'user', organizationId: params.id, items }), total);
  });
  implement(contract.addOrganizationUsers, async ({ tenant, params, body }) => {
    await organizations.addMembers(tenant.db, 'user', params.id, body.userIds);
    return { userIds: body.userIds };
  });
  implement(contract.replaceOrganizationUsers, ({ tenant, params, body }) =>
    organizations.replaceMembers(tenant.db, 'user', params.id, body.userIds),
  );
  implement(contract.deleteOrganizationUser, ({ tenant, params }) =>
    organizations.removeMember(tenant.db, { kind: 'user', organizationId: params.id, id: params.userId }),
  );
  implement(contract.listUserOrganizations, async ({ tenant, params, page }) => {
    await users.get(tenant.db, params.userId);
    const { items, total } = await organizations.listOf(tenant.db, 'user', params.userId, page);
    return new Paged(items, total);
  });
}

const person = (params: { id: string; userId: string }) => ({
  kind: 'user' as const,
  organizationId: params.id,
  id: params.userId,
});

function userRoleRoutes(implement: Implement, organizations: Organizations): void {
  implement(contract.assignOrganizationRolesToUsers, ({ tenant, params, body }) =>
    organizations.addRoles(
      tenant.db,
      { kind: 'user', organizationId: params.id, ids: body.userIds },
      body.organizationRoleIds,
    ),
  );
  implement(contract.listOrganizationUserRoles, async ({ tenant, params, page }) =>
    pageOf(await organizations.memberRoles(tenant.db, person(params)), page),
  );
  implement(contract.assignOrganizationRolesToUser, async ({ tenant, params, body }) => ({
    organizationRoleIds: await organizations.addNamedRoles(tenant.db, person(params), body),
  }));
  implement(contract.replaceOrganizationUserRoles, ({ tenant, params, body }) =>
    organizations.replaceNamedRoles(tenant.db, person(params), body),
  );
  implement(contract.deleteOrganizationUserRole, ({ tenant, params }) =>
    organizations.takeRole(tenant.db, person(params), params.organizationRoleId),
  );
  implement(contract.listOrganizationUserScopes, ({ tenant, params }) =>
    organizations.userScopes(tenant.db, params.id, params.userId),
  );
}

const machine = (params: { id: string; applicationId: string }) => ({
  kind: 'application' as const,
  organizationId: params.id,
  id: params.applicationId,
});

function applicationRoutes(implement: Implement, organizations: Organizations, { applications }: MemberSources): void {
  implement(contract.listOrganizationApplications, async ({ tenant, params, query, page }) => {
    await organizations.get(tenant.db, params.id);
    const filter = { search: containsSearch(query.q, searchable), organizationId: params.id };
    const { items, total } = await applications.list(tenant.db, filter, page);
    const members = { kind: 'application' as const, organizationId: params.id, items };
    return new Paged(await withRoles(organizations, tenant, members), total);
  });
  implement(contract.addOrganizationApplications, ({ tenant, params, body }) =>
    organizations.addMembers(tenant.db, 'application', params.id, body.applicationIds),
  );
  implement(contract.replaceOrganizationApplications, ({ tenant, params, body }) =>
    organizations.replaceMembers(tenant.db, 'application', params.id, body.applicationIds),
  );
  implement(contract.deleteOrganizationApplication, ({ tenant, params }) =>
    organizations.removeMember(tenant.db, machine(params)),
  );
  implement(contract.listApplicationOrganizations, async ({ tenant, params, page }) => {
    await applications.get(tenant, params.id);
    const { items, total } = await organizations.listOf(tenant.db, 'application', params.id, page);
    return new Paged(items, total);
  });
}

function applicationRoleRoutes(implement: Implement, organizations: Organizations): void {
  implement(contract.assignOrganizationRolesToApplications, ({ tenant, params, body }) =>
    organizations.addRoles(
      tenant.db,
      { kind: 'application', organizationId: params.id, ids: body.applicationIds },
      body.organizationRoleIds,
    ),
  );
  implement(contract.listOrganizationApplicationRoles, async ({ tenant, params, page }) =>
    pageOf(await organizations.memberRoles(tenant.db, machine(params)), page),
  );
  implement(contract.assignOrganizationRolesToApplication, ({ tenant, params, body }) =>
    organizations.addRoles(tenant.db, { ...machine(params), ids: [params.applicationId] }, body.organizationRoleIds),
  );
  implement(contract.replaceOrganizationApplicationRoles, ({ tenant, params, body }) =>
    organizations.replaceRoles(tenant.db, machine(params), body.organizationRoleIds),
  );
  implement(contract.deleteOrganizationApplicationRole, ({ tenant, params }) =>
    organizations.takeRole(tenant.db, machine(params), params.organizationRoleId),
  );
}

async function withRoles<T extends { id: string }>(
  organizations: Organizations,
  tenant: Tenant,
  { kind, organizationId, items }: { kind: MemberKind; organizationId: string; items: T[] },
): Promise<(T & { organizationRoles: contract.HeldOrganizationRole[] })[]> {
  const ids = items.map((item) => item.id);
  const roles = await organizations.rolesOfMembers(tenant.db, kind, organizationId, ids);
  return items.map((item) => ({ ...item, organizationRoles: roles.get(item.id) ?? [] }));
}
