import { AppShell, Drawer } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { getRouteApi, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import classes from './frame.module.css';
import { Header } from './header.tsx';
import { NoAccessPage } from './no-access-page.tsx';
import { PendingPage } from './pending-page.tsx';
import { shellPhrases } from './phrases.ts';
import { Sidebar } from './sidebar.tsx';

const ReadOnlyNotice = lazy(() => import('./read-only-notice.tsx'));

const tenantRoute = getRouteApi('/t/$tenant');

/** Header, sidebar and the page. On phones the sidebar is a sheet behind a button. */
export function Frame() {
  const t = shellPhrases.use();
  const { administrator } = tenantRoute.useRouteContext();
  const { tenant } = tenantRoute.useParams();
  const [isOpen, sheet] = useDisclosure();
  const [isNarrow, setNarrow] = useLocalStorage({ key: 'aldaba.sidebar', defaultValue: false });
  // Whole, because a fragment alone counts from the base of the document.
  const address = useRouterState({ select: ({ location }) => location.publicHref.split('#', 1)[0] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the sheet.
  useEffect(() => sheet.close(), [address]);
  if (!administrator.isPermitted) return <NoAccessPage administrator={administrator} tenant={tenant} />;
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: isNarrow ? 56 : 232, breakpoint: 'sm', collapsed: { mobile: true } }}
      transitionDuration={0}
    >
      <a className={classes.skip} href={`${address}#content`}>
        {t('skipToContent')}
      </a>
      <AppShell.Header className={classes.header}>
        <Header administrator={administrator} tenant={tenant} onOpenNavigation={sheet.open} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t('navigation')}>
        <Sidebar tenant={tenant} isNarrow={isNarrow} onNarrow={setNarrow} />
      </AppShell.Navbar>
      <Drawer.Root opened={isOpen} onClose={sheet.close} size={264}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={t('navigation')}>
          <Drawer.CloseButton aria-label={t('closeNavigation')} className={classes.close ?? ''} size={36} />
          <Drawer.Body className={classes.sheet ?? ''}>
            <Sidebar tenant={tenant} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        {administrator.isReadOnly && (
          <Suspense>
            <ReadOnlyNotice />
          </Suspense>
        )}
        <Suspense fallback={<PendingPage />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}
