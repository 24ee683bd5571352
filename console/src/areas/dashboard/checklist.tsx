import { updateAdminConsoleConfig } from '@aldaba/contract/routes';
import { Button } from '@mantine/core';
import { IconCheck, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useChange, useTenant } from '../../api/queries.ts';
import { Changing } from '../../patterns/changing.tsx';
import classes from './checklist.module.css';
import type { FirstStep } from './first-steps.ts';
import { dashboardPhrases } from './phrases.ts';

/** The first steps: each leads to where it is done, and is ticked once it is. */
export function Checklist({ steps }: { steps: readonly FirstStep[] }) {
  const t = dashboardPhrases.use();
  const tenant = useTenant();
  const update = useChange(updateAdminConsoleConfig);
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <section className={classes.card} aria-labelledby="first-steps">
      <header className={classes.header}>
        <h2 id="first-steps" className={classes.heading}>
          {t('steps.title')}
        </h2>
        <span className={classes.progress}>
          {t('steps.progress', { done: String(done), total: String(steps.length) })}
        </span>
        <Changing>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            loading={update.isPending}
            onClick={() => update.mutate({ body: { getStartedDismissed: true } })}
          >
            {t('steps.dismiss')}
          </Button>
        </Changing>
      </header>
      <ol className={classes.steps}>
        {steps.map(({ name, path, isDone }) => (
          <li key={name}>
            <Link
              to={`/t/$tenant/${path}` as '/t/$tenant'}
              params={{ tenant }}
              className={classes.step ?? ''}
              data-done={isDone || undefined}
            >
              <span className={classes.tick} role="img" aria-label={t(isDone ? 'steps.done' : 'steps.open')}>
                {isDone && <IconCheck size={14} stroke={2.5} aria-hidden />}
              </span>
              <span className={classes.words}>
                <span className={classes.title}>{t(`steps.${name}`)}</span>
                <span className={classes.detail}>{t(`steps.${name}Detail`)}</span>
              </span>
              <IconChevronRight size={18} stroke={1.5} aria-hidden />
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
