import type { LogRecord } from '@aldaba/contract';
import { getLog } from '@aldaba/contract/routes';
import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useItem, useTenant } from '../../api/queries.ts';
import { CodeBlock } from '../../patterns/code-block.tsx';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import classes from './detail.module.css';
import { LogFacts } from './facts.tsx';
import { logPhrases } from './phrases.ts';
import { Steps } from './steps.tsx';
import { useLogWords } from './words.ts';

const route = getRouteApi('/t/$tenant/audit-logs/$id');

/** One entry of the audit log: what happened, the other steps of the same sign-in, and the record itself. */
export function AuditLogEntry() {
  const t = logPhrases.use();
  const { eventOf } = useLogWords();
  const { id } = route.useParams();
  const { data: record, error, refetch } = useItem(getLog, { params: { id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !record) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!record) return <PendingPage />;
  const { result, sessionId } = record.payload;
  return (
    <DetailPage
      back={{ path: 'audit-logs', label: t('area.title') }}
      name={eventOf(record)}
      id={{ value: record.id, label: t('detail.id') }}
      badge={<StatusBadge tone={result === 'Success' ? 'success' : 'danger'}>{t(`results.${result}`)}</StatusBadge>}
    >
      <div className={classes.sections}>
        {result === 'Error' && <Failure record={record} />}
        <LogFacts record={record} />
        {sessionId !== undefined && <Steps sessionId={sessionId} current={record.id} />}
        <More record={record} />
        <Json record={record} />
      </div>
    </DetailPage>
  );
}

/** Why it failed, and what to do about it. */
function Failure({ record }: { record: LogRecord }) {
  const t = logPhrases.use();
  const { reasonOf, adviceOf } = useLogWords();
  const advice = adviceOf(record);
  const { error } = record.payload;
  const code = typeof error === 'object' && typeof error['code'] === 'string' ? error['code'] : undefined;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} stroke={1.5} />}
      title={reasonOf(record) ?? t('results.Error')}
    >
      {advice && <p className={classes.advice}>{advice}</p>}
      {code && <code className={classes.code}>{code}</code>}
    </Alert>
  );
}

/** Ways to the list of similar entries. */
function More({ record: { key, payload } }: { record: LogRecord }) {
  const t = logPhrases.use();
  const tenant = useTenant();
  const { userId, applicationId } = payload;
  const links = [
    { label: t('detail.moreEvent'), search: { event: key } },
    ...(userId ? [{ label: t('detail.moreUser'), search: { user: userId } }] : []),
    ...(applicationId ? [{ label: t('detail.moreApplication'), search: { application: applicationId } }] : []),
  ];
  return (
    <section aria-labelledby="more">
      <h2 id="more" className={classes.heading}>
        {t('detail.more')}
      </h2>
      <div className={classes.more}>
        {links.map(({ label, search }) => (
          <Button
            key={label}
            variant="default"
            renderRoot={(props) => <Link to="/t/$tenant/audit-logs" params={{ tenant }} search={search} {...props} />}
          >
            {label}
          </Button>
        ))}
      </div>
    </section>
  );
}

/** The record as the API returns it. */
function Json({ record }: { record: LogRecord }) {
  const t = logPhrases.use();
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <section>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<Chevron size={16} stroke={1.5} />}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {t('detail.json')}
      </Button>
      {isOpen && <CodeBlock language="json" name={t('detail.jsonName')} code={JSON.stringify(record, null, 2)} />}
    </section>
  );
}
