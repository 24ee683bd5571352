import { getRouteApi } from '@tanstack/react-router';
import { organizations, roles } from '../../api/choices.ts';
import { Filter, FoundFilter } from '../../patterns/filter.tsx';
import { useListSearch } from '../../patterns/list-search.ts';
import { type DaysWithin, daysWithin, userOrders } from './list-choices.ts';
import { userPhrases } from './phrases.ts';

const route = getRouteApi('/t/$tenant/users');
const userRoles = roles('User');

/** The filters of the list of users; the address keeps them. */
export function UserFilters() {
  const t = userPhrases.use();
  const { setFilters } = useListSearch();
  const { status, role, organization, mfa, created, active, sort } = route.useSearch();
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
        label={t('filters.mfa')}
        data={(['yes', 'no'] as const).map((value) => ({ value, label: t(`filters.mfaChoices.${value}`) }))}
        value={mfa}
        onChange={(value) => setFilters({ mfa: value })}
      />
      <WithinFilter name="created" days={created} onChange={(days) => setFilters({ created: days })} />
      <WithinFilter name="signedIn" days={active} onChange={(days) => setFilters({ active: days })} />
      <Filter
        label={t('filters.sort')}
        data={userOrders.map((value) => ({ value, label: t(`filters.orders.${value}`) }))}
        value={sort}
        onChange={(value) => setFilters({ sort: value })}
      />
    </>
  );
}

interface WithinFilterProps {
  name: 'created' | 'signedIn';
  days: DaysWithin | undefined;
  onChange: (days: number | undefined) => void;
}

function WithinFilter({ name, days: chosen, onChange }: WithinFilterProps) {
  const t = userPhrases.use();
  return (
    <Filter
      label={t(`filters.${name}`)}
      data={daysWithin.map((days) => ({ value: String(days), label: t(`filters.${name}Within`, { days }) }))}
      value={chosen === undefined ? undefined : String(chosen)}
      onChange={(value) => onChange(value === undefined ? undefined : Number(value))}
    />
  );
}
