import { auditKeys } from '@aldaba/contract/audit-keys';
import { listApplications, listUsers } from '@aldaba/contract/routes';
import { Select, type SelectProps, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { type ChangeEvent, useState } from 'react';
import { useList } from '../../api/queries.ts';
import { useListSearch } from '../../patterns/list-search.ts';
import { contactOfUser, nameOfUser } from '../users/identity.tsx';
import classes from './filters.module.css';
import { groupOf, groups } from './keys.ts';
import { fromLocal, isReversed, ranges, toLocal } from './log-search.ts';
import { useNames } from './names.ts';
import { logPhrases } from './phrases.ts';
import { useLogWords } from './words.ts';

const route = getRouteApi('/t/$tenant/audit-logs');

/** The filters of the audit log; each changes the address. */
export function LogFilters() {
  const t = logPhrases.use();
  const { setFilters } = useListSearch();
  const { result, range } = route.useSearch();
  const rangeNames = [...Object.keys(ranges), 'custom'] as (keyof typeof ranges | 'custom')[];
  return (
    <>
      <EventFilter />
      <Filter
        name="result"
        label={t('filters.result')}
        data={(['Success', 'Error'] as const).map((value) => ({ value, label: t(`results.${value}`) }))}
        value={result}
      />
      <UserFilter />
      <ApplicationFilter />
      <Filter
        name="range"
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
  const { event } = route.useSearch();
  const data = groups.map((group) => ({
    group: t(`groups.${group}`),
    items: auditKeys.filter((key) => groupOf(key) === group).map((key) => ({ value: `${key}`, label: nameOf(key) })),
  }));
  return (
    <Filter
      name="event"
      label={t('filters.event')}
      data={event && !data.some(({ items }) => items.some(({ value }) => value === event)) ? [...data, event] : data}
      value={event}
      searchable
    />
  );
}

function UserFilter() {
  const t = logPhrases.use();
  const { user } = route.useSearch();
  const names = useNames({ userIds: user ? [user] : [] });
  const { search, given } = useWords();
  const { data } = useList(listUsers, given);
  return (
    <FoundFilter
      name="user"
      label={t('filters.user')}
      options={data?.items.map((each) => ({
        value: each.id,
        label: [nameOfUser(each), contactOfUser(each)].filter(Boolean).join(' · '),
      }))}
      chosen={user ? { value: user, label: names.user(user) ?? user } : undefined}
      onSearch={search}
    />
  );
}

function ApplicationFilter() {
  const t = logPhrases.use();
  const { application } = route.useSearch();
  const names = useNames({ applicationIds: application ? [application] : [] });
  const { search, given } = useWords();
  const { data } = useList(listApplications, given);
  return (
    <FoundFilter
      name="application"
      label={t('filters.application')}
      options={data?.items.map(({ id, name }) => ({ value: id, label: name }))}
      chosen={application ? { value: application, label: names.application(application) ?? application } : undefined}
      onSearch={search}
    />
  );
}

/** The words typed into a filter, and what to ask the list for. */
function useWords() {
  const [words, search] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 200);
  return { search, given: { query: settled ? { search: `%${settled}%` } : {}, pageSize: 20 } };
}

interface Option {
  value: string;
  label: string;
}

interface FilterProps extends Omit<SelectProps, 'value' | 'onChange' | 'name' | 'label'> {
  /** Its name in the address. */
  name: string;
  label: string;
  value: string | undefined;
  onChange?: (value: string | undefined) => void;
}

function Filter({ name, label, value, onChange, ...rest }: FilterProps) {
  const { setFilters } = useListSearch();
  const change = onChange ?? ((chosen: string | undefined) => setFilters({ [name]: chosen }));
  return (
    <Select
      className={classes.filter ?? ''}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={(chosen) => change(chosen ?? undefined)}
      maxDropdownHeight={320}
      comboboxProps={{ width: 'max-content', position: 'bottom-start', floatingStrategy: 'fixed' }}
      clearable
      {...rest}
    />
  );
}

interface FoundFilterProps {
  name: string;
  label: string;
  options: Option[] | undefined;
  /** The one in the address; the list of options need not have it. */
  chosen: Option | undefined;
  onSearch: (words: string) => void;
}

/** A filter whose options the server searches. */
function FoundFilter({ name, label, options = [], chosen, onSearch }: FoundFilterProps) {
  const t = logPhrases.use();
  const isListed = options.some(({ value }) => value === chosen?.value);
  const data = chosen && !isListed ? [chosen, ...options] : options;
  return (
    <Filter
      name={name}
      label={label}
      data={data}
      value={chosen?.value}
      searchable
      filter={({ options: all }) => all}
      // The field holds the name of what was chosen.
      onSearchChange={(words) => onSearch(data.some((option) => option.label === words) ? '' : words)}
      nothingFoundMessage={t('filters.nothing')}
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
