import type { Role } from '@aldaba/contract';
import { Button, Menu } from '@mantine/core';
import { IconPlus, IconUserShield } from '@tabler/icons-react';
import { type ComponentProps, useState } from 'react';
import type { ChoiceSource } from '../../api/choices.ts';
import { ConfirmDialog } from '../../patterns/confirm-dialog.tsx';
import { CreateDialog } from '../../patterns/form.tsx';
import { ListSection } from '../../patterns/list-page.tsx';
import { NameCell } from '../../patterns/list-table.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import { MultiPicker } from '../../patterns/picker.tsx';
import { useForm } from '../../patterns/use-form.ts';
import { rolePhrases } from './phrases.ts';

type Assigned = Pick<Role, 'id' | 'name' | 'description'>;

interface AssignedRolesProps {
  kind: 'user' | 'application';
  /** Name of the user or application. */
  name: string;
  list: ComponentProps<typeof ListSection<Assigned>>['list'];
  /** The roles that can be assigned. */
  source: ChoiceSource;
  assign: (roleIds: string[]) => Promise<unknown>;
  remove: (roleId: string) => Promise<unknown>;
}

/** The roles of a user or of a machine-to-machine application: what its tokens permit. */
export function AssignedRoles({ kind, name, list, source, assign, remove }: AssignedRolesProps) {
  const t = rolePhrases.use();
  const [isAssigning, setAssigning] = useState(false);
  const [removed, setRemoved] = useState<Assigned>();
  const action = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setAssigning(true)}>
      {t('assign')}
    </Button>
  );
  return (
    <>
      <ListSection
        title={t('title')}
        description={t(`${kind}.detail`)}
        action={action}
        list={list}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        menuOf={(role) => (
          <Menu.Item color="red" onClick={() => setRemoved(role)}>
            {t('remove')}
          </Menu.Item>
        )}
        columns={[
          { header: t('role'), cell: ({ name, description }) => <NameCell name={name} detail={description} /> },
        ]}
        empty={{ icon: IconUserShield, title: t('emptyTitle'), detail: t(`${kind}.emptyDetail`), action }}
      />
      {isAssigning && <AssignRoles source={source} assign={assign} onClose={() => setAssigning(false)} />}
      <ConfirmDialog
        isOpen={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        title={t('remove')}
        actionLabel={t('remove')}
        isDangerous
        action={() => remove(removed?.id ?? '')}
      >
        {t('removeDetail', { role: removed?.name ?? '', name })}
      </ConfirmDialog>
    </>
  );
}

interface AssignRolesProps extends Pick<AssignedRolesProps, 'source' | 'assign'> {
  onClose: () => void;
}

function AssignRoles({ source, assign, onClose }: AssignRolesProps) {
  const t = rolePhrases.use();
  const words = patternPhrases.use();
  const form = useForm<{ roleIds: string[] }>({
    values: { roleIds: [] },
    validate: ({ roleIds }) => ({ roleIds: roleIds.length > 0 ? undefined : words('form.required') }),
    save: ({ roleIds }) => assign(roleIds),
  });
  return (
    <CreateDialog isOpen onClose={onClose} title={t('assign')} submitLabel={t('assign')} form={form}>
      <MultiPicker label={t('title')} source={source} data-autofocus {...form.input('roleIds')} />
    </CreateDialog>
  );
}
