/** Who may use an application whose access is limited: users that match one of its rules. */
import type { AccessControl } from '@aldaba/contract/routes';

/** What the rules ask of a user. */
export interface Person {
  id: string;
  roleIds: readonly string[];
  memberships: readonly { organizationId: string; roleIds: readonly string[] }[];
}

/** Whether one of the rules admits the user, as the server decides it. */
export function isAdmitted({ id, roleIds, memberships }: Person, rules: AccessControl): boolean {
  return (
    rules.userIds.includes(id) ||
    roleIds.some((roleId) => rules.userRoleIds.includes(roleId)) ||
    memberships.some(({ organizationId }) => rules.organizationIds.includes(organizationId)) ||
    rules.organizationRoleRules.some((rule) =>
      memberships.some(
        ({ organizationId, roleIds: held }) =>
          organizationId === rule.organizationId && held.some((roleId) => rule.organizationRoleIds.includes(roleId)),
      ),
    )
  );
}

export const hasRules = ({ userIds, userRoleIds, organizationIds, organizationRoleRules }: AccessControl): boolean =>
  userIds.length + userRoleIds.length + organizationIds.length + organizationRoleRules.length > 0;
