import { z } from 'zod';
import { createAllowList, ipVersion } from './kernel/addresses.ts';
import { plainRule } from './kernel/plain-rules.ts';

/** A setting that cannot be used: the variable, and the rest of a sentence about it. */
export interface SettingProblem {
  name: string;
  rule: string;
}

const encoded = 'encode # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25';

/** What is wrong with a `DATABASE_URL`, or undefined. Its value is never repeated: it holds a password. */
export function databaseUrlRule(value: string): string | undefined {
  if (!/^postgres(ql)?:\/\//i.test(value))
    return 'must begin with postgresql://, e.g. postgresql://user:password@host/database; only PostgreSQL is supported';
  if (value.includes('#')) return `contains a #. In the username and password, ${encoded}`;
  try {
    // A user without a host is how node-postgres names a local socket.
    const url = new URL(value.replace('@/', '@localhost/'));
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  } catch {
    return `cannot be read as postgresql://user:password@host:port/database. In the username and password, ${encoded}`;
  }
  return undefined;
}

/** Names that the parser of proxies accepts in addition to addresses. */
const namedNetworks: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** What is wrong with a list of addresses and CIDR ranges, or undefined. */
export function networksRule(entries: readonly string[]): string | undefined {
  const wrong = entries.filter((entry) => {
    if (namedNetworks.has(entry)) return false;
    const [address = '', bits, more] = entry.split('/');
    const family = ipVersion(address);
    const isWhole = bits === undefined || isLength(bits, family === 4 ? 32 : 128) || ipVersion(bits) === family;
    return family === 0 || more !== undefined || !isWhole;
  });
  return wrong.length === 0
    ? undefined
    : `must list IP addresses and ranges such as 10.0.0.0/8, separated by commas; ${quoted(wrong)} is not`;
}

const isLength = (bits: string, width: number): boolean => /^\d{1,3}$/.test(bits) && Number(bits) <= width;
const quoted = (entries: readonly string[]): string => entries.map((entry) => `“${entry}”`).join(', ');

/** What is wrong with a list of host names, addresses and CIDR ranges, or undefined. */
export function hostsRule(entries: readonly string[]): string | undefined {
  const wrong = entries.filter((entry) => {
    try {
      createAllowList([entry]);
      return false;
    } catch {
      return true;
    }
  });
  return wrong.length === 0
    ? undefined
    : `must list host names, IP addresses and ranges such as 10.0.0.0/8, separated by commas; ${quoted(wrong)} is not`;
}

/** A finding of the schema in words: ranges and choices come from the schema itself. */
export function schemaRule(schema: z.ZodType, issue: z.core.$ZodIssue): string {
  const described = z.toJSONSchema(schema, { io: 'input' });
  const { type, minimum, maximum, enum: values } = described;
  if (values) return `must be one of ${values.join(', ')}`;
  if (type === 'integer' || type === 'number')
    return `must be a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;
  const inner = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `${inner}${plainRule(issue.message)}`;
}

/** @throws Error that lists the problems, a line each */
export function refuseSettings(problems: readonly SettingProblem[]): never {
  const lines = problems.map(({ name, rule }) => `  ${name}: ${rule}${/[.:)]$/.test(rule) ? '' : '.'}`);
  throw new Error(`Correct these environment variables; docs/configuration.md explains them:\n${lines.join('\n')}`);
}
