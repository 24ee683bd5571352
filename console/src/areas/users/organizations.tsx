import type { OrganizationWithRoles, User } from '@aldaba/contract';
import { deleteOrganizationUser, listUserOrganizations } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useList } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { AddToOrganization, ChangeMember } from './membership.tsx';
import { userPhrases } from './phrases.ts';

/** The organizations that a user is a member of, with the roles in them. */
export function UserOrganizations({ user }: { user: User }) {
  const t = userPhrases.use();
  const { page } = useListSearch();
  const list = useList(listUserOrganizations, { params: { userId: user.id }, page, pageSize });
  const remove = useChange(deleteOrganizationUser, { also: ['/api/users'] });
  const [isAdding, setAdding] = useState(false);
  const [changed, setChanged] = useState<OrganizationWithRoles>();
  const [left, setLeft] = useState<OrganizationWithRoles>();
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setAdding(true)}>
      {t('organizations.add')}
    </Button>
  );
  return (
    <>
      <ListSection
        title={t('organizations.title')}
        description={t('organizations.detail')}
        action={add}
        list={list}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        menuOf={(organization) => (
          <>
            <Menu.Item onClick={() => setChanged(organization)}>{t('organizations.change')}</Menu.Item>
            <Menu.Item color="red" onClick={() => setLeft(organization)}>
              {t('organizations.remove')}
            </Menu.Item>
          </>
        )}
        columns={[
          {
            header: t('organizations.organization'),
            cell: ({ name, id }) => <NameCell name={name} detail={<code>{id}</code>} />,
          },
          {
            header: t('organizations.roles'),
            width: '45%',
            cell: ({ organizationRoles }) => organizationRoles.map(({ name }) => name).join(', ') || t('none'),
          },
        ]}
        empty={{
          icon: IconBuilding,
          title: t('organizations.emptyTitle'),
          detail: t('organizations.emptyDetail'),
          action: add,
        }}
      />
      {isAdding && <AddToOrganization userId={user.id} onClose={() => setAdding(false)} />}
      {changed && <ChangeMember userId={user.id} organization={changed} onClose={() => setChanged(undefined)} />}
      <ConfirmDialog
        isOpen={left !== undefined}
        onClose={() => setLeft(undefined)}
        title={t('organizations.remove')}
        actionLabel={t('organizations.remove')}
        isDangerous
        action={() => remove.mutateAsync({ params: { id: left?.id ?? '', userId: user.id } })}
      >
        {t('organizations.removeDetail', { name: nameOfUser(user), organization: left?.name ?? '' })}
      </ConfirmDialog>
    </>
  );
}
