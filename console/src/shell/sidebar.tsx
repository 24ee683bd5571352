import { ActionIcon, ScrollArea, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { type NavigationPage, navigation } from './navigation.ts';
import { shellPhrases } from './phrases.ts';
import classes from './sidebar.module.css';

// Apart, because it brings a route of the contract with it.
const WhileInboxUsed = lazy(() => import('./while-inbox-used.tsx'));

interface SidebarProps {
  tenant: string;
  /** Icons alone. */
  isNarrow?: boolean;
  /** Without it the width is fixed, as in the sheet of phones. */
  onNarrow?: (isNarrow: boolean) => void;
}

export function Sidebar({ tenant, isNarrow = false, onNarrow }: SidebarProps) {
  const t = shellPhrases.use();
  const Icon = isNarrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const label = t(isNarrow ? 'expandSidebar' : 'collapseSidebar');
  return (
    <>
      <ScrollArea className={classes.pages ?? ''} type="never">
        {navigation.map(({ name, pages }) => (
          <div key={name ?? ''} className={classes.group}>
            {name && !isNarrow && <h2 className={classes.heading}>{t(`groups.${name}`)}</h2>}
            <ul className={classes.list}>
              {pages.map((page) => {
                const item = (
                  <li key={page.path}>
                    <PageLink page={page} tenant={tenant} isNarrow={isNarrow} />
                  </li>
                );
                if (!page.isForInbox) return item;
                return (
                  <Suspense key={page.path}>
                    <WhileInboxUsed tenant={tenant}>{item}</WhileInboxUsed>
                  </Suspense>
                );
              })}
            </ul>
          </div>
        ))}
      </ScrollArea>
      {onNarrow && (
        <div className={classes.foot}>
          <Tooltip label={label} position="right">
            <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => onNarrow(!isNarrow)}>
              <Icon size={18} stroke={1.5} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </>
  );
}

function PageLink({ page, tenant, isNarrow }: { page: NavigationPage; tenant: string; isNarrow: boolean }) {
  const t = shellPhrases.use();
  const name = t(`pages.${page.name}`);
  const { icon: Icon } = page;
  return (
    <Tooltip label={name} position="right" disabled={!isNarrow}>
      <Link
        to={`/t/$tenant/${page.path}` as '/t/$tenant'}
        params={{ tenant }}
        className={classes.link ?? ''}
        data-narrow={isNarrow || undefined}
        aria-label={isNarrow ? name : undefined}
      >
        <Icon size={18} stroke={1.5} aria-hidden />
        {!isNarrow && name}
      </Link>
    </Tooltip>
  );
}
