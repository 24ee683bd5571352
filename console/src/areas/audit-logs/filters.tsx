import { auditKeys } from '@aldaba/contract/audit-keys';
import { TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ChangeEvent } from 'react';
import { applications, users } from '../../api/choices.ts';
import { Filter, FoundFilter } from '../../patterns/filter.tsx';
import { useListSearch } from '../../patterns/list-search.ts';
import classes from './filters.module.css';
import { groupOf, groups } from './keys.ts';
import { fromLocal, isReversed, ranges, toLocal } from './log-search.ts';
import { logPhrases } from './phrases.ts';
import { useLogWords } from './words.ts';

const route = getRouteApi('/t/$tenant/audit-logs');

/** The filters of the audit log; each changes the address. */
export function LogFilters() {
  const t = logPhrases.use();
  const { setFilters } = useListSearch();
  const { result, user, application, range } = route.useSearch();
  const rangeNames = [...Object.keys(ranges), 'custom'] as (keyof typeof ranges | 'custom')[];
  return (
    <>
      <EventFilter />
      <Filter
        label={t('filters.result')}
        data={(['Success', 'Error'] as const).map((value) => ({ value, label: t(`results.${value}`) }))}
        value={result}
        onChange={(value) => setFilters({ result: value })}
      />
      <FoundFilter
        label={t('filters.user')}
        source={users}
        value={user}
        onChange={(value) => setFilters({ user: value })}
      />
      <FoundFilter
        label={t('filters.application')}
        source={applications}
        value={application}
        onChange={(value) => setFilters({ application: value })}
      />
      <Filter
        label={t('filters.range')}
        data={rangeNames.map((value) => ({ value, label: t(`ranges.${value}`) }))}
        value={range}
        onChange={(value) => setFilters({ range: value, from: undefined, to: undefined })}
      />
      {range === 'custom' && <CustomRange />}
    </>
  );
}

function EventFilter() {
  const t = logPhrases.use();
  const { nameOf } = useLogWords();
  const { setFilters } = useListSearch();
  const { event } = route.useSearch();
  const data = groups.map((group) => ({
    group: t(`groups.${group}`),
    items: auditKeys.filter((key) => groupOf(key) === group).map((key) => ({ value: `${key}`, label: nameOf(key) })),
  }));
  return (
    <Filter
      label={t('filters.event')}
      data={event && !data.some(({ items }) => items.some(({ value }) => value === event)) ? [...data, event] : data}
      value={event}
      onChange={(value) => setFilters({ event: value })}
      searchable
    />
  );
}

function CustomRange() {
  const t = logPhrases.use();
  const { setFilters } = useListSearch();
  const search = route.useSearch();
  const field = (name: 'from' | 'to') => ({
    className: classes.time ?? '',
    type: 'datetime-local',
    'aria-label': t(`filters.${name}`),
    title: t(`filters.${name}`),
    defaultValue: search[name] ? toLocal(search[name]) : '',
    onChange: (change: ChangeEvent<HTMLInputElement>) => setFilters({ [name]: fromLocal(change.currentTarget.value) }),
  });
  return (
    <div className={classes.range}>
      <TextInput {...field('from')} />
      <span aria-hidden>–</span>
      <TextInput {...field('to')} error={isReversed(search) && t('filters.reversed')} />
    </div>
  );
}
