import type { Application } from '@aldaba/contract';
import { assignApplicationRoles, deleteApplicationRole, listApplicationRoles } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconPlus, IconUserShield } from '@tabler/icons-react';
import { useState } from 'react';
import { roles } from '../../api/choices.ts';
import { useChange, useList } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { applicationPhrases } from './phrases.ts';

/** The roles of a machine-to-machine application: what its tokens permit. */
export function ApplicationRoles({ application: { id: applicationId } }: { application: Application }) {
  const t = applicationPhrases.use();
  const { page } = useListSearch();
  const list = useList(listApplicationRoles, { params: { applicationId }, query: {}, page, pageSize });
  const remove = useChange(deleteApplicationRole, { also: ['/api/roles'] });
  const [isAssigning, setAssigning] = useState(false);
  const [doomed, setDoomed] = useState<{ id: string; name: string }>();
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
          <Menu.Item color="red" onClick={() => setDoomed(role)}>
            {t('roles.remove')}
          </Menu.Item>
        )}
        columns={[
          { header: t('columns.name'), cell: ({ name, description }) => <NameCell name={name} detail={description} /> },
        ]}
        empty={{ icon: IconUserShield, title: t('roles.emptyTitle'), detail: t('roles.emptyDetail'), action: assign }}
      />
      {isAssigning && <AssignRoles applicationId={applicationId} onClose={() => setAssigning(false)} />}
      <ConfirmByName
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('roles.remove')}
        actionLabel={t('roles.remove')}
        name={doomed?.name ?? ''}
        action={() => remove.mutateAsync({ params: { applicationId, roleId: doomed?.id ?? '' } })}
      >
        {t('roles.removeDetail')}
      </ConfirmByName>
    </>
  );
}

function AssignRoles({ applicationId, onClose }: { applicationId: string; onClose: () => void }) {
  const t = applicationPhrases.use();
  const words = patternPhrases.use();
  const assign = useChange(assignApplicationRoles, { also: ['/api/roles'] });
  const form = useForm<{ roleIds: string[] }>({
    values: { roleIds: [] },
    validate: ({ roleIds }) => ({ roleIds: roleIds.length > 0 ? undefined : words('form.required') }),
    save: (body) => assign.mutateAsync({ params: { applicationId }, body }),
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
        source={roles('MachineToMachine', { excludeApplicationId: applicationId })}
        data-autofocus
        {...form.input('roleIds')}
      />
    </CreateDialog>
  );
}
