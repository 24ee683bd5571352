/** How answers look in a terminal. */

type Cell = string | number | boolean | null | undefined;

const shown = (cell: Cell): string => (cell === null || cell === undefined || cell === '' ? '–' : String(cell));

/** Labels and values, one pair a line; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [label: string, value: Cell])[]): string[] {
  const given = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(12, ...given.map(([label]) => label.length + 1));
  return given.map(([label, value]) => `${label.padEnd(width)} ${value}`);
}

/** Rows under a heading; `empty` alone where there are none. */
export function table(heading: readonly string[], rows: readonly (readonly Cell[])[], empty: string): string[] {
  if (rows.length === 0) return [empty];
  const lines = [heading.map((cell) => cell.toUpperCase()), ...rows.map((row) => row.map(shown))];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A date and time, UTC, to the minute. */
export const moment = (milliseconds: number | null | undefined): string =>
  milliseconds === null || milliseconds === undefined
    ? ''
    : new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ');
