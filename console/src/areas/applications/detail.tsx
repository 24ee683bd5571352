import type { Application } from '@aldaba/contract';
import { getApplication } from '@aldaba/contract/routes';
import { getRouteApi } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { useItem } from '../../api/queries.ts';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { hasSecrets } from '../guides/guide-values.ts';
import { ApplicationAccessControl } from './access-control.tsx';
import { ApplicationBranding } from './branding.tsx';
import { ApplicationEndpoints } from './endpoints.tsx';
import { ApplicationGrants } from './grants.tsx';
import { ApplicationLogs } from './logs.tsx';
import { ApplicationPermissions } from './permissions.tsx';
import type en from './phrases/en.ts';
import { applicationPhrases } from './phrases.ts';
import { ApplicationRoles } from './roles.tsx';
import { ApplicationSecrets } from './secrets.tsx';
import { ApplicationSettings } from './settings.tsx';

const GuideTab = lazy(async () => ({ default: (await import('../guides/guide-tab.tsx')).GuideTab }));

interface Tab {
  path: keyof typeof en.tabs;
  page: ComponentType<{ application: Application }>;
}

/** The tabs that an application of this type has, in the order of use. */
function tabsOf(application: Application): Tab[] {
  const isMachine = application.type === 'MachineToMachine';
  const tabs: (Tab & { isShown?: boolean })[] = [
    { path: 'settings', page: ApplicationSettings },
    { path: 'guide', page: GuideTab },
    { path: 'endpoints', page: ApplicationEndpoints },
    { path: 'secrets', page: ApplicationSecrets, isShown: hasSecrets(application) },
    { path: 'roles', page: ApplicationRoles, isShown: isMachine },
    { path: 'permissions', page: ApplicationPermissions, isShown: application.isThirdParty },
    { path: 'branding', page: ApplicationBranding, isShown: !isMachine },
    { path: 'access', page: ApplicationAccessControl, isShown: !isMachine },
    { path: 'grants', page: ApplicationGrants, isShown: !isMachine },
    { path: 'logs', page: ApplicationLogs },
  ];
  return tabs.filter(({ isShown = true }) => isShown);
}

const route = getRouteApi('/t/$tenant/applications/$id/$tab');

export function ApplicationDetail() {
  const t = applicationPhrases.use();
  const { id, tab } = route.useParams();
  const { data: application, error, refetch } = useItem(getApplication, { params: { id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !application) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!application) return <PendingPage />;
  const tabs = tabsOf(application);
  const Tab = tabs.find(({ path }) => path === tab)?.page;
  return (
    <DetailPage
      back={{ path: 'applications', label: t('title') }}
      name={application.name}
      id={{ value: application.id, label: t('appId') }}
      badge={<StatusBadge tone="neutral">{t(`types.${application.type}`)}</StatusBadge>}
      path={`applications/${id}`}
      tab={tab}
      tabs={tabs.map(({ path }) => ({ path, label: t(`tabs.${path}`) }))}
    >
      {Tab ? <Tab application={application} /> : <NotFoundPage />}
    </DetailPage>
  );
}
