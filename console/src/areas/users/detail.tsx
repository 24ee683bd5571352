import { getUser } from '@aldaba/contract/routes';
import { getRouteApi } from '@tanstack/react-router';
import { useItem } from '../../api/queries.ts';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { UserActions } from './actions.tsx';
import { nameOfUser, UserAvatar } from './identity.tsx';
import { userPhrases } from './phrases.ts';
import { UserProfile } from './profile.tsx';

const route = getRouteApi('/t/$tenant/users/$id/$tab');

export function UserDetail() {
  const t = userPhrases.use();
  const { id, tab } = route.useParams();
  const { data: user, error, refetch } = useItem(getUser, { params: { userId: id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !user) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!user) return <PendingPage />;
  return (
    <DetailPage
      back={{ path: 'users', label: t('title') }}
      name={nameOfUser(user)}
      id={{ value: user.id, label: t('userId') }}
      picture={<UserAvatar user={user} size={48} />}
      badge={user.isSuspended && <StatusBadge tone="warning">{t('suspended')}</StatusBadge>}
      action={<UserActions user={user} />}
      path={`users/${id}`}
      tab={tab}
      tabs={[{ path: 'profile', label: t('tabs.profile') }]}
    >
      {tab === 'profile' ? <UserProfile user={user} /> : <NotFoundPage />}
    </DetailPage>
  );
}
