import * as contract from '@aldaba/contract';
import { type Call, type Implement, type Page, Paged } from '../../../http/implement.ts';
import { containsSearch } from '../../../http/search.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { Administrator, OrganizationAdministration } from './service.ts';

const searchable = ['id', 'name', 'username', 'primaryEmail'];

/** The applications that send links. */
interface Clients {
  findClient: (tenant: Tenant, id: string) => Promise<{ redirectUris: readonly string[] } | undefined>;
}

/** The member who calls; the guard has checked that the token is for this organization. */
function administratorOf({ caller, params }: Pick<Call<typeof contract.listDelegatedRoles>, 'caller' | 'params'>) {
  const { subject, grant } = caller;
  if (subject === undefined) throw new AldabaError('auth.unauthorized');
  const by = { actorId: subject, ...(grant ? { applicationId: grant.applicationId } : {}) };
  return { organizationId: params.id, userId: subject, by } satisfies Administrator;
}

/** `/api/organizations/:id/members`, `/roles`, `/invitations` and `/logs`, and the role that opens them. */
export function organizationAdministrationRoutes(
  implement: Implement,
  administration: OrganizationAdministration,
  clients: Clients,
): void {
  implement(contract.listDelegatedMembers, async ({ tenant, params, query, page }) => {
    const search = containsSearch(query.q, searchable);
    const { items, total } = await administration.listMembers(tenant.db, params.id, search, page as Page);
    return new Paged(items, total);
  });
  implement(contract.getDelegatedMember, ({ tenant, params }) =>
    administration.getMember(tenant.db, params.id, params.userId),
  );
  implement(contract.removeDelegatedMember, (call) =>
    administration.removeMember(call.tenant.db, administratorOf(call), call.params.userId),
  );
  implement(contract.listDelegatedRoles, (call) => administration.listRoles(call.tenant.db, administratorOf(call)));
  implement(contract.replaceDelegatedMemberRoles, (call) =>
    administration.replaceRoles(call.tenant.db, administratorOf(call), {
      userId: call.params.userId,
      roleIds: call.body.organizationRoleIds,
    }),
  );
  implement(contract.listDelegatedInvitations, ({ tenant, params }) =>
    administration.listInvitations(tenant.db, params.id),
  );
  implement(contract.createDelegatedInvitation, async (call) => {
    const { link, locale, ...draft } = call.body;
    if (link !== undefined) await requireOwnLink(call.tenant, clients, call.caller.grant?.applicationId ?? '', link);
    const message = link === undefined ? undefined : { link, ...(locale === undefined ? {} : { locale }) };
    return administration.invite(call.tenant, administratorOf(call), { ...draft, message });
  });
  implement(contract.revokeDelegatedInvitation, (call) =>
    administration.revokeInvitation(call.tenant.db, administratorOf(call), call.params.invitationId),
  );
  implement(contract.listDelegatedLogs, async ({ tenant, params, page }) => {
    const { items, total } = await administration.listLogs(tenant.db, params.id, page as Page);
    return new Paged(items, total);
  });
  implement(contract.createAdministratorRole, ({ tenant, body }) =>
    administration.createAdministratorRole(tenant.db, body.name),
  );
}

/** Links in messages lead to configured origins only, never where a member of a customer wants. */
async function requireOwnLink(tenant: Tenant, clients: Clients, id: string, link: string): Promise<void> {
  const client = await clients.findClient(tenant, id);
  const { origin } = new URL(link);
  const isOwn = client?.redirectUris.some((uri) => URL.canParse(uri) && new URL(uri).origin === origin);
  if (!isOwn || origin === 'null') throw new AldabaError('organization.foreign_link');
}
