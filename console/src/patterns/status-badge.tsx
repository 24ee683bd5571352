import classes from './status-badge.module.css';

interface StatusBadgeProps {
  tone: 'neutral' | 'success' | 'warning' | 'danger';
  children: string;
}

/** A state in a word; the dot only helps the eye. */
export function StatusBadge({ tone, children }: StatusBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  );
}
