/** Divides the machine's cores between the measured server and everything else. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Division {
  /** Of the server alone, as a list for `taskset`. */
  server: string;
  serverCount: number;
  /** Of PostgreSQL and the load generator. */
  rest: string;
}

/** Half of the cores that this process may use for each side; a single core is shared. */
export function divideCores(): Division {
  const cores = allowedCores();
  const serverCount = Math.max(1, Math.floor(cores.length / 2));
  const rest = cores.slice(serverCount);
  return {
    server: cores.slice(0, serverCount).join(','),
    serverCount,
    rest: (rest.length > 0 ? rest : cores).join(','),
  };
}

/** Keeps this process, and processes that it starts from now on, on some cores until it is disposed. */
export function stayOn(cores: string): Disposable {
  const before = allowedCores().join(',');
  restrict(cores);
  return { [Symbol.dispose]: () => restrict(before) };
}

function restrict(cores: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(process.pid)], { stdio: 'ignore' });
}

function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
