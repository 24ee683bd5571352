import { readFile } from 'node:fs/promises';
import { type Connector, type FormItem, withKey } from '@aldaba/connectors/kit';
import { Refused, type Terminal, text, texts, UsageError } from './command.ts';
import { table } from './layout.ts';

type Kind = Pick<Connector, 'metadata' | 'fields'>;

/** What is given of a configuration, by the keys of the form's items (`a.b` is the member `b` of `a`). */
type Fields = Readonly<Record<string, unknown>>;

/** The configuration with the fields. */
export const withFields = (config: Readonly<Record<string, unknown>>, fields: Fields): Record<string, unknown> =>
  Object.entries(fields).reduce<Record<string, unknown>>((next, [key, value]) => withKey(next, key, value), {
    ...config,
  });

/**
 * The fields that `--config` and `--set` give, each with the type that its field takes.
 * @throws UsageError for a field that the kind does not have, and values of another type
 */
export async function readFields(terminal: Terminal, kind: Kind): Promise<Fields> {
  const given = { ...(await readConfigFile(terminal)), ...readPairs(terminal, kind) };
  const known = knownFields(kind);
  const unknown = known ? Object.keys(given).filter((name) => !known.includes(name)) : [];
  if (known && unknown.length > 0)
    throw new UsageError(`${kind.metadata.id} has no field ${unknown.join(', ')}. Its fields: ${known.join(', ')}.`);
  return given;
}

async function readConfigFile(terminal: Terminal): Promise<Record<string, unknown>> {
  const path = text(terminal, 'config');
  if (path === undefined) return {};
  const content = path === '-' ? await terminal.readInput() : await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new Refused(
      `The file ${path} is not JSON. It must contain an object, e.g. {"host": "smtp.example.com", "port": 465}.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(`The file ${path} must contain a JSON object with the fields of the connector.`);
  return value as Record<string, unknown>;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Refused(
      code === 'ENOENT' ? `The file ${path} does not exist.` : `The file ${path} cannot be read (${code}).`,
    );
  }
}

function readPairs(terminal: Terminal, { metadata }: Kind): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const pair of texts(terminal, 'set')) {
    const split = pair.indexOf('=');
    if (split < 1) throw new UsageError(`--set ${pair} must be name=value.`);
    const name = pair.slice(0, split);
    config[name] = typed(
      pair.slice(split + 1),
      metadata.formItems.find(({ key }) => key === name),
    );
  }
  return config;
}

/** A text of the command line as the type of the field. */
function typed(value: string, item: FormItem | undefined): unknown {
  const name = item?.key ?? '';
  switch (item?.type) {
    case 'Number': {
      const number = Number(value);
      if (value.trim() === '' || !Number.isFinite(number)) throw new UsageError(`--set ${name} must be a number.`);
      return number;
    }
    case 'Switch':
      if (value !== 'true' && value !== 'false') throw new UsageError(`--set ${name} must be true or false.`);
      return value === 'true';
    case 'Json':
    case 'MultiSelect':
      try {
        return JSON.parse(value);
      } catch {
        throw new UsageError(`--set ${name} must be JSON, e.g. '{"user": "…"}'. A file is easier: --config file.json.`);
      }
    default:
      return value;
  }
}

/** Every field that a configuration may have; undefined where the kind does not declare them. */
function knownFields({ metadata, fields }: Kind): string[] | undefined {
  const shown = metadata.formItems.map(({ key }) => key);
  if (fields === undefined) return undefined;
  return [...new Set([...shown, ...fields])];
}

/** The fields of a kind as lines of a help text. */
export function describeFields({ metadata, fields = [] }: Kind): string[] {
  const items = metadata.formItems;
  const rows = items.map((item) => [
    item.key,
    item.required === false ? 'no' : item.required ? 'yes' : '',
    typeName(item),
    item.description ?? item.tooltip ?? item.label,
  ]);
  const others = fields.filter((name) => !items.some(({ key }) => key === name)).map((name) => [name, '', '', '']);
  const lines = table(['Field', 'Required', 'Type', 'Meaning'], [...rows, ...others], 'The connector has no fields.');
  const template = metadata.configTemplate;
  return [
    `Fields of ${metadata.name.en} (${metadata.id}):`,
    '',
    ...lines,
    ...(template ? ['', 'Configuration template for --config:', ...template.trim().split('\n')] : []),
  ];
}

const typeNames: Partial<Record<FormItem['type'], string>> = {
  Number: 'number',
  Switch: 'true or false',
  Json: 'JSON',
};
const typeName = (item: FormItem): string =>
  item.type === 'Select' ? item.selectItems.map(({ value }) => value).join(', ') : (typeNames[item.type] ?? 'text');
