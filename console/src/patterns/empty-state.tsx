import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useIsReadOnly } from '../session/administrator.ts';
import classes from './empty-state.module.css';
import { patternPhrases } from './phrases.ts';

interface EmptyStateProps {
  icon: TablerIcon;
  title: string;
  /** One sentence: what this is for, or what to do. */
  detail?: ReactNode;
  /** What makes the first entry. Colleagues who only read are not invited to it. */
  action?: ReactNode;
  children?: ReactNode;
}

/** In place of a list without entries: what it is for and one thing to do. */
export function EmptyState({ icon: Icon, title, detail, action, children }: EmptyStateProps) {
  const t = patternPhrases.use();
  const isReadOnly = useIsReadOnly() && Boolean(action);
  return (
    <div className={classes.box}>
      <span className={classes.tile}>
        <Icon size={22} stroke={1.5} aria-hidden />
      </span>
      <h2 className={classes.title}>{isReadOnly ? t('list.none') : title}</h2>
      {detail && !isReadOnly && <p className={classes.detail}>{detail}</p>}
      {((action && !isReadOnly) || children) && (
        <div className={classes.actions}>
          {!isReadOnly && action}
          {children}
        </div>
      )}
    </div>
  );
}
