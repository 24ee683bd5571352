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
  /** Users of today. */
  total: number;
  /** Undefined while they load. */
  active: BodyFrom<typeof getActiveUserCounts> | undefined;
  added: BodyFrom<typeof getNewUserCounts> | undefined;
}

/** All, active and new users day by day, as charts or as tables. */
export function Activity({ total, active, added }: ActivityProps) {
  const t = dashboardPhrases.use();
  const { days = 30 } = route.useSearch();
  const compare = useComparison(days);
  const isWeek = days === 7;
  const grown = isWeek ? added?.last7Days : added?.last30Days;
  const used = isWeek ? active?.wau : active?.mau;
  return (
    <section aria-labelledby="activity">
      <header className={classes.header}>
        <h2 id="activity" className={classes.heading}>
          {t('activity.title')}
        </h2>
        <Controls />
      </header>
      <div className={classes.cards}>
        <Card
          title={t('activity.totalTitle')}
          count={t('activity.total', { count: total })}
          comparison={grown && t('activity.grown', { count: grown.count, days: String(days) })}
          curve={added && totalsOf(total, added.newUserCurve)}
        />
        <Card
          title={t('activity.activeTitle')}
          count={used && t('activity.active', { count: used.count, days: String(days) })}
          comparison={used && compare(used.delta)}
          curve={active?.dauCurve}
        />
        <Card
          title={t('activity.addedTitle')}
          count={grown && t('activity.added', { count: grown.count, days: String(days) })}
          comparison={grown && compare(grown.delta)}
          curve={added?.newUserCurve}
        />
      </div>
      <p className={classes.note}>{t('activity.note')}</p>
    </section>
  );
}

/** How many of the users of today there were at the end of each day. */
function totalsOf(total: number, added: readonly DayCount[]): DayCount[] {
  let rest = total;
  return added
    .toReversed()
    .map(({ date, count }) => {
      const day = { date, count: rest };
      rest -= count;
      return day;
    })
    .toReversed();
}

/** How a period compares with the one before, in words. */
function useComparison(days: number): (delta: number) => string {
  const t = dashboardPhrases.use();
  const format = useFormat();
  return (delta) => {
    const direction = delta === 0 ? 'same' : delta > 0 ? 'more' : 'fewer';
    return t(`activity.${direction}`, { count: format.number(Math.abs(delta)), days: String(days) });
  };
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
  title: string;
  /** The period in words, and how it compares; undefined while they load. */
  count: string | undefined;
  comparison: string | undefined;
  /** 30 days, oldest first. */
  curve: readonly DayCount[] | undefined;
}

function Card({ title, count, comparison, curve }: CardProps) {
  const { days = 30, view } = route.useSearch();
  const shown = curve?.slice(-days);
  const skeleton = <Skeleton height={height} />;
  return (
    <article className={classes.card} aria-label={title}>
      <h3 className={classes.title}>{title}</h3>
      {count && comparison ? (
        <p className={classes.summary}>
          <span className={classes.count}>{count}</span>
          <span className={classes.comparison}>{comparison}</span>
        </p>
      ) : (
        <Skeleton height={42} mt={4} mb={12} />
      )}
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
