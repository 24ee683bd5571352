import { listLogs } from '@aldaba/contract/routes';
import { Button } from '@mantine/core';
import { IconHistory, IconRefresh } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useList } from '../../api/queries.ts';
import { ListPage } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { useLogColumns } from './columns.tsx';
import { LogFilters } from './filters.tsx';
import { isReversed, logQueryOf } from './log-search.ts';
import { logPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/audit-logs');

/** The audit log of the tenant. */
export function AuditLogs() {
  const t = logPhrases.use();
  const { page: _, ...filters } = route.useSearch();
  const { page } = useListSearch();
  // Ranges end when the page was opened, a filter was changed or the list was refreshed.
  const [now, setNow] = useState(Date.now);
  const { from, ...unbounded } = filters;
  const query = logQueryOf(isReversed(filters) ? unbounded : filters, now);
  const list = useList(listLogs, { query, page, pageSize });
  const refresh = () => {
    setNow(Date.now());
    void list.refetch();
  };
  return (
    <ListPage
      title={t('area.title')}
      description={t('area.description')}
      tool={
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} stroke={1.5} />}
          loading={list.isFetching && !list.isPending}
          onClick={refresh}
        >
          {t('area.refresh')}
        </Button>
      }
      list={list}
      filters={<LogFilters />}
      isFiltered={Object.keys(filters).length > 0}
      idOf={({ id }) => id}
      nameOf={({ key }) => key}
      linkOf={({ id }) => `audit-logs/${id}`}
      columns={useLogColumns(list.data?.items ?? [])}
      empty={{ icon: IconHistory, title: t('emptyTitle'), detail: t('emptyDetail') }}
    />
  );
}
