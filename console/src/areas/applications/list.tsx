import { deleteApplication, listApplications } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconApps, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList, useTenant } from '../../api/queries.ts';
import { ConfirmByName } from '../../patterns/danger-zone.tsx';
import { ListPage } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { applicationPhrases } from './phrases.ts';

export function ApplicationList() {
  const t = applicationPhrases.use();
  const { q, page } = useListSearch();
  const list = useList(listApplications, { query: q ? { search: `%${q}%` } : {}, page, pageSize });
  const remove = useChange(deleteApplication);
  const tenant = useTenant();
  const [doomed, setDoomed] = useState<{ id: string; name: string }>();
  const create = (
    <Button
      renderRoot={(props) => <Link {...props} to="/t/$tenant/applications/create" params={{ tenant }} />}
      leftSection={<IconPlus size={16} stroke={1.5} />}
    >
      {t('create')}
    </Button>
  );
  return (
    <>
      <ListPage
        title={t('title')}
        description={t('description')}
        action={create}
        list={list}
        searchLabel={t('search')}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        linkOf={({ id }) => `applications/${id}`}
        menuOf={(application) => (
          <Menu.Item color="red" onClick={() => setDoomed(application)}>
            {t('delete')}
          </Menu.Item>
        )}
        columns={[
          { header: t('columns.name'), cell: ({ name, id }) => <NameCell name={name} detail={<code>{id}</code>} /> },
          { header: t('columns.type'), width: '12.5rem', wide: true, cell: ({ type }) => t(`types.${type}`) },
          {
            header: t('columns.created'),
            width: '10rem',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
          },
        ]}
        empty={{ icon: IconApps, title: t('emptyTitle'), detail: t('emptyDetail'), action: create }}
      />
      <ConfirmByName
        isOpen={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title={t('delete')}
        actionLabel={t('delete')}
        name={doomed?.name ?? ''}
        action={() => remove.mutateAsync({ params: { id: doomed?.id ?? '' } })}
      >
        {t('deleteDetail')}
      </ConfirmByName>
    </>
  );
}
