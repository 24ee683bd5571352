import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { OrganizationInvitations } from './service.ts';

/** `/api/organization-invitations`. */
export function organizationInvitationRoutes(implement: Implement, invitations: OrganizationInvitations): void {
  implement(contract.listOrganizationInvitations, ({ tenant, query }) => invitations.list(tenant.db, query));
  implement(contract.createOrganizationInvitation, ({ tenant, body }) => {
    const { messagePayload, ...draft } = body;
    const message = typeof messagePayload === 'boolean' ? (messagePayload ? {} : undefined) : messagePayload;
    return invitations.create(tenant, draft, message);
  });
  implement(contract.getOrganizationInvitation, ({ tenant, params }) => invitations.get(tenant.db, params.id));
  implement(contract.deleteOrganizationInvitation, ({ tenant, params }) => invitations.remove(tenant.db, params.id));
  implement(contract.createOrganizationInvitationMessage, ({ tenant, params, body }) =>
    invitations.send(tenant, params.id, body),
  );
  implement(contract.replaceOrganizationInvitationStatus, ({ tenant, params, body }) =>
    body.status === 'Accepted'
      ? invitations.accept(tenant.db, params.id, body.acceptedUserId)
      : invitations.revoke(tenant.db, params.id),
  );
}
