import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  tone?: 'neutral' | 'success' | 'warning';
  /** An icon of 18 px, or what moves in its place. */
  sign: ReactNode;
  title?: string;
  children: ReactNode;
}

/** A box that says how something stands; screen readers hear when it changes. */
export function Notice({ tone = 'neutral', sign, title, children }: NoticeProps) {
  return (
    <div className={classes.notice} data-tone={tone}>
      <span className={classes.sign}>{sign}</span>
      <div className={classes.words} role="status">
        {title && <div className={classes.title}>{title}</div>}
        <div className={title ? classes.detail : undefined}>{children}</div>
      </div>
    </div>
  );
}
