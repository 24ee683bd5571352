import type { User } from '@aldaba/contract';
import { getUser } from '@aldaba/contract/routes';
import { getRouteApi } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useItem } from '../../api/queries.ts';
import { nameOfUser } from '../../api/user-names.ts';
import { DetailPage } from '../../patterns/detail-page.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ErrorPage, NotFoundPage } from '../../shell/error-pages.tsx';
import { PendingPage } from '../../shell/pending-page.tsx';
import { UserActions } from './actions.tsx';
import { UserAvatar } from './avatar.tsx';
import { ConnectedApplications } from './connected.tsx';
import { UserFactors } from './factors.tsx';
import { UserIdentities } from './identities.tsx';
import { UserLogs } from './logs.tsx';
import { UserOrganizations } from './organizations.tsx';
import type en from './phrases/en.ts';
import { userPhrases } from './phrases.ts';
import { UserProfile } from './profile.tsx';
import { UserRoles } from './roles.tsx';
import { UserSessions } from './sessions.tsx';
import { UserTokens } from './tokens.tsx';

/** In the order of use. */
const tabs: readonly { path: keyof typeof en.tabs; page: ComponentType<{ user: User }> }[] = [
  { path: 'profile', page: UserProfile },
  { path: 'roles', page: UserRoles },
  { path: 'organizations', page: UserOrganizations },
  { path: 'identities', page: UserIdentities },
  { path: 'mfa', page: UserFactors },
  { path: 'sessions', page: UserSessions },
  { path: 'applications', page: ConnectedApplications },
  { path: 'tokens', page: UserTokens },
  { path: 'logs', page: UserLogs },
];

const route = getRouteApi('/t/$tenant/users/$id/$tab');

export function UserDetail() {
  const t = userPhrases.use();
  const { id, tab } = route.useParams();
  const { data: user, error, refetch } = useItem(getUser, { params: { userId: id } });
  if (error?.status === 404) return <NotFoundPage />;
  if (error && !user) return <ErrorPage error={error} reset={() => void refetch()} />;
  if (!user) return <PendingPage />;
  const Tab = tabs.find(({ path }) => path === tab)?.page;
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
      tabs={tabs.map(({ path }) => ({ path, label: t(`tabs.${path}`) }))}
    >
      {Tab ? <Tab user={user} /> : <NotFoundPage />}
    </DetailPage>
  );
}
