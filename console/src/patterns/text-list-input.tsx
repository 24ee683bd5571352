import { ActionIcon, Button, Input, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { patternPhrases } from './phrases.ts';
import classes from './text-list-input.module.css';

interface TextListInputProps {
  label: string;
  description?: string;
  placeholder?: string;
  /** What `form.input` gives. */
  value?: readonly string[];
  onChange?: (value: string[]) => void;
  error?: ReactNode;
  /** What is wrong with an entry, shown at it. */
  problemOf?: (entry: string) => string | undefined;
}

/** A list of short texts, such as redirect URIs: one field each. */
export function TextListInput(props: TextListInputProps) {
  const { label, description, placeholder, value = [], onChange, error, problemOf } = props;
  const t = patternPhrases.use();
  const [isAdding, setAdding] = useState(false);
  // There is always a field; one that is still empty at the end does not count.
  const shown = isAdding || value.length === 0 ? [...value, ''] : value;
  const change = (next: readonly string[]) => {
    setAdding(next.length > 1 && next.at(-1) === '');
    onChange?.(next.at(-1) === '' ? next.slice(0, -1) : [...next]);
  };
  const isOpen = shown.at(-1) === '';
  return (
    <div>
      <Input.Wrapper label={label} description={description} error={error} labelElement="div">
        <div className={classes.entries}>
          {shown.map((entry, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries differ by their place alone.
            <div key={place} className={classes.entry}>
              <TextInput
                className={classes.input ?? ''}
                aria-label={`${label} ${place + 1}`}
                placeholder={placeholder ?? ''}
                value={entry}
                error={entry !== '' && problemOf?.(entry)}
                autoFocus={isAdding && place === value.length}
                onChange={({ currentTarget }) =>
                  change(shown.map((old, at) => (at === place ? currentTarget.value : old)))
                }
              />
              {shown.length > 1 && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={t('form.remove', { number: String(place + 1) })}
                  onClick={() => change(shown.filter((_, at) => at !== place))}
                >
                  <IconX size={16} stroke={1.5} />
                </ActionIcon>
              )}
            </div>
          ))}
        </div>
      </Input.Wrapper>
      {!isOpen && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt={8}
          leftSection={<IconPlus size={16} stroke={1.5} />}
          onClick={() => change([...shown, ''])}
        >
          {t('form.add')}
        </Button>
      )}
    </div>
  );
}
