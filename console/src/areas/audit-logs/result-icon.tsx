import type { LogRecord } from '@aldaba/contract';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { logPhrases } from './phrases.ts';
import classes from './result-icon.module.css';

/** Whether it succeeded, for the eye and for screen readers. */
export function ResultIcon({ result }: { result: LogRecord['payload']['result'] }) {
  const t = logPhrases.use();
  const Icon = result === 'Success' ? IconCircleCheck : IconCircleX;
  return (
    <span className={classes.icon} data-result={result} role="img" aria-label={t(`results.${result}`)}>
      <Icon size={18} stroke={1.5} aria-hidden />
    </span>
  );
}
