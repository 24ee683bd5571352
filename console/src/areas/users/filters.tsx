import { getRouteApi } from '@tanstack/react-router';
import { organizations, roles } from '../../api/choices.ts';
import { Filter, FoundFilter } from '../../patterns/filter.tsx';
import { useListSearch } from '../../patterns/list-search.ts';
import { createdWithin } from './created-within.ts';
import { userPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/users');
const userRoles = roles('User');

/** The filters of the list of users; the address keeps them. */
export function UserFilters() {
  const t = userPhrases.use();
  const { setFilters } = useListSearch();
  const { status, role, organization, created } = route.useSearch();
  return (
    <>
      <Filter
        label={t('filters.status')}
        data={(['active', 'suspended'] as const).map((value) => ({ value, label: t(`filters.${value}`) }))}
        value={status}
        onChange={(value) => setFilters({ status: value })}
      />
      <FoundFilter
        label={t('filters.role')}
        source={userRoles}
        value={role}
        onChange={(value) => setFilters({ role: value })}
      />
      <FoundFilter
        label={t('filters.organization')}
        source={organizations}
        value={organization}
        onChange={(value) => setFilters({ organization: value })}
      />
      <Filter
        label={t('filters.created')}
        data={createdWithin.map((days) => ({ value: String(days), label: t('filters.days', { days }) }))}
        value={created === undefined ? undefined : String(created)}
        onChange={(value) => setFilters({ created: value === undefined ? undefined : Number(value) })}
      />
    </>
  );
}
