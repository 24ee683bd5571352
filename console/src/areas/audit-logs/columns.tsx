import type { LogRecord } from '@aldaba/contract';
import { useNames } from '../../api/names.ts';
import { type ListColumn, NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import classes from './columns.module.css';
import { ApplicationLink, UserLink } from './name-link.tsx';
import { logPhrases } from './phrases.ts';
import { ResultIcon } from './result-icon.tsx';
import { identifierOf, useLogWords } from './words.ts';

/** What a list of entries is about, and therefore does not repeat in every row. */
export interface LogSubject {
  userId?: string;
  applicationId?: string;
}

/** The columns of every list of entries. */
export function useLogColumns(records: readonly LogRecord[], subject: LogSubject = {}): ListColumn<LogRecord>[] {
  const t = logPhrases.use();
  const names = useNames({
    userIds: records.flatMap(({ payload }) => payload.userId ?? []),
    applicationIds: records.flatMap(({ payload }) => payload.applicationId ?? []),
  });
  const applicationName = (id: string) => {
    const name = names.application(id);
    return name === null ? t('deletedApplication') : name;
  };
  const who = subject.userId ? 'application' : subject.applicationId ? 'user' : 'who';
  return [
    { header: t('columns.event'), cell: (record) => <EventCell record={record} /> },
    {
      header: t(`columns.${who}`),
      width: '12rem',
      wide: true,
      cell: ({ payload: { userId, applicationId } }) => {
        const user = userId !== undefined && !subject.userId && <UserLink id={userId} name={names.user(userId)} />;
        const application = applicationId !== undefined && !subject.applicationId && (
          <ApplicationLink id={applicationId} name={names.application(applicationId)} />
        );
        // Two links above each other are too small to be touched apart; the entry's page links to both.
        const detail = user && applicationId !== undefined && !subject.applicationId && applicationName(applicationId);
        return <NameCell name={user || application || t('none')} detail={detail} />;
      },
    },
    { header: t('columns.from'), width: '10rem', wide: true, cell: (record) => <OriginCell record={record} /> },
    { header: t('columns.time'), width: '9.5rem', cell: ({ createdAt }) => <RelativeTime time={createdAt} /> },
  ];
}

function EventCell({ record }: { record: LogRecord }) {
  const t = logPhrases.use();
  const { eventOf, reasonOf } = useLogWords();
  const { result, suppressed } = record.payload;
  const more = typeof suppressed === 'number' && t('suppressed', { count: suppressed });
  const reason = result === 'Error' && (reasonOf(record) ?? t('results.Error'));
  return (
    <NameCell
      name={eventOf(record)}
      detail={
        reason ? (
          <span className={classes.reason}>{[reason, more].filter(Boolean).join(' · ')}</span>
        ) : (
          identifierOf(record)
        )
      }
      picture={<ResultIcon result={result} />}
    />
  );
}

function OriginCell({ record: { payload } }: { record: LogRecord }) {
  const t = logPhrases.use();
  const { browser, os } = payload.userAgentParsed ?? {};
  const device = [browser?.name, os?.name].filter(Boolean).join(' · ');
  return <NameCell name={device || payload.ip || t('none')} detail={device && payload.ip} />;
}
