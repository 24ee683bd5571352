/** Organizations: groups of users and applications, their roles, and the ways to join them. */
import type { Implement } from '../../http/index.ts';
import type { Changes } from '../../kernel/changes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Events } from '../../kernel/events.ts';
import type { MessageLimits } from '../../services/message-limits/index.ts';
import type { Transaction } from '../../store/index.ts';
import type { Connectors } from '../connectors/connectors/index.ts';
import type { Users } from '../people/users/index.ts';
import { createOrganizationInvitations } from './organization-invitations/index.ts';
import { organizationInvitationRoutes } from './organization-invitations/routes.ts';
import { createOrganizationJit } from './organization-jit/index.ts';
import { organizationJitRoutes } from './organization-jit/routes.ts';
import { createOrganizationRoles } from './organization-roles/index.ts';
import { organizationRoleRoutes } from './organization-roles/routes.ts';
import { createOrganizations } from './organizations/index.ts';
import { type MemberSources, organizationRoutes } from './organizations/routes.ts';

interface Needs {
  clock: Clock;
  changes: Changes<Transaction>;
  events: Events<Transaction>;
  limits: MessageLimits;
  users: Users;
  connectors: Connectors;
}

type OrganizationsArea = ReturnType<typeof createOrganizationsArea>;

export function createOrganizationsArea(needs: Needs) {
  const { clock, changes, events, limits, users, connectors } = needs;
  const organizationRoles = createOrganizationRoles({ events });
  const organizations = createOrganizations({ clock, organizationRoles, events });
  return {
    organizationRoles,
    organizations,
    organizationJit: createOrganizationJit({ organizations, organizationRoles, changes }),
    organizationInvitations: createOrganizationInvitations({
      clock,
      organizations,
      organizationRoles,
      users,
      limits,
      connectors,
    }),
  };
}

/** @param members the features that list the members of organizations */
export function mountOrganizationsArea(implement: Implement, area: OrganizationsArea, members: MemberSources): void {
  organizationRoleRoutes(implement, area.organizationRoles);
  organizationRoutes(implement, area.organizations, members);
  organizationJitRoutes(implement, area.organizationJit);
  organizationInvitationRoutes(implement, area.organizationInvitations);
}
