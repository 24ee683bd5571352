import { AldabaError } from '../kernel/errors.ts';
import { plainRule } from '../kernel/plain-rules.ts';
import { type FailureCode, Refused, UsageError } from './command.ts';

/** What `--json` prints on failure, in the form of the API's error answers. */
export interface Failure {
  code: FailureCode;
  message: string;
  data?: unknown;
}

/** A failure for programs. The message is that of `explain`. */
export function failureOf(error: unknown, options: Readonly<Record<string, string>> = {}): Failure {
  const message = explain(error, options);
  if (error instanceof UsageError) return { code: 'command.usage', message };
  if (error instanceof Refused) return { code: error.code, message };
  if (!(error instanceof AldabaError)) return { code: 'command.failed', message };
  return { code: error.code, message, ...(error.data === undefined ? {} : { data: error.data }) };
}

/**
 * A failure as lines for the terminal. Findings about a request name the option or field and the rule; other errors of
 * ours are a sentence, with the details that it does not already carry.
 * @param options how the command calls the fields of the request, e.g. `{ primaryEmail: '--email' }`
 */
export function explain(error: unknown, options: Readonly<Record<string, string>> = {}): string {
  if (!(error instanceof AldabaError)) return String(error instanceof Error ? error.message : error);
  const data = isObject(error.data) ? error.data : {};
  const findings = findingsOf(data);
  if (findings.length > 0) return findings.map(({ path, message }) => line(path, message, options)).join('\n');
  if (error.is('guard.invalid_input')) return fromReason(error.data.reason, options);
  return [error.message, ...detailsOf(data, error.message)].join('\n');
}

interface Finding {
  path: string;
  message: string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `issues` of a request, `problems` of a connector's configuration. */
function findingsOf(data: Record<string, unknown>): Finding[] {
  const list = [data.issues, data.problems].find(Array.isArray) ?? [];
  return list.flatMap((item: unknown) => {
    if (!isObject(item) || typeof item.message !== 'string') return [];
    return [{ path: Array.isArray(item.path) ? item.path.join('.') : String(item.path ?? ''), message: item.message }];
  });
}

function line(path: string, message: string, options: Readonly<Record<string, string>>): string {
  const name = options[path] ?? options[path.replace(/\.\d+$/, '')] ?? path;
  const rule = plainRule(message);
  if (name === '') return sentence(rule);
  return /^(is|must|has|may)\b/.test(rule) ? `${name} ${rule}.` : `${name}: ${rule}.`;
}

/** `body.primaryEmail: …; body.name: …`, as services give their own findings. */
const fromReason = (reason: string, options: Readonly<Record<string, string>>): string =>
  reason
    .split('; ')
    .map((part) => {
      const [, path = '', message = part] = /^(?:body|query|params)(?:\.([\w.]+))?: (.*)$/s.exec(part) ?? [];
      return line(path, message, options);
    })
    .join('\n');

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** Members of the details that say more than the message. */
const detailsOf = (data: Record<string, unknown>, message: string): string[] =>
  Object.entries(data).flatMap(([name, value]) => {
    const shown = Array.isArray(value) ? value.filter((item) => typeof item === 'string').join(', ') : value;
    if (typeof shown !== 'string' || shown === '' || message.includes(shown)) return [];
    return [name === 'details' || name === 'reason' ? shown : `${name}: ${shown}`];
  });
