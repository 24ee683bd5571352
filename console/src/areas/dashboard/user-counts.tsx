import type { BodyFrom } from '@aldaba/contract/client';
import type { getActiveUserCounts, getNewUserCounts } from '@aldaba/contract/routes';
import { Skeleton } from '@mantine/core';
import { useFormat } from '../../language/format.ts';
import { dashboardPhrases } from './phrases.ts';
import classes from './user-counts.module.css';

interface Change {
  count: number;
  delta: number;
}

interface UserCountsProps {
  total: number;
  /** Undefined while they load. */
  added: BodyFrom<typeof getNewUserCounts> | undefined;
  active: BodyFrom<typeof getActiveUserCounts> | undefined;
}

/** How many users there are, came and were active. */
export function UserCounts({ total, added, active }: UserCountsProps) {
  const t = dashboardPhrases.use();
  return (
    <section aria-labelledby="users">
      <h2 id="users" className={classes.heading}>
        {t('users.title')}
      </h2>
      <dl className={classes.figures}>
        <Figure label={t('users.total')} value={{ count: total, delta: 0 }} />
        <Figure label={t('users.today')} value={added?.today} />
        <Figure label={t('users.week')} value={added?.last7Days} />
        <Figure label={t('users.daily')} value={active?.dau} />
        <Figure label={t('users.weekly')} value={active?.wau} />
        <Figure label={t('users.monthly')} value={active?.mau} />
      </dl>
    </section>
  );
}

function Figure({ label, value }: { label: string; value: Change | undefined }) {
  const t = dashboardPhrases.use();
  const format = useFormat();
  const delta = value?.delta ?? 0;
  const text = `${delta > 0 ? '+' : '−'}${format.number(Math.abs(delta))}`;
  return (
    <div className={classes.figure}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>
        {value ? format.number(value.count) : <Skeleton height={20} width={48} />}
        {delta !== 0 && (
          <span className={classes.delta} data-rises={delta > 0 || undefined} title={t('users.more', { delta: text })}>
            {text}
          </span>
        )}
      </dd>
    </div>
  );
}
