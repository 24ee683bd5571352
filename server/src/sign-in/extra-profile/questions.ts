/** The custom profile fields that a sign-up asks for, as the hosted page asks them. Pure; see also `answers.ts`. */
import type { ProfileField, ProfileFieldConfig, ProfileFieldType, ProfileQuestion } from '@aldaba/contract';

/** One thing to ask: a custom profile field, or a part of one that has parts. */
export interface Question {
  /** Path of its answer, e.g. `givenName` or `address.country`. */
  key: string;
  /** The field with parts that this is a part of. */
  whole?: { name: string; type: 'Address' | 'Fullname' };
  /** Without the whole: `country`. */
  name: string;
  type: Exclude<ProfileFieldType, 'Address' | 'Fullname'>;
  label: string;
  description: string | undefined;
  required: boolean;
  config: ProfileFieldConfig;
}

/** The questions in order. The parts of a name are separate claims, so each is a question. */
export const questionsOf = (fields: readonly ProfileField[]): Question[] =>
  fields.flatMap((field): Question[] => {
    const { name, type, config } = field;
    if (type !== 'Address' && type !== 'Fullname') {
      const { label, required, description } = field;
      return [{ key: name, name, type, label, required, config, description: description ?? undefined }];
    }
    return (config.parts ?? [])
      .filter((part) => part.enabled)
      .map((part) => ({
        key: type === 'Address' ? `${name}.${part.name}` : part.name,
        whole: { name, type },
        name: part.name,
        type: part.type === 'Address' || part.type === 'Fullname' ? 'Text' : part.type,
        label: part.label ?? '',
        description: part.description,
        required: part.required,
        config: part.config ?? {},
      }));
  });

/** The format of a date: the operator's own if set. */
export const dateFormat = ({ format, customFormat }: ProfileFieldConfig): string =>
  (format?.toLowerCase() === 'custom' ? customFormat : format) || 'yyyy-MM-dd';

const partsOfDate = ['yyyy', 'MM', 'dd'] as const;

/** Whether a format is a year, a month and a day in digits, so that a date picker can write it. */
export const isPlainDate = (format: string): boolean =>
  partsOfDate.every((part) => format.split(part).length === 2) && !/[A-Za-z]/.test(format.replace(/yyyy|MM|dd/g, ''));

/** Writes `yyyy-MM-dd`, which date pickers send, in a plain format; other text stays as it is. */
function writeDate(text: string, format: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (!year || !month || !day) return text;
  return format.replace('yyyy', year).replace('MM', month).replace('dd', day);
}

/** The day that a text in a plain format names, as `yyyy-MM-dd`; undefined when it is not a calendar day. */
export function readDate(text: string, format: string): string | undefined {
  const pattern = format
    .replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    .replace('yyyy', '(?<year>\\d{4})')
    .replace('MM', '(?<month>\\d\\d)')
    .replace('dd', '(?<day>\\d\\d)');
  const { year, month, day } = new RegExp(`^${pattern}$`).exec(text)?.groups ?? {};
  const iso = `${year}-${month}-${day}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

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
    const given = read ? read(nameOf(question)) : initialValue(question);
    const format = type === 'Date' ? dateFormat(config) : undefined;
    const hasPicker = format !== undefined && isPlainDate(format) && /^(\d{4}-\d\d-\d\d)?$/.test(given);
    const placeholder = config.placeholder || (hasPicker ? undefined : format);
    const options = config.options?.map(({ value, label: text }) => ({ value, label: text || value }));
    return {
      name: nameOf(question),
      control: isPicture(question) ? 'picture' : type === 'Date' ? (hasPicker ? 'date' : 'text') : controls[type],
      required,
      value: given,
      ...(label ? { label } : {}),
      ...(description ? { description } : {}),
      ...(placeholder ? { placeholder } : {}),
      ...(options ? { options } : {}),
    };
  });

/** The picture of the account, which is uploaded whatever the operator calls the type of its address. */
const isPicture = ({ name, whole }: Question): boolean => name === 'avatar' && !whole;

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
