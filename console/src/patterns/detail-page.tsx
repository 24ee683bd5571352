import { useDocumentTitle } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTenant } from '../api/queries.ts';
import { Changing } from './changing.tsx';
import { CopyButton } from './copy.tsx';
import classes from './detail-page.module.css';
import { type PageTab, PageTabs } from './page-tabs.tsx';

interface DetailPageProps {
  /** The list that this belongs to; `path` is below `/t/<tenant>/`. */
  back: { path: string; label: string };
  name: string;
  id: { value: string; label: string };
  picture?: ReactNode;
  badge?: ReactNode;
  action?: ReactNode;
  /** Address of the page below `/t/<tenant>/`, without the tab. */
  path?: string;
  /** Without tabs the page is one. */
  tabs?: readonly PageTab[];
  /** The tab in the address. */
  tab?: string;
  children: ReactNode;
}

/** The page of one thing: the way back, name, id, state and tabs that are addresses. */
export function DetailPage(props: DetailPageProps) {
  const { back, name, id, picture, badge, action, path = '', tabs = [], tab = '', children } = props;
  const tenant = useTenant();
  const current = tabs.find((candidate) => candidate.path === tab);
  useDocumentTitle([current?.label, name, 'Aldaba'].filter(Boolean).join(' · '));
  return (
    <div className={classes.page}>
      <Link to={`/t/$tenant/${back.path}` as '/t/$tenant'} params={{ tenant }} className={classes.back ?? ''}>
        <IconArrowLeft size={16} stroke={1.5} aria-hidden />
        {back.label}
      </Link>
      <header className={classes.header}>
        {picture}
        <div className={classes.words}>
          <div className={classes.line}>
            <h1 className={classes.name} dir="auto">
              {name}
            </h1>
            {badge}
          </div>
          <div className={classes.id}>
            <span>{id.label}</span>
            <code>{id.value}</code>
            <CopyButton value={id.value} name={id.label} />
          </div>
        </div>
        <Changing>{action}</Changing>
      </header>
      {tabs.length > 0 && (
        <div className={classes.tabs}>
          <PageTabs path={path} tabs={tabs} tab={tab} />
        </div>
      )}
      {children}
    </div>
  );
}
