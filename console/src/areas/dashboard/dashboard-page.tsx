import {
  getActiveUserCounts,
  getNewUserCounts,
  getTotalUserCount,
  updateAdminConsoleConfig,
} from '@aldaba/contract/routes';
import { Button } from '@mantine/core';
import { useChange, useItem } from '../../api/queries.ts';
import { Page } from '../../patterns/page.tsx';
import { ErrorPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { Activity } from './activity.tsx';
import { Checklist } from './checklist.tsx';
import classes from './dashboard-page.module.css';
import { useFirstSteps } from './first-steps.ts';
import { LastSignIns } from './last-sign-ins.tsx';
import { dashboardPhrases } from './phrases.ts';
import { UserCounts } from './user-counts.tsx';

/** The first steps until they are done or hidden, and figures as soon as there are users. */
export function DashboardPage() {
  const t = dashboardPhrases.use();
  const { data, error, refetch } = useFirstSteps();
  const users = useItem(getTotalUserCount);
  const added = useItem(getNewUserCounts);
  const active = useItem(getActiveUserCounts, { query: {} });
  const update = useChange(updateAdminConsoleConfig);
  if (error && !data) return <ErrorPage error={error as Error} reset={refetch} />;
  const failed = [users, added, active].find((query) => query.error && !query.data);
  if (failed) return <ErrorPage error={failed.error} reset={() => void failed.refetch()} />;
  if (!data || users.isPending) return <PendingPage />;
  const isUnfinished = data.steps.some(({ isDone }) => !isDone);
  const isOpen = isUnfinished && !data.isDismissed;
  const hasUsers = (users.data?.totalUserCount ?? 0) > 0;
  return (
    <Page
      title={isOpen ? t('getStarted') : t('dashboard')}
      description={isOpen ? t('getStartedDetail') : undefined}
      action={
        isUnfinished &&
        !isOpen && (
          <Button
            variant="default"
            loading={update.isPending}
            onClick={() => update.mutate({ body: { getStartedDismissed: false } })}
          >
            {t('steps.show')}
          </Button>
        )
      }
    >
      <div className={classes.sections}>
        {isOpen && <Checklist steps={data.steps} />}
        {(hasUsers || !isOpen) && (
          <>
            <UserCounts total={users.data?.totalUserCount ?? 0} added={added.data} active={active.data} />
            {hasUsers && <Activity total={users.data?.totalUserCount ?? 0} added={added.data} active={active.data} />}
            <LastSignIns />
          </>
        )}
      </div>
    </Page>
  );
}
