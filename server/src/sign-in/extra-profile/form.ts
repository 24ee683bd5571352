import type { ProfileField, ProfileQuestion } from '@aldaba/contract';
import { dateFormat, isPlainDate, type Question, questionsOf, writeDate } from './questions.ts';

/** Reads a value of the form by its name; empty when it was not sent. */
type ReadField = (name: string) => string;

const nameOf = ({ key }: Question) => `profile.${key}` as const;

const controls = {
  Text: 'text',
  Number: 'number',
  Url: 'url',
  Regex: 'text',
  Checkbox: 'checkbox',
  Select: 'select',
} as const;

/** What the page asks, with what was typed before. */
export const formQuestions = (fields: readonly ProfileField[], read?: ReadField): ProfileQuestion[] =>
  questionsOf(fields).map((question) => {
    const { type, config, label, description, required } = question;
    const format = type === 'Date' ? dateFormat(config) : undefined;
    const hasPicker = format !== undefined && isPlainDate(format);
    const placeholder = config.placeholder || (hasPicker ? undefined : format);
    const options = config.options?.map(({ value, label: text }) => ({ value, label: text || value }));
    return {
      name: nameOf(question),
      control: type === 'Date' ? (hasPicker ? 'date' : 'text') : controls[type],
      required,
      value: read ? read(nameOf(question)) : initialValue(question),
      ...(label ? { label } : {}),
      ...(description ? { description } : {}),
      ...(placeholder ? { placeholder } : {}),
      ...(options ? { options } : {}),
    };
  });

const initialValue = ({ type, config: { defaultValue = '' } }: Question): string =>
  type === 'Checkbox' ? (defaultValue === 'true' ? 'yes' : '') : defaultValue;

/** The form as the values that the Experience API takes. */
export function formAnswers(fields: readonly ProfileField[], read: ReadField): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const question of questionsOf(fields)) {
    const { type, config, name, whole } = question;
    const text = read(nameOf(question));
    const value = type === 'Checkbox' ? text === 'yes' : type === 'Date' ? writeDate(text, dateFormat(config)) : text;
    if (whole?.type === 'Address') values[whole.name] = { ...(values[whole.name] as object), [name]: value };
    else values[name] = value;
  }
  return values;
}
