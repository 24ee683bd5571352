import type { User } from '@aldaba/contract';
import { listUsers } from '@aldaba/contract/routes';
import { Button, Menu } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useList, useTenant } from '../../api/queries.ts';
import { contactOfUser, nameOfUser } from '../../api/user-names.ts';
import { ListPage } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { ActionDialogs, ActionItems, type AskedAction } from './actions.tsx';
import { UserAvatar } from './avatar.tsx';
import { CreateUser } from './create.tsx';
import { UserFilters } from './filters.tsx';
import { userPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/users');

const day = 86_400_000;
/** The beginning of a day (UTC), so that the same page of the list is asked for all day. */
const daysAgo = (days: number): number => Math.floor(Date.now() / day - days) * day;

/** The page of the list that the address asks for. */
function useUsers() {
  const { q, page } = useListSearch();
  const { status, role, organization, mfa, created, active, sort } = route.useSearch();
  const filters = {
    ...(status && { isSuspended: String(status === 'suspended') }),
    ...(role && { roleId: role }),
    ...(organization && { organizationId: organization }),
    ...(mfa && { hasMfa: String(mfa === 'yes') }),
    ...(created && { createdAfter: daysAgo(created) }),
    ...(active && { lastSignInAfter: daysAgo(active) }),
  };
  const query = { ...(q && { search: `%${q}%` }), ...filters, ...(sort && { sort }) };
  const list = useList(listUsers, { query, page, pageSize });
  return { list, isFiltered: Object.keys(filters).length > 0 };
}

export function UserList() {
  const t = userPhrases.use();
  const tenant = useTenant();
  const { list, isFiltered } = useUsers();
  const [isCreating, setCreating] = useState(false);
  const [asked, setAsked] = useState<AskedAction>();
  const create = (
    <Button leftSection={<IconPlus size={16} stroke={1.5} />} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  return (
    <>
      <ListPage
        title={t('title')}
        description={t('description')}
        action={create}
        list={list}
        searchLabel={t('search')}
        filters={<UserFilters />}
        isFiltered={isFiltered}
        idOf={({ id }) => id}
        nameOf={nameOfUser}
        linkOf={({ id }) => `users/${id}`}
        menuOf={(user) => (
          <>
            <Menu.Item
              renderRoot={(props) => <Link {...props} to="/t/$tenant/users/$id" params={{ tenant, id: user.id }} />}
            >
              {t('actions.open')}
            </Menu.Item>
            <ActionItems user={user} ask={setAsked} />
            <Menu.Item color="red" onClick={() => setAsked({ user, action: 'delete' })}>
              {t('actions.delete')}
            </Menu.Item>
          </>
        )}
        columns={[
          { header: t('columns.name'), cell: (user) => <UserCell user={user} /> },
          {
            header: t('columns.identifiers'),
            width: '28%',
            wide: true,
            cell: (user) => contactOfUser(user) ?? t('none'),
          },
          {
            header: t('columns.lastSignIn'),
            width: '18%',
            wide: true,
            cell: ({ lastSignInAt }) => (lastSignInAt === null ? t('never') : <RelativeTime time={lastSignInAt} />),
          },
          {
            header: t('columns.created'),
            width: '18%',
            wide: true,
            cell: ({ createdAt }) => <RelativeTime time={createdAt} />,
          },
        ]}
        empty={{ icon: IconUsers, title: t('emptyTitle'), detail: t('emptyDetail'), action: create }}
      />
      <ActionDialogs asked={asked} onClose={() => setAsked(undefined)} />
      <CreateUser isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

function UserCell({ user }: { user: User }) {
  const t = userPhrases.use();
  return (
    <NameCell
      name={nameOfUser(user)}
      detail={<code>{user.id}</code>}
      picture={<UserAvatar user={user} size={32} />}
      badge={user.isSuspended && <StatusBadge tone="warning">{t('suspended')}</StatusBadge>}
    />
  );
}
