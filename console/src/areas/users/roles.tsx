import type { User } from '@aldaba/contract';
import { assignUserRoles, deleteUserRole, listUserRoles } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconPlus, IconUserShield } from '@tabler/icons-react';
import { useState } from 'react';
import { roles } from '../../api/choices.ts';
import { useChange, useList } from '../../api/queries.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { nameOfUser } from './identity.tsx';
import { userPhrases } from './phrases.ts';

/** The roles of a user: what the user's tokens permit. */
export function UserRoles({ user }: { user: User }) {
  const t = userPhrases.use();
  const { page } = useListSearch();
  const list = useList(listUserRoles, { params: { userId: user.id }, query: {}, page, pageSize });
  const remove = useChange(deleteUserRole, { also: ['/api/roles'] });
  const [isAssigning, setAssigning] = useState(false);
  const [removed, setRemoved] = useState<{ id: string; name: string }>();
  const assign = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setAssigning(true)}>
      {t('roles.assign')}
    </Button>
  );
  return (
    <>
      <ListSection
        title={t('roles.title')}
        description={t('roles.detail')}
        action={assign}
        list={list}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        menuOf={(role) => (
          <Menu.Item color="red" onClick={() => setRemoved(role)}>
            {t('roles.remove')}
          </Menu.Item>
        )}
        columns={[
          { header: t('roles.role'), cell: ({ name, description }) => <NameCell name={name} detail={description} /> },
        ]}
        empty={{ icon: IconUserShield, title: t('roles.emptyTitle'), detail: t('roles.emptyDetail'), action: assign }}
      />
      {isAssigning && <AssignRoles userId={user.id} onClose={() => setAssigning(false)} />}
      <ConfirmDialog
        isOpen={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        title={t('roles.remove')}
        actionLabel={t('roles.remove')}
        isDangerous
        action={() => remove.mutateAsync({ params: { userId: user.id, roleId: removed?.id ?? '' } })}
      >
        {t('roles.removeDetail', { role: removed?.name ?? '', name: nameOfUser(user) })}
      </ConfirmDialog>
    </>
  );
}

function AssignRoles({ userId, onClose }: { userId: string; onClose: () => void }) {
  const t = userPhrases.use();
  const words = patternPhrases.use();
  const assign = useChange(assignUserRoles, { also: ['/api/roles'] });
  const form = useForm<{ roleIds: string[] }>({
    values: { roleIds: [] },
    validate: ({ roleIds }) => ({ roleIds: roleIds.length > 0 ? undefined : words('form.required') }),
    save: (body) => assign.mutateAsync({ params: { userId }, body }),
  });
  return (
    <CreateDialog
      isOpen
      onClose={onClose}
      title={t('roles.assign')}
      submitLabel={t('roles.assign')}
      form={form}
      onCreated={onClose}
    >
      <MultiPicker
        label={t('roles.title')}
        source={roles('User', { excludeUserId: userId })}
        data-autofocus
        {...form.input('roleIds')}
      />
    </CreateDialog>
  );
}
