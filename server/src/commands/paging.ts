import { type Option, type Terminal, text, UsageError } from './command.ts';

/** `--page` and `--limit` of commands that list. */
export const pageOptions: Readonly<Record<string, Option>> = {
  page: { type: 'string', value: 'number', description: 'Page to show (default 1)' },
  limit: { type: 'string', value: 'number', description: 'Rows on a page, 1 to 100 (default 20)' },
};

/** The page that was asked for, as list operations take it. @throws UsageError */
export function readPage(terminal: Terminal) {
  const number = whole(terminal, 'page', { default: 1, maximum: 1_000_000 });
  const size = whole(terminal, 'limit', { default: 20, maximum: 100 });
  return { number, size, limit: size, offset: (number - 1) * size };
}

/** `--search` as the query of list operations: a part of any searchable field. */
export function readSearch(terminal: Terminal): { search?: string } {
  const given = text(terminal, 'search');
  return given === undefined ? {} : { search: `%${given.replaceAll(/[\\%_]/g, '\\$&')}%` };
}

/** What to say below a page when there are more rows. */
export function moreLine(page: { number: number; size: number }, total: number): string[] {
  const last = Math.ceil(total / page.size);
  if (total <= page.size) return [];
  return [
    '',
    `Page ${page.number} of ${last}, ${total} in all. The next one: --page ${Math.min(page.number + 1, last)}`,
  ];
}

function whole(terminal: Terminal, name: string, range: { default: number; maximum: number }): number {
  const given = text(terminal, name);
  if (given === undefined) return range.default;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1 || value > range.maximum)
    throw new UsageError(`--${name} must be a whole number from 1 to ${range.maximum}.`);
  return value;
}
