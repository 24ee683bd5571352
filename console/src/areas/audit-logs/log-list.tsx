import { listLogs } from '@aldaba/contract/routes';
import { IconHistory } from '@tabler/icons-react';
import { useList } from '../../api/queries.ts';
import { ListSection } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { type LogSubject, useLogColumns } from './columns.tsx';
import { logPhrases } from './phrases.ts';

interface LogListProps {
  /** Whose entries: `{ userId }` or `{ applicationId }`. */
  filter: LogSubject;
  /** One sentence above the list. */
  description: string;
}

/** Entries that name one user or application, as a tab of its page. The page of the list is in the address. */
export function LogList({ filter, description }: LogListProps) {
  const t = logPhrases.use();
  const { page } = useListSearch();
  const list = useList(listLogs, { query: { ...filter, enableCap: 'true' }, page, pageSize });
  return (
    <ListSection
      title={t('title')}
      description={description}
      list={list}
      idOf={({ id }) => id}
      nameOf={({ key }) => key}
      linkOf={({ id }) => `audit-logs/${id}`}
      columns={useLogColumns(list.data?.items ?? [], filter)}
      empty={{ icon: IconHistory, title: t('emptyTitle'), detail: t('emptyDetail') }}
    />
  );
}
