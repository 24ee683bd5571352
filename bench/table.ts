/** Prints what was measured as Markdown. */
import { cpus } from 'node:os';
import type { PageWeight, Startup } from './footprint.ts';
import type { Result } from './measurement.ts';
import type { Row } from './rows.ts';

export interface Measured {
  row: Row;
  /** By server: `aldaba`, `limit`, and `oidcProvider` where it applies. */
  results: Record<string, Result>;
}

const names: Record<string, string> = {
  aldaba: '**Aldaba**',
  limit: 'limit of the machine',
  oidcProvider: 'oidc-provider',
};

/** The machine, in a line. */
export const describeMachine = (): string =>
  `${new Date().toISOString().slice(0, 10)} · ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'} · Node ${process.versions.node} · ${process.platform} ${process.arch}`;

/** One line for each operation and server. */
export function operationsTable(measured: Measured[]): string {
  const head = [
    'Operation',
    'Server',
    'CPU µs',
    '× limit',
    'p50 ms',
    'p99 ms',
    'per s',
    'SQL',
    'memory MB',
    'Target',
    '',
  ];
  const lines = measured.flatMap(({ row, results }) =>
    Object.entries(results).map(([name, result]) => [
      name === 'aldaba' ? row.name : '',
      names[name] ?? name,
      integer(result.cpu),
      name === 'limit' ? '' : (result.cpu / (results.limit?.cpu ?? Number.NaN)).toFixed(1),
      result.p50.toFixed(1),
      result.p99.toFixed(1),
      integer(result.perSecond),
      result.statements.toFixed(1),
      megabytes(result.resident),
      ...(name === 'aldaba' ? verdict(row, result) : ['', '']),
    ]),
  );
  return table(head, lines);
}

function verdict({ aim }: Row, result: Result): [string, string] {
  if (!aim) return ['', ''];
  const cpu = aim.beyondHash ? result.cpuBeyondPool : result.cpu;
  const wanted: string[] = [];
  let reached = true;
  const want = (value: number, limit: number | undefined, words: (limit: number) => string) => {
    if (limit === undefined) return;
    wanted.push(words(limit));
    reached &&= value <= limit;
  };
  want(cpu, aim.cpu, (limit) => `≤ ${integer(limit)}${aim.beyondHash ? ` beyond the hash (${integer(cpu)})` : ''}`);
  want(result.statements, aim.statements, (limit) => `≤ ${limit} SQL`);
  want(result.p99, aim.p99, (limit) => `p99 ≤ ${limit} ms`);
  return [wanted.join(', '), reached ? 'ok' : '**missed**'];
}

export interface Weights {
  startup?: Startup;
  page: PageWeight;
  /** Bytes: the highest that the server reached in the whole run, and what was left five seconds after it. */
  peak: number;
  afterwards: number;
  /** Bytes of PostgreSQL's processes during the load, proportional set size. */
  database: number;
}

export function weightsTable({ startup, page, peak, afterwards, database }: Weights): string {
  const lines = [
    ...(startup
      ? [
          aimed('`npm start` on an existing data folder, to ready', startup.npmStart, 1.5, 's'),
          ['of that, the server itself', `${startup.server.toFixed(2)} s`, '', ''],
          aimed('Resident memory, idle', startup.idle / 1e6, 130, 'MB'),
          ['PostgreSQL, idle (proportional)', `${megabytes(startup.idleDatabase)} MB`, '', ''],
        ]
      : []),
    aimed('Resident memory under load, highest', peak / 1e6, 250, 'MB'),
    ['Resident memory, five seconds after the load', `${megabytes(afterwards)} MB`, '', ''],
    ['PostgreSQL under load (proportional)', `${megabytes(database)} MB`, '', ''],
    aimed('First load of the sign-in page, as sent', page.sent / 1000, 30, 'kB'),
    aimed('First load of the sign-in page, requests', page.requests, 4, ''),
  ];
  return table(['Measure', 'Value', 'Target', ''], lines);
}

function aimed(name: string, value: number, aim: number, unit: string): string[] {
  const shown = unit === '' ? integer(value) : `${value.toFixed(unit === 's' ? 2 : 1)} ${unit}`;
  return [name, shown, `≤ ${aim} ${unit}`.trim(), value <= aim ? 'ok' : '**missed**'];
}

export function table(head: string[], lines: string[][]): string {
  const rule = head.map((_, index) => (index === 0 || index === head.length - 1 ? '---' : '---:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export const integer = (value: number): string => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
