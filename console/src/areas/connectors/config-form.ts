/** The form of a connector's configuration, made from the items that its kind declares. */
import { ApiError } from '@aldaba/contract/client';
import type { Refusal } from '../../api/errors.ts';

export interface FormItem {
  /** `a.b` is the member `b` of the member `a`. */
  key: string;
  label: string;
  type: 'Text' | 'Number' | 'MultilineText' | 'Switch' | 'Select' | 'MultiSelect' | 'Json';
  placeholder?: string;
  required?: boolean;
  defaultValue?: unknown;
  description?: string;
  tooltip?: string;
  /** The item is shown while every other item named here has the value expected. */
  showConditions?: readonly { targetKey: string; expectValue: unknown }[];
  isConfidential?: boolean;
  isDevFeature?: boolean;
  selectItems?: readonly { value: string; title?: string }[];
}
export type ConfigValue = string | number | boolean | string[];
export type Values = Record<string, ConfigValue>;
export type Config = Readonly<Record<string, unknown>>;

interface Kind {
  formItems?: readonly Record<string, unknown>[] | undefined;
  configTemplate?: string | undefined;
}

/** Kinds without a form are configured as one JSON document. */
const documentKey = '';

export function itemsOf(kind: Kind, documentLabel: string): readonly FormItem[] {
  const items = (kind.formItems ?? []) as unknown as readonly FormItem[];
  if (items.length > 0) return items.filter(({ isDevFeature }) => !isDevFeature);
  return [{ key: documentKey, label: documentLabel, type: 'Json', required: true, defaultValue: kind.configTemplate }];
}

/**
 * Name of an item in the form; a connector's own keys (`name`, `target`) do not meet those of the API. It has no dot,
 * which leads to a member of a value there.
 */
export const fieldOf = ({ key }: Pick<FormItem, 'key'>): string => `config:${key.replaceAll('.', '/')}`;

const readKey = (config: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((level, name) => (level as Config | undefined)?.[name], config);

/** The configuration with another value at a key; without the member if it is undefined. */
function withKey(config: Config, key: string, value: unknown): Config {
  const [name = '', ...rest] = key.split('.');
  const { [name]: old, ...others } = config;
  const next = rest.length === 0 ? value : withKey((old ?? {}) as Config, rest.join('.'), value);
  return next === undefined ? others : { ...others, [name]: next };
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

function shownValue(item: FormItem, value: unknown): ConfigValue {
  switch (item.type) {
    case 'Switch':
      return value === true;
    case 'MultiSelect':
      return Array.isArray(value) ? value.map(String) : [];
    case 'Number':
      return typeof value === 'number' ? value : textOf(value);
    default:
      return textOf(value);
  }
}

/**
 * What the form shows.
 * @param config the stored configuration; undefined for a connector that is being added
 */
export function valuesOf(items: readonly FormItem[], config?: Config): Values {
  const shown = items.map((item) => {
    const stored = item.key === documentKey ? config : readKey(config, item.key);
    const isChoice = item.type === 'Select' || item.type === 'Switch';
    const value = stored ?? (config && !isChoice ? undefined : item.defaultValue);
    return [fieldOf(item), shownValue(item, value)] as const;
  });
  return Object.fromEntries(shown);
}

/** Whether the values of the other items let an item be shown. */
export const isShown = (item: FormItem, items: readonly FormItem[], values: Values): boolean =>
  (item.showConditions ?? []).every(({ targetKey, expectValue }) => {
    const target = items.find(({ key }) => key === targetKey);
    return target !== undefined && isShown(target, items, values) && values[fieldOf(target)] === expectValue;
  });

function toConfig(item: FormItem, value: ConfigValue | null | undefined): unknown {
  if (item.type === 'Json') return typeof value === 'string' && value.trim() ? JSON.parse(value) : undefined;
  if (item.type === 'Number') return value === '' || value === undefined ? undefined : Number(value);
  if (item.type === 'Text') return (typeof value === 'string' && value.trim()) || undefined;
  // An emptied choice is null.
  return value === '' || value === null || (Array.isArray(value) && value.length === 0) ? undefined : value;
}

/** The configuration to store. Members that no item shows stay as they are stored. */
export function configOf(items: readonly FormItem[], values: Values, stored: Config = {}): Record<string, unknown> {
  const [first] = items;
  if (first?.key === documentKey) return toConfig(first, values[fieldOf(first)]) as Record<string, unknown>;
  return items.reduce<Config>((config, item) => {
    const value = isShown(item, items, values) ? toConfig(item, values[fieldOf(item)]) : undefined;
    return withKey(config, item.key, value);
  }, stored) as Record<string, unknown>;
}

interface Words {
  required: string;
  json: (problem: string) => string;
}

/** What is wrong with the values before they are sent, by field. */
export function problemsOf(items: readonly FormItem[], values: Values, words: Words): Record<string, string> {
  const found: Record<string, string> = {};
  for (const item of items) {
    const value = values[fieldOf(item)];
    if (!isShown(item, items, values)) continue;
    if (item.required && (value === '' || (Array.isArray(value) && value.length === 0) || isBlank(value)))
      found[fieldOf(item)] = words.required;
    else if (item.type === 'Json' && typeof value === 'string' && value.trim()) {
      try {
        JSON.parse(value);
      } catch (error) {
        found[fieldOf(item)] = words.json(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return found;
}

const isBlank = (value: ConfigValue | undefined): boolean => typeof value === 'string' && value.trim() === '';

/** Labels of required items that a stored configuration does not have. */
export const missingOf = (items: readonly FormItem[], config: Config): string[] => {
  const values = valuesOf(items, config);
  const missing = problemsOf(items, values, { required: 'required', json: () => '' });
  return items.filter((item) => missing[fieldOf(item)] === 'required').map(({ label }) => label);
};

/**
 * The fields that the connector itself refused. Findings that belong to no field follow the sentence of the server.
 *
 * @param refused puts a finding into the person's language; connectors write them in English
 */
export function refusalOfConfig(
  error: unknown,
  items: readonly FormItem[],
  refused: (problem: string) => string,
): Refusal | undefined {
  if (!(error instanceof ApiError) || !error.is('connector.invalid_config')) return undefined;
  const { problems = [] } = (error.data ?? {}) as { problems?: { path: string; message: string }[] };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { path, message } of problems) {
    const item =
      items.find(({ key }) => key !== documentKey && `${path}.`.startsWith(`${key}.`)) ??
      items.find(({ key }) => key === documentKey);
    const where = item?.key === documentKey ? path : path.slice((item?.key.length ?? 0) + 1);
    if (item) fields[fieldOf(item)] ??= refused(where ? `${where}: ${message}` : message);
    else rest.push(path ? `${path}: ${message}` : message);
  }
  const { requestId } = error;
  if (rest.length === 0 && Object.keys(fields).length > 0) return { fields, requestId };
  return { fields, message: [error.message, ...rest].join(' '), requestId };
}
