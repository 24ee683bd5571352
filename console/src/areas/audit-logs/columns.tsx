import type { LogRecord } from '@aldaba/contract';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTenant } from '../../api/queries.ts';
import { type ListColumn, NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import classes from './columns.module.css';
import { type FoundName, useLogNames } from './names.ts';
import { logPhrases } from './phrases.ts';
import { useLogWords } from './words.ts';

/** What a list of entries is about, and therefore does not repeat in every row. */
export interface LogSubject {
  userId?: string;
  applicationId?: string;
}

/** The columns of every list of entries. */
export function useLogColumns(records: readonly LogRecord[], subject: LogSubject = {}): ListColumn<LogRecord>[] {
  const t = logPhrases.use();
  const names = useLogNames(records);
  const who = subject.userId ? 'application' : subject.applicationId ? 'user' : 'who';
  return [
    { header: t('columns.event'), cell: (record) => <EventCell record={record} /> },
    {
      header: t(`columns.${who}`),
      width: '200px',
      wide: true,
      cell: ({ payload: { userId, applicationId } }) => {
        const user = userId !== undefined && !subject.userId && <UserLink id={userId} name={names.user(userId)} />;
        const application = applicationId !== undefined && !subject.applicationId && (
          <ApplicationLink id={applicationId} name={names.application(applicationId)} />
        );
        return <NameCell name={user || application || t('none')} detail={user && application} />;
      },
    },
    { header: t('columns.from'), width: '170px', wide: true, cell: (record) => <OriginCell record={record} /> },
    { header: t('columns.time'), width: '130px', cell: ({ createdAt }) => <RelativeTime time={createdAt} /> },
  ];
}

function EventCell({ record }: { record: LogRecord }) {
  const t = logPhrases.use();
  const { eventOf, reasonOf } = useLogWords();
  const { result, suppressed } = record.payload;
  const Icon = result === 'Success' ? IconCircleCheck : IconCircleX;
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
      picture={
        <span className={classes.result} data-result={result} role="img" aria-label={t(`results.${result}`)}>
          <Icon size={18} stroke={1.5} aria-hidden />
        </span>
      }
    />
  );
}

/** The address or username that a step was about. */
function identifierOf({ payload: { params } }: LogRecord): string | undefined {
  const value = (params?.['identifier'] as { value?: unknown } | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}

function OriginCell({ record: { payload } }: { record: LogRecord }) {
  const t = logPhrases.use();
  const { browser, os } = payload.userAgentParsed ?? {};
  const device = [browser?.name, os?.name].filter(Boolean).join(' · ');
  return <NameCell name={device || payload.ip || t('none')} detail={device && payload.ip} />;
}

interface NameLinkProps {
  id: string;
  name: FoundName;
}

function UserLink({ id, name }: NameLinkProps) {
  const t = logPhrases.use();
  return <NameLink path={`users/${id}`} name={name} deleted={t('deletedUser')} />;
}

function ApplicationLink({ id, name }: NameLinkProps) {
  const t = logPhrases.use();
  return <NameLink path={`applications/${id}`} name={name} deleted={t('deletedApplication')} />;
}

/** A link to what still exists. @param path below `/t/<tenant>/` */
function NameLink({ path, name, deleted }: { path: string; name: FoundName; deleted: string }) {
  const tenant = useTenant();
  if (name === undefined) return null;
  if (name === null) return <span className={classes.deleted}>{deleted}</span>;
  return (
    <Link to={`/t/$tenant/${path}` as '/t/$tenant'} params={{ tenant }} className={classes.link ?? ''}>
      {name}
    </Link>
  );
}
