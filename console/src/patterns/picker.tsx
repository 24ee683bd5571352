import { type ComboboxItem, MultiSelect, Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import type { Choice, ChoiceSource } from '../api/choices.ts';
import { apiOf } from '../api/client.ts';
import { useTenant } from '../api/queries.ts';
import { useFormat } from '../language/format.ts';
import { patternPhrases } from './phrases.ts';
import classes from './picker.module.css';

interface PickerProps {
  label: string;
  source: ChoiceSource;
  description?: ReactNode;
  placeholder?: string;
  disabled?: boolean;
  error?: ReactNode;
  'data-path'?: string;
  'data-autofocus'?: boolean;
}

interface OneProps extends PickerProps {
  value?: string | null;
  onChange?: (value: string) => void;
}

/** Chooses one of any number of things: the server finds them while the administrator types. */
export function Picker({ source, value, onChange, ...rest }: OneProps) {
  const found = useOneOf(source, value);
  return (
    <Select
      {...rest}
      {...found}
      onChange={(next) => {
        if (next !== null) onChange?.(next);
      }}
      allowDeselect={false}
    />
  );
}

/** What a `Select` needs for the choice of one. */
export function useOneOf(source: ChoiceSource, value: string | null | undefined) {
  const [text, setText] = useState('');
  const { data, message } = useChoices(source, text, value ? [value] : []);
  // The field shows the name of what was chosen, which is not a search.
  const picked = useRef<string>(undefined);
  const isName = (words: string) => words === picked.current || (Boolean(value) && words === data[0]?.label);
  return {
    ...foundByServer,
    data,
    value: value || null,
    onOptionSubmit: (next: string) => {
      picked.current = data.find((choice) => choice.value === next)?.label;
    },
    onSearchChange: (next: string) => setText(isName(next) ? '' : next),
    nothingFoundMessage: message,
  };
}

interface ManyProps extends PickerProps {
  value?: readonly string[];
  onChange?: (values: string[]) => void;
}

/** The same for several of them. */
export function MultiPicker({ source, value = [], onChange, placeholder, ...rest }: ManyProps) {
  const [text, setText] = useState('');
  const { data, message } = useChoices(source, text, value);
  return (
    <MultiSelect
      {...rest}
      {...foundByServer}
      placeholder={value.length === 0 ? (placeholder ?? '') : ''}
      data={data}
      value={[...value]}
      onChange={(values) => onChange?.(values)}
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage={message}
      hidePickedOptions
    />
  );
}

/** What both have: everything that the server found is shown. */
const foundByServer = {
  searchable: true,
  filter: (({ options }) => options) as NonNullable<SelectProps['filter']>,
  renderOption: Option,
  maxDropdownHeight: 280,
};

/** Stands for the choices that are found but not shown. */
const more = ' more';

/** What a picker offers: what is found for the text, and what is chosen already. */
function useChoices(source: ChoiceSource, text: string, chosen: readonly string[]) {
  const t = patternPhrases.use();
  const format = useFormat();
  const tenant = useTenant();
  const [words] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: [tenant, ...source.key, 'found', words],
    queryFn: () => source.find(apiOf(tenant), words),
    placeholderData: keepPreviousData,
  });
  const { choices = [], total = 0 } = found.data ?? {};
  const known = useKnown(source, chosen, choices);
  const offered = choices.filter(({ value }) => !chosen.includes(value));
  const rest = total - choices.length;
  const hint = { value: more, label: t('choices.more', { count: format.number(rest) }), disabled: true };
  return {
    data: [...known, ...offered, ...(rest > 0 ? [hint] : [])],
    message: found.error ? found.error.message : t(found.isPending ? 'choices.searching' : 'choices.none'),
  };
}

/** The chosen ones with their names, also where the search did not find them. */
function useKnown(source: ChoiceSource, chosen: readonly string[], found: readonly Choice[]): Choice[] {
  const t = patternPhrases.use();
  const tenant = useTenant();
  const loaded = useQueries({
    queries: chosen.map((value) => ({
      queryKey: [tenant, ...source.key, 'one', value],
      queryFn: () => source.get(apiOf(tenant), value),
      initialData: () => found.find((choice) => choice.value === value),
      staleTime: 60_000,
    })),
  });
  // What is gone is named by its id, so that it can be removed.
  return chosen.map(
    (value, place) => loaded[place]?.data ?? { value, label: loaded[place]?.error ? value : t('choices.loading') },
  );
}

function Option({ option }: { option: ComboboxItem & Partial<Pick<Choice, 'detail'>> }) {
  return (
    <span className={classes.option}>
      <span className={classes.label} dir="auto">
        {option.label}
      </span>
      {option.detail && (
        <span className={classes.detail} dir="auto">
          {option.detail}
        </span>
      )}
    </span>
  );
}
