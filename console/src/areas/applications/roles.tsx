import type { Application } from '@aldaba/contract';
import { assignApplicationRoles, deleteApplicationRole, listApplicationRoles } from '@aldaba/contract/routes';
import { roles } from '../../api/choices.ts';
import { useChange, useList } from '../../api/queries.ts';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { AssignedRoles } from '../roles/assigned-roles.tsx';

const alsoRoles = { also: ['/api/roles'] };

/** The roles of a machine-to-machine application: what its tokens permit. */
export function ApplicationRoles({ application: { id, name } }: { application: Application }) {
  const params = { applicationId: id };
  const { page } = useListSearch();
  const list = useList(listApplicationRoles, { params, query: {}, page, pageSize });
  const assign = useChange(assignApplicationRoles, alsoRoles);
  const remove = useChange(deleteApplicationRole, alsoRoles);
  return (
    <AssignedRoles
      kind="application"
      name={name}
      list={list}
      source={roles('MachineToMachine', { excludeApplicationId: id })}
      assign={(roleIds) => assign.mutateAsync({ params, body: { roleIds } })}
      remove={(roleId) => remove.mutateAsync({ params: { ...params, roleId } })}
    />
  );
}
