import { getApplication } from '@aldaba/contract/routes';
import { getRouteApi } from '@tanstack/react-router';
import { useItem } from '../../api/queries.ts';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { applicationPhrases } from './phrases.ts';
import { ApplicationSettings } from './settings.tsx';

const route = getRouteApi('/t/$tenant/applications/$id/$tab');

export function ApplicationDetail() {
  const t = applicationPhrases.use();
  const { id, tab } = route.useParams();
  const { data: application, error, refetch } = useItem(getApplication, { params: { id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !application) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!application) return <PendingPage />;
  return (
    <DetailPage
      back={{ path: 'applications', label: t('title') }}
      name={application.name}
      id={{ value: application.id, label: t('appId') }}
      badge={<StatusBadge tone="neutral">{t(`types.${application.type}`)}</StatusBadge>}
      path={`applications/${id}`}
      tab={tab}
      tabs={[{ path: 'settings', label: t('tabs.settings') }]}
    >
      {tab === 'settings' ? <ApplicationSettings application={application} /> : <NotFoundPage />}
    </DetailPage>
  );
}
