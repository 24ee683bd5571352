import type { BodyFrom } from '@aldaba/contract/client';
import type { getActiveUserCounts, getNewUserCounts } from '@aldaba/contract/routes';
import { SegmentedControl, Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useFormat } from '../../language/format.ts';
import classes from './activity.module.css';
import { ActivityTable } from './activity-table.tsx';
import type { DayCount } from './day-count.ts';
import { dashboardPhrases } from './phrases.ts';

const ActivityChart = lazy(() => import('./activity-chart.tsx'));

/** Pixels of a chart or a table: a table of 7 days fits, one of 30 scrolls. */
const height = 240;

const route = getRouteApi('/t/$tenant/dashboard');

interface ActivityProps {
  /** Undefined while they load. */
  active: BodyFrom<typeof getActiveUserCounts> | undefined;
  added: BodyFrom<typeof getNewUserCounts> | undefined;
}

/** Active and new users day by day, as charts or as tables. */
export function Activity({ active, added }: ActivityProps) {
  const t = dashboardPhrases.use();
  const { days = 30 } = route.useSearch();
  const isWeek = days === 7;
  return (
    <section aria-labelledby="activity">
      <header className={classes.header}>
        <h2 id="activity" className={classes.heading}>
          {t('activity.title')}
        </h2>
        <Controls />
      </header>
      <div className={classes.cards}>
        <Card name="active" change={isWeek ? active?.wau : active?.mau} curve={active?.dauCurve} />
        <Card name="added" change={isWeek ? added?.last7Days : added?.last30Days} curve={added?.newUserCurve} />
      </div>
      <p className={classes.note}>{t('activity.note')}</p>
    </section>
  );
}

/** Which days, and in which form; both are in the address. */
function Controls() {
  const t = dashboardPhrases.use();
  const navigate = route.useNavigate();
  const { days = 30, view = 'chart' } = route.useSearch();
  const change = (next: ReturnType<typeof route.useSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  return (
    <div className={classes.controls}>
      <SegmentedControl
        size="xs"
        aria-label={t('activity.range')}
        value={String(days)}
        onChange={(value) => change({ days: value === '7' ? 7 : undefined })}
        data={['7', '30'].map((value) => ({ value, label: t('activity.days', { days: value }) }))}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('activity.view')}
        value={view}
        onChange={(value) => change({ view: value === 'table' ? 'table' : undefined })}
        data={[
          { value: 'chart', label: t('activity.chart') },
          { value: 'table', label: t('activity.table') },
        ]}
      />
    </div>
  );
}

interface CardProps {
  name: 'active' | 'added';
  /** The users of the whole period, and how many more than in the one before. */
  change: { count: number; delta: number } | undefined;
  /** 30 days, oldest first. */
  curve: readonly DayCount[] | undefined;
}

function Card({ name, change, curve }: CardProps) {
  const t = dashboardPhrases.use();
  const { days = 30, view } = route.useSearch();
  const title = t(`activity.${name}Title`);
  const shown = curve?.slice(-days);
  const skeleton = <Skeleton height={height} />;
  return (
    <article className={classes.card} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      {change ? <Summary name={name} change={change} days={days} /> : <Skeleton height={42} mt={4} mb={12} />}
      {!shown && skeleton}
      {shown && view === 'table' && <ActivityTable title={title} curve={shown} height={height} />}
      {shown && view !== 'table' && (
        <Suspense fallback={skeleton}>
          <ActivityChart title={title} curve={shown} height={height} />
        </Suspense>
      )}
    </article>
  );
}

interface SummaryProps {
  name: CardProps['name'];
  change: { count: number; delta: number };
  days: number;
}

/** The period in words, and how it compares with the one before. */
function Summary({ name, change: { count, delta }, days }: SummaryProps) {
  const t = dashboardPhrases.use();
  const format = useFormat();
  const direction = delta === 0 ? 'same' : delta > 0 ? 'more' : 'fewer';
  return (
    <p className={classes.summary}>
      <span className={classes.count}>{t(`activity.${name}`, { count, days: String(days) })}</span>
      <span className={classes.comparison}>
        {t(`activity.${direction}`, { count: format.number(Math.abs(delta)), days: String(days) })}
      </span>
    </p>
  );
}
