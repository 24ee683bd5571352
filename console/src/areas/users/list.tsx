import type { User } from '@aldaba/contract';
import { listRoles, listUsers } from '@aldaba/contract/routes';
import { Button, Select } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useList } from '../../api/queries.ts';
import { ListPage } from '../../patterns/list-page.tsx';
import { pageSize, useListSearch } from '../../patterns/list-search.ts';
import { NameCell } from '../../patterns/list-table.tsx';
import { RelativeTime } from '../../patterns/relative-time.tsx';
import { StatusBadge } from '../../patterns/status-badge.tsx';
import { CreateUser } from './create.tsx';
import { contactOfUser, nameOfUser, UserAvatar } from './identity.tsx';
import classes from './list.module.css';
import { userPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/users');

export function UserList() {
  const t = userPhrases.use();
  const { q, page } = useListSearch();
  const { status, role } = route.useSearch();
  const list = useList(listUsers, {
    query: {
      ...(q && { search: `%${q}%` }),
      ...(status && { isSuspended: String(status === 'suspended') }),
      ...(role && { roleId: role }),
    },
    page,
    pageSize,
  });
  const [isCreating, setCreating] = useState(false);
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
        filters={<Filters />}
        isFiltered={status !== undefined || role !== undefined}
        idOf={({ id }) => id}
        nameOf={nameOfUser}
        linkOf={({ id }) => `users/${id}`}
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
      <CreateUser isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

function UserCell({ user }: { user: User }) {
  const t = userPhrases.use();
  return (
    <span className={classes.cell}>
      <NameCell
        name={nameOfUser(user)}
        detail={<code>{user.id}</code>}
        picture={<UserAvatar user={user} size={32} />}
      />
      {user.isSuspended && <StatusBadge tone="warning">{t('suspended')}</StatusBadge>}
    </span>
  );
}

function Filters() {
  const t = userPhrases.use();
  const { setFilters } = useListSearch();
  const { status, role } = route.useSearch();
  const roles = useList(listRoles, { query: { type: 'User' }, page: 1, pageSize: 100 });
  const options = roles.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <>
      <Select
        className={classes.filter ?? ''}
        aria-label={t('filters.status')}
        placeholder={t('filters.status')}
        data={[
          { value: 'active', label: t('filters.active') },
          { value: 'suspended', label: t('filters.suspended') },
        ]}
        value={status ?? null}
        onChange={(value) => setFilters({ status: value ?? undefined })}
        clearable
      />
      {(options.length > 0 || role) && (
        <Select
          className={classes.filter ?? ''}
          aria-label={t('filters.role')}
          placeholder={t('filters.role')}
          data={options}
          value={role ?? null}
          onChange={(value) => setFilters({ role: value ?? undefined })}
          searchable
          clearable
        />
      )}
    </>
  );
}
