import type { Application } from '@aldaba/contract';
import { listLogs } from '@aldaba/contract/routes';
import { IconHistory } from '@tabler/icons-react';
import { useList } from '../../api/queries.ts';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { applicationPhrases } from './phrases.ts';

/** The entries of the audit log that name the application. */
export function ApplicationLogs({ application: { id: applicationId } }: { application: Application }) {
  const t = applicationPhrases.use();
  const { page } = useListSearch();
  const list = useList(listLogs, { query: { applicationId, enableCap: 'true' }, page, pageSize });
  return (
    <ListSection
      title={t('logs.title')}
      description={t('logs.detail')}
      list={list}
      idOf={({ id }) => id}
      nameOf={({ key }) => key}
      columns={[
        {
          header: t('logs.event'),
          cell: ({ key, payload }) => <NameCell name={key} detail={payload.ip} />,
        },
        {
          header: t('logs.result'),
          width: '120px',
          cell: ({ payload: { result } }) => (
            <StatusBadge tone={result === 'Success' ? 'success' : 'danger'}>
              {t(result === 'Success' ? 'logs.success' : 'logs.error')}
            </StatusBadge>
          ),
        },
        {
          header: t('logs.time'),
          width: '160px',
          wide: true,
          cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
        },
      ]}
      empty={{ icon: IconHistory, title: t('logs.emptyTitle'), detail: t('logs.emptyDetail') }}
    />
  );
}
