import { listLogs } from '@aldaba/contract/routes';
import { useNames } from '../../api/names.ts';
import { useList } from '../../api/queries.ts';
import { ListTable, NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { UserLink } from '../audit-logs/name-link.tsx';
import { logPhrases } from '../audit-logs/phrases.ts';
import tableClasses from './last-sign-ins.module.css';
import { dashboardPhrases } from './phrases.ts';
import classes from './user-counts.module.css';

/** Who signed in to what, newest first. */
export function LastSignIns() {
  const t = dashboardPhrases.use();
  const logs = logPhrases.use();
  const { data } = useList(listLogs, {
    query: { logKey: 'ExchangeTokenBy.AuthorizationCode', enableCap: 'true' },
    pageSize: 8,
  });
  const items = data?.items.filter(({ payload }) => payload.result === 'Success');
  const names = useNames({
    userIds: items?.flatMap(({ payload }) => payload.userId ?? []) ?? [],
    applicationIds: items?.flatMap(({ payload }) => payload.applicationId ?? []) ?? [],
  });
  const applicationName = (id: string) => {
    const name = names.application(id);
    return name === null ? logs('deletedApplication') : name;
  };
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
                cell: ({ payload: { userId, applicationId } }) => (
                  <NameCell
                    name={userId && <UserLink id={userId} name={names.user(userId)} />}
                    detail={applicationId && applicationName(applicationId)}
                  />
                ),
              },
              {
                header: t('signIns.time'),
                width: '10rem',
                cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
              },
            ]}
          />
        )}
      </div>
    </section>
  );
}
