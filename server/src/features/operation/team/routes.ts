import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { Team } from './service.ts';

/** `/api/team`. */
export function teamRoutes(implement: Implement, team: Team): void {
  implement(contract.listTeamMembers, ({ tenant }) => team.list(tenant));
  implement(contract.changeTeamMember, ({ tenant, caller, params, body }) =>
    team.change(tenant, caller, params.id, body.role),
  );
  implement(contract.removeTeamMember, ({ tenant, caller, params }) => team.remove(tenant, caller, params.id));
  implement(contract.listTeamInvitations, ({ tenant }) => team.listInvitations(tenant));
  implement(contract.createTeamInvitation, ({ tenant, caller, body }) => team.invite(tenant, caller, body));
  implement(contract.renewTeamInvitation, ({ tenant, caller, params }) => team.renew(tenant, caller, params.id));
  implement(contract.deleteTeamInvitation, ({ tenant, caller, params }) => team.revoke(tenant, caller, params.id));
}
