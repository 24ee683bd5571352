import type { User } from '@aldaba/contract';
import { assignUserRoles, deleteUserRole, listUserRoles } from '@aldaba/contract/routes';
import { roles } from '../../api/choices.ts';
import { useChange, useList } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { AssignedRoles } from '../roles/assigned-roles.tsx';

const alsoRoles = { also: ['/api/roles'] };

/** The roles of a user: what the user's tokens permit. */
export function UserRoles({ user }: { user: User }) {
  const params = { userId: user.id };
  const { page } = useListSearch();
  const list = useList(listUserRoles, { params, query: {}, page, pageSize });
  const assign = useChange(assignUserRoles, alsoRoles);
  const remove = useChange(deleteUserRole, alsoRoles);
  return (
    <AssignedRoles
      kind="user"
      name={nameOfUser(user)}
      list={list}
      source={roles('User', { excludeUserId: user.id })}
      assign={(roleIds) => assign.mutateAsync({ params, body: { roleIds } })}
      remove={(roleId) => remove.mutateAsync({ params: { ...params, roleId } })}
    />
  );
}
