import { IconAlertCircle, IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Celebration } from '../../patterns/celebration.tsx';
import { Notice } from '../../patterns/notice.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { type LiveState, useLiveCheck } from './live-check.ts';
import classes from './live-panel.module.css';
import { guidePhrases } from './phrases.ts';

/** Waits for the first sign-in and turns green when it arrives. */
export function LivePanel({ applicationId }: { applicationId: string }) {
  const t = guidePhrases.use();
  const state = useLiveCheck(applicationId);
  const hasJustArrived = useArrival(state);
  const { status } = state;
  return (
    <Notice
      tone={tones[status ?? 'waiting']}
      sign={
        <>
          <Sign status={status} />
          {hasJustArrived && <Celebration />}
        </>
      }
      title={titleOf(state, t)}
    >
      {status === 'done' && state.time !== undefined && (
        <>
          {t('live.doneDetail')} <RelativeTime time={state.time} />
        </>
      )}
      {status === 'failed' && state.reason}
      {status === 'unreachable' && t('live.unreachable')}
      {(status === 'waiting' || status === undefined) && t('live.waitingDetail')}
    </Notice>
  );
}

const tones = { waiting: 'neutral', unreachable: 'neutral', done: 'success', failed: 'warning' } as const;

function titleOf({ status, name }: LiveState, t: ReturnType<typeof guidePhrases.use>): string {
  if (status === 'failed') return t('live.failed');
  if (status !== 'done') return t('live.waiting');
  return name ? t('live.done', { name }) : t('live.doneUnknown');
}

/** True once the sign-in arrived while this page was open. */
function useArrival({ status }: LiveState): boolean {
  const wasWaiting = useRef(false);
  const [hasArrived, setArrived] = useState(false);
  useEffect(() => {
    if (status === 'waiting' || status === 'failed') wasWaiting.current = true;
    if (status === 'done' && wasWaiting.current) setArrived(true);
  }, [status]);
  return hasArrived;
}

function Sign({ status }: Pick<LiveState, 'status'>) {
  if (status === 'done') return <IconCheck size={18} stroke={2} aria-hidden />;
  if (status === 'failed') return <IconAlertCircle size={18} stroke={1.5} aria-hidden />;
  return <span className={classes.pulse} />;
}

/** The same in a line, where the guide says to sign in. */
export function LiveLine({ applicationId }: { applicationId: string }) {
  const t = guidePhrases.use();
  const { status, name } = useLiveCheck(applicationId);
  const isDone = status === 'done';
  return (
    <p className={classes.line} data-status={isDone ? 'done' : 'waiting'}>
      <Sign status={isDone ? 'done' : 'waiting'} />
      {isDone ? (name ? t('live.done', { name }) : t('live.doneUnknown')) : t('live.waitingShort')}
    </p>
  );
}
