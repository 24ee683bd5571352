import { getApplication, getUser, type LogRecord, listLogs } from '@aldaba/contract/routes';
import { useQueries } from '@tanstack/react-query';
import { itemQuery, useList, useTenant } from '../../api/queries.ts';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import tableClasses from './last-sign-ins.module.css';
import { dashboardPhrases } from './phrases.ts';
import classes from './user-counts.module.css';

/** Who signed in to what, newest first. */
export function LastSignIns() {
  const t = dashboardPhrases.use();
  const { data } = useList(listLogs, {
    query: { logKey: 'ExchangeTokenBy.AuthorizationCode', enableCap: 'true' },
    pageSize: 8,
  });
  const items = data?.items.filter(({ payload }) => payload.result === 'Success');
  const names = useNames(items ?? []);
  return (
    <section aria-labelledby="sign-ins">
      <h2 id="sign-ins" className={classes.heading}>
        {t('signIns.title')}
      </h2>
      <div className={tableClasses.card}>
        {items?.length === 0 ? (
          <p className={tableClasses.none}>{t('signIns.none')}</p>
        ) : (
          <ListTable
            caption={t('signIns.title')}
            items={items}
            idOf={({ id }) => id}
            linkOf={undefined}
            menuOf={undefined}
            isStale={false}
            columns={[
              {
                header: t('signIns.user'),
                cell: ({ payload }) => (
                  <NameCell
                    name={names.get(payload.userId ?? '') ?? t('signIns.deleted')}
                    detail={names.get(payload.applicationId ?? '') ?? payload.applicationId}
                  />
                ),
              },
              {
                header: t('signIns.time'),
                width: '160px',
                cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
              },
            ]}
          />
        )}
      </div>
    </section>
  );
}

/** Names of the users and applications of some records, by their ids; what was deleted has none. */
function useNames(records: readonly LogRecord[]): Map<string, string> {
  const tenant = useTenant();
  const ids = (part: 'userId' | 'applicationId') => [...new Set(records.flatMap(({ payload }) => payload[part] ?? []))];
  const users = useQueries({
    queries: ids('userId').map((userId) => itemQuery(tenant, getUser, { params: { userId } })),
  });
  const applications = useQueries({
    queries: ids('applicationId').map((id) => itemQuery(tenant, getApplication, { params: { id } })),
  });
  return new Map([
    ...users.flatMap(({ data }) =>
      data ? [[data.id, data.name ?? data.username ?? data.primaryEmail ?? data.primaryPhone ?? data.id] as const] : [],
    ),
    ...applications.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : [])),
  ]);
}
