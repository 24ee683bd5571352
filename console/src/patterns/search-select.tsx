import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type ReactNode, useRef, useState } from 'react';
import { patternPhrases } from './phrases.ts';

export interface Choice {
  id: string;
  name: string;
}

/** What the server found for the words, as `useList` returns it. */
interface Found {
  data: { items: readonly Choice[]; total: number } | undefined;
}

/** Entries that a search loads. */
export const searchSize = 20;

/** The words to search for, a moment after they were typed. */
export function useSearchWords() {
  const [words, setWords] = useState('');
  return { words, search: useDebouncedCallback(setWords, 250) };
}

/** Options in the order of the server. What was chosen keeps its name when the search no longer finds it. */
function useOptions({ data }: Found, chosen: readonly string[], held: readonly Choice[]) {
  const t = patternPhrases.use();
  const names = useRef(new Map<string, string>());
  for (const { id, name } of [...held, ...(data?.items ?? [])]) names.current.set(id, name);
  const items = data?.items ?? [];
  const missing = chosen.filter((id) => !items.some((item) => item.id === id));
  const options = [
    ...missing.map((id) => ({ value: id, label: names.current.get(id) ?? id })),
    ...items.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return {
    data: options,
    // The server has searched.
    filter: ({ options: all }: { options: unknown[] }) => all as never,
    nothingFoundMessage: data ? t('list.nothingFound') : t('list.searching'),
    nameOf: (id: string) => names.current.get(id),
  };
}

interface SearchMultiSelectProps {
  label: string;
  description?: ReactNode;
  isFocused?: boolean;
  found: Found;
  /** Chosen before anything is found. */
  held?: readonly Choice[];
  onSearch: (words: string) => void;
  /** What `form.input` gives. */
  value?: readonly string[];
  onChange?: (ids: string[]) => void;
  error?: ReactNode;
}

/** A choice of several among too many to load: the server searches. */
export function SearchMultiSelect(props: SearchMultiSelectProps) {
  const { label, description, isFocused, found, held = [], onSearch, value = [], onChange, ...rest } = props;
  const { nameOf: _, ...options } = useOptions(found, value, held);
  return (
    <MultiSelect
      {...rest}
      {...options}
      label={label}
      description={description}
      data-autofocus={isFocused}
      value={[...value]}
      onChange={(ids) => onChange?.(ids)}
      searchable
      onSearchChange={onSearch}
      hidePickedOptions
    />
  );
}

interface SearchSelectProps {
  label: string;
  className?: string | undefined;
  found: Found;
  onSearch: (words: string) => void;
  value: string | undefined;
  /** The name of the value that came with the address. */
  chosen?: Choice | undefined;
  onChange: (id: string | undefined) => void;
}

/** The same for one, as a filter of a list. */
export function SearchSelect({ label, className, found, onSearch, value, chosen, onChange }: SearchSelectProps) {
  const { nameOf, ...options } = useOptions(found, value === undefined ? [] : [value], chosen ? [chosen] : []);
  return (
    <Select
      {...options}
      className={className ?? ''}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable
      clearable
      // The name of the chosen one stands in the field as well.
      onSearchChange={(words) => onSearch(value !== undefined && words === nameOf(value) ? '' : words)}
    />
  );
}
