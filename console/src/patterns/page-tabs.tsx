import { Link } from '@tanstack/react-router';
import { useTenant } from '../api/queries.ts';
import classes from './page-tabs.module.css';
import { patternPhrases } from './phrases.ts';

export interface PageTab {
  /** Last part of the address. */
  path: string;
  label: string;
}

interface PageTabsProps {
  /** Address of the page below `/t/<tenant>/`, without the tab. */
  path: string;
  tabs: readonly PageTab[];
  /** The tab in the address. */
  tab: string;
}

/** Tabs that are addresses. */
export function PageTabs({ path, tabs, tab }: PageTabsProps) {
  const t = patternPhrases.use();
  const tenant = useTenant();
  return (
    <nav className={classes.tabs} aria-label={t('detail.tabs')}>
      {tabs.map(({ path: last, label }) => (
        <Link
          key={last}
          to={`/t/$tenant/${path}/${last}` as '/t/$tenant'}
          params={{ tenant }}
          className={classes.tab ?? ''}
          data-current={last === tab || undefined}
          aria-current={last === tab ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
