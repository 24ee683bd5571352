import { Select, type SelectProps } from '@mantine/core';
import type { ChoiceSource } from '../api/choices.ts';
import classes from './filter.module.css';
import { useOneOf } from './picker.tsx';

interface FilterProps extends Omit<SelectProps, 'value' | 'onChange' | 'label'> {
  label: string;
  value: string | null | undefined;
  /** Undefined: nothing is left out. */
  onChange: (value: string | undefined) => void;
}

/** A filter of a list. */
export function Filter({ label, value, onChange, ...rest }: FilterProps) {
  return (
    <Select
      className={classes.filter ?? ''}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      comboboxProps={{ width: 'max-content', position: 'bottom-start', floatingStrategy: 'fixed' }}
      clearable
      {...rest}
    />
  );
}

interface FoundFilterProps extends Pick<FilterProps, 'label' | 'value' | 'onChange'> {
  source: ChoiceSource;
}

/** A filter whose values the server finds. */
export function FoundFilter({ label, source, value, onChange }: FoundFilterProps) {
  const found = useOneOf(source, value);
  return <Filter label={label} {...found} onChange={onChange} />;
}
