import { type ListSearch, listSearch } from '../../patterns/list-search.ts';

const hour = 3_600_000;
/** Time ranges until now, in milliseconds. */
export const ranges = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour } as const;
type Range = keyof typeof ranges | 'custom';

/** The filters of the audit log in the address. */
export interface LogSearch extends ListSearch {
  /** A key of the audit log. */
  event?: string;
  result?: 'Success' | 'Error';
  /** ID of a user. */
  user?: string;
  /** ID of an application. */
  application?: string;
  range?: Range;
  /** Begin and end of the range `custom`, ISO 8601. */
  from?: string;
  to?: string;
}

/** Reads the address. What is not understood is left out; `from` and `to` belong to the range `custom`. */
export function logSearch(search: Record<string, unknown>): LogSearch {
  const { result } = search;
  const range = rangeOf(search['range']);
  return {
    ...listSearch({ page: search['page'] }),
    ...texts(search, ['event', 'user', 'application']),
    ...((result === 'Success' || result === 'Error') && { result }),
    ...(range && { range }),
    ...(range === 'custom' && texts(search, ['from', 'to'], (text) => !Number.isNaN(Date.parse(text)))),
  };
}

const rangeOf = (text: unknown): Range | undefined =>
  text === 'custom' || (typeof text === 'string' && Object.hasOwn(ranges, text)) ? (text as Range) : undefined;

function texts<Name extends keyof LogSearch & string>(
  search: Record<string, unknown>,
  names: readonly Name[],
  isValid: (text: string) => boolean = (text) => text !== '',
): { [N in Name]?: string } {
  const found = names.map((name) => [name, search[name]] as const);
  // Identifiers of digits alone arrive as numbers.
  const given = found.filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(
    given.map(([name, value]) => [name, String(value)]).filter(([, text = '']) => isValid(text)),
  ) as {
    [N in Name]?: string;
  };
}

/** Whether the custom range ends before it begins. */
export const isReversed = ({ from, to }: LogSearch): boolean =>
  from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to);

/** The query of the list. @param now milliseconds; ranges end there */
export function logQueryOf(search: LogSearch, now: number) {
  const { event, result, user, application, range, from, to } = search;
  const start = range === 'custom' ? from && Date.parse(from) : range && now - ranges[range];
  return {
    enableCap: 'true',
    ...(event && { logKey: event }),
    ...(result && { result }),
    ...(user && { userId: user }),
    ...(application && { applicationId: application }),
    ...(start && { start_time: String(start) }),
    // A chosen minute is included whole.
    ...(to && { end_time: String(Date.parse(to) + 59_999) }),
  };
}

/** The value of a field for local time, e.g. `2026-11-29T18:05`. */
export function toLocal(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
/** The ISO 8601 form of such a value; undefined if it is empty or not a time. */
export function fromLocal(value: string): string | undefined {
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
