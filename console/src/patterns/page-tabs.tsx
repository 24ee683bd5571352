import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
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
  const list = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab has to be seen where not all fit.
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);
  return (
    <nav ref={list} className={classes.tabs} aria-label={t('detail.tabs')}>
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
