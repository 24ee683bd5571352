import { MultiSelect, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CodeEditor } from '../../patterns/code-editor.tsx';
import { HiddenSecret } from '../../patterns/copy.tsx';
import { patternPhrases } from '../../patterns/phrases.ts';
import type { Form } from '../../patterns/use-form.ts';
import { useIsReadOnly } from '../../session/administrator.ts';
import classes from './config-fields.module.css';
import { type ConfigValue, type FormItem, fieldOf, isShown, type Values } from './config-form.ts';

interface ConfigFieldsProps<V extends Values> {
  items: readonly FormItem[];
  form: Form<V>;
}

/** The inputs of a configuration, in the order of the items. */
export function ConfigFields<V extends Values>({ items, form }: ConfigFieldsProps<V>) {
  const isReadOnly = useIsReadOnly();
  return items
    .filter((item) => isShown(item, items, form.values))
    .map((item) =>
      isReadOnly && isText(form.values[fieldOf(item)]) ? (
        <HiddenSecret key={item.key} label={item.label} />
      ) : (
        <Field key={item.key} item={item} form={form} />
      ),
    );
}

/** The server tells colleagues who only read no text of a configuration, whether it is a secret or not. */
const isText = (value: ConfigValue | undefined): boolean =>
  (typeof value === 'string' || Array.isArray(value)) && value.length > 0;

function Field<V extends Values>({ item, form }: { item: FormItem; form: Form<V> }) {
  const words = patternPhrases.use();
  const { onChange, ...input } = form.input(fieldOf(item));
  const optional = item.required || item.type === 'Switch' ? '' : ` (${words('form.optional')})`;
  const shared = {
    label: <Label text={`${item.label}${optional}`} tooltip={item.tooltip} />,
    description: item.description,
    placeholder: item.placeholder ?? '',
    ...input,
    onChange,
  };
  const choices = item.selectItems?.map(({ value, title }) => ({ value, label: title ?? value })) ?? [];
  switch (item.type) {
    case 'Text':
      return item.isConfidential ? (
        <PasswordInput {...shared} autoComplete="new-password" />
      ) : (
        <TextInput {...shared} autoComplete="off" spellCheck={false} />
      );
    case 'Number':
      return <NumberInput {...shared} hideControls inputMode="numeric" />;
    case 'MultilineText':
      return (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: item.isConfidential ? (classes.secret ?? '') : '' }}
        />
      );
    case 'Switch':
      return (
        <Switch
          label={shared.label}
          description={item.description}
          {...form.input(fieldOf(item), { type: 'checkbox' })}
        />
      );
    case 'Select':
      return <Select {...shared} data={choices} allowDeselect={!item.required} />;
    case 'MultiSelect':
      return <MultiSelect {...shared} data={choices} />;
    case 'Json':
      return (
        <CodeEditor
          label={`${item.label}${optional}`}
          description={item.description}
          error={input.error as ReactNode}
          language="json"
          height={heightOf(input.value as ConfigValue)}
          value={String(input.value ?? '')}
          onChange={onChange as (value: string) => void}
        />
      );
  }
}

/** Short documents take little room, long ones scroll. */
const heightOf = (value: ConfigValue): number =>
  Math.min(320, Math.max(96, String(value).split('\n').length * 20 + 12));

function Label({ text, tooltip }: { text: string; tooltip: string | undefined }) {
  if (!tooltip) return text;
  return (
    <span className={classes.label}>
      {text}
      <Tooltip label={tooltip} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
        <IconInfoCircle size={15} stroke={1.5} aria-label={tooltip} role="img" />
      </Tooltip>
    </span>
  );
}
