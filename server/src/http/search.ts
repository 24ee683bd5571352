import { AldabaError } from '../kernel/errors.ts';
import { type MatchMode, matchModes, type Search, type SearchTerm } from '../store/search.ts';

const refuse = (details: string): never => {
  throw new AldabaError('request.invalid_input', { details });
};

const maximumValueLength = 1024;

/**
 * Reads the search of a list from its query: `search` over all fields, or `search.<field>`, with `mode`,
 * `mode.<field>`, `joint` (`jointMode`) and `isCaseSensitive`.
 *
 * @param fields the searchable fields
 * @returns undefined without a search
 * @throws AldabaError `request.invalid_input` with the reason
 */
export function parseSearch(query: Readonly<Record<string, unknown>>, fields: readonly string[]): Search | undefined {
  const general = matchMode(one(query, 'mode'), 'like');
  const terms: SearchTerm[] = [];
  for (const [name, value] of Object.entries(query)) {
    const [head, field, ...rest] = name.split('.');
    if (head !== 'search' && head !== 'mode') continue;
    if (field !== undefined && (rest.length > 0 || !fields.includes(field)))
      refuse(`“${name}” is not a field that can be searched.`);
    if (head === 'mode') continue;
    const mode = field === undefined ? general : matchMode(one(query, `mode.${field}`), general);
    terms.push({ fields: field === undefined ? fields : [field], values: values(name, value, mode), mode });
  }
  if (terms.length === 0) return undefined;
  const joint = one(query, 'joint') ?? one(query, 'jointMode') ?? 'or';
  if (joint !== 'or' && joint !== 'and') return refuse('“joint” is either “or” or “and”.');
  const isCaseSensitive = isOn(one(query, 'isCaseSensitive'));
  if (!isCaseSensitive && terms.some((term) => term.mode === 'similar_to')) {
    refuse('The mode “similar_to” needs isCaseSensitive=true.');
  }
  return { terms, joint, isCaseSensitive };
}

/** A case-insensitive search for `q` as a part of any field; undefined if `q` is empty. */
export function containsSearch(q: string | undefined, fields: readonly string[]): Search | undefined {
  if (q === undefined || q === '') return undefined;
  const value = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return { terms: [{ fields, values: [value], mode: 'like' }], joint: 'or', isCaseSensitive: false };
}

function values(name: string, value: unknown, mode: MatchMode): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 1 && mode !== 'exact') refuse(`“${name}” can be repeated with the mode “exact” only.`);
  return list.map((item) => {
    if (typeof item !== 'string' || item === '') return refuse(`“${name}” must not be empty.`);
    // A backslash takes the meaning from the character after it: PostgreSQL refuses a pattern that ends in one.
    if (mode === 'like' && /(?<!\\)(?:\\\\)*\\$/.test(item))
      return refuse(`“${name}” must not end with a single “\\”; write it twice.`);
    return item.length > maximumValueLength
      ? refuse(`“${name}” is longer than ${maximumValueLength} characters.`)
      : item;
  });
}

function one(query: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  return refuse(`“${name}” can be given once.`);
}

function matchMode(value: string | undefined, fallback: MatchMode): MatchMode {
  if (value === undefined) return fallback;
  return matchModes.find((mode) => mode === value) ?? refuse(`A mode is one of ${matchModes.join(', ')}.`);
}

function isOn(value: string | undefined): boolean {
  if (value === undefined) return false;
  if (/^(true|1|yes)$/i.test(value)) return true;
  if (/^(false|0|no)$/i.test(value)) return false;
  return refuse('“isCaseSensitive” is either “true” or “false”.');
}
