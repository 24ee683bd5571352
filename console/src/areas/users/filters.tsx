import { getOrganization, getRole, listOrganizations, listRoles } from '@aldaba/contract/routes';
import { Select } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { itemQuery, useList, useTenant } from '../../api/queries.ts';
import { useListSearch } from '../../patterns/list-search.ts';
import { SearchSelect, searchSize, useSearchWords } from '../../patterns/search-select.tsx';
import { createdWithin } from './created-within.ts';
import classes from './list.module.css';
import { userPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/users');

/** The filters of the list of users; the address keeps them. */
export function UserFilters() {
  const t = userPhrases.use();
  const { setFilters } = useListSearch();
  const { status, created } = route.useSearch();
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
      <RoleFilter />
      <OrganizationFilter />
      <Select
        className={classes.filter ?? ''}
        aria-label={t('filters.created')}
        placeholder={t('filters.created')}
        data={createdWithin.map((days) => ({ value: String(days), label: t('filters.days', { days }) }))}
        value={created === undefined ? null : String(created)}
        onChange={(value) => setFilters({ created: value === null ? undefined : Number(value) })}
        clearable
      />
    </>
  );
}

function RoleFilter() {
  const t = userPhrases.use();
  const tenant = useTenant();
  const { setFilters } = useListSearch();
  const { role } = route.useSearch();
  const { words, search } = useSearchWords();
  const query = { type: 'User', ...(words && { search: `%${words}%` }) } as const;
  const found = useList(listRoles, { query, page: 1, pageSize: searchSize });
  const chosen = useQuery({
    ...itemQuery(tenant, getRole, { params: { id: role ?? '' } }),
    ...(role === undefined && { queryFn: skipToken }),
  }).data;
  return (
    <SearchSelect
      className={classes.filter}
      label={t('filters.role')}
      found={found}
      onSearch={search}
      value={role}
      chosen={chosen}
      onChange={(id) => setFilters({ role: id })}
    />
  );
}

function OrganizationFilter() {
  const t = userPhrases.use();
  const tenant = useTenant();
  const { setFilters } = useListSearch();
  const { organization } = route.useSearch();
  const { words, search } = useSearchWords();
  const found = useList(listOrganizations, { query: words ? { q: words } : {}, page: 1, pageSize: searchSize });
  const chosen = useQuery({
    ...itemQuery(tenant, getOrganization, { params: { id: organization ?? '' } }),
    ...(organization === undefined && { queryFn: skipToken }),
  }).data;
  return (
    <SearchSelect
      className={classes.filter}
      label={t('filters.organization')}
      found={found}
      onSearch={search}
      value={organization}
      chosen={chosen}
      onChange={(id) => setFilters({ organization: id })}
    />
  );
}
