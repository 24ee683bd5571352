import type { LogRecord } from '@aldaba/contract';
import { listLogs } from '@aldaba/contract/routes';
import { Link } from '@tanstack/react-router';
import { useList, useTenant } from '../../api/queries.ts';
import { useFormat } from '../../language/format.ts';
import rowLink from '../../patterns/row-link.module.css';
import classes from './detail.module.css';
import { logPhrases } from './phrases.ts';
import { ResultIcon } from './result-icon.tsx';
import { useLogWords } from './words.ts';

/** Entries of a sign-in that are shown; a usual one has about 10. */
const most = 100;

/** The entries of the same sign-in, in their order. */
export function Steps({ sessionId, current }: { sessionId: string; current: string }) {
  const t = logPhrases.use();
  const { data } = useList(listLogs, { query: { sessionId }, pageSize: most });
  if (!data || data.items.length < 2) return null;
  return (
    <section aria-labelledby="steps">
      <h2 id="steps" className={classes.heading}>
        {t('detail.steps')}
      </h2>
      <ol className={classes.steps}>
        {data.items.toReversed().map((record) => (
          <Step key={record.id} record={record} isCurrent={record.id === current} />
        ))}
      </ol>
    </section>
  );
}

function Step({ record, isCurrent }: { record: LogRecord; isCurrent: boolean }) {
  const { eventOf, reasonOf } = useLogWords();
  const format = useFormat();
  const tenant = useTenant();
  const reason = reasonOf(record);
  return (
    <li className={classes.step} data-current={isCurrent || undefined}>
      <ResultIcon result={record.payload.result} />
      <Link
        to="/t/$tenant/audit-logs/$id"
        params={{ tenant, id: record.id }}
        className={`${rowLink.link} ${classes.stepWords}`}
        aria-current={isCurrent ? 'page' : undefined}
      >
        {eventOf(record)}
        {reason && <span className={classes.stepReason}>{reason}</span>}
      </Link>
      <time className={classes.clock} dateTime={new Date(record.createdAt).toISOString()}>
        {format.clock(record.createdAt)}
      </time>
    </li>
  );
}
