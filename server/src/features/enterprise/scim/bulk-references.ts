/** References between the operations of a bulk request (RFC 7644 section 3.7.2): `bulkId:` and the id. Pure. */
import type { ScimBulkOperation } from '@aldaba/contract/scim';
import { ScimError } from './errors.ts';
import { isObject } from './input.ts';

const reference = /^bulkId:(.+)$/s;

/** The bulkIds to which an operation refers. */
export function referencesIn({ path, data }: ScimBulkOperation): string[] {
  const found: string[] = [];
  visit(data, (text) => {
    const [, id] = reference.exec(text) ?? [];
    if (id !== undefined) found.push(id);
    return text;
  });
  const [, id] = /\/bulkId:([^/]+)$/.exec(path) ?? [];
  return id === undefined ? found : [...found, id];
}

/** The data of an operation with ids in place of references. @throws ScimError 409 */
export const resolve = (data: unknown, ids: Map<string, string>): unknown =>
  visit(data, (text) => {
    const [, id] = reference.exec(text) ?? [];
    return id === undefined ? text : idOf(id, ids);
  });

/** The same for a path. */
export const resolveText = (path: string, ids: Map<string, string>): string =>
  path.replace(/\/bulkId:([^/]+)$/, (_, id: string) => `/${idOf(id, ids)}`);

function idOf(bulkId: string, ids: Map<string, string>): string {
  const id = ids.get(bulkId);
  if (id === undefined)
    throw new ScimError(409, `The bulkId ${bulkId.slice(0, 80)} names no resource that was created.`, 'invalidValue');
  return id;
}

/** Copies JSON, whose depth the parser of bodies limits, with other strings. */
function visit(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => visit(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, change)]));
}

/** The data without the values that refer to one of the given bulkIds; a complex value goes as a whole. */
export function without(data: unknown, open: ReadonlySet<string>): unknown {
  if (typeof data === 'string') return open.has(reference.exec(data)?.[1] ?? '') ? undefined : data;
  if (Array.isArray(data)) return data.map((item) => without(item, open)).filter((item) => item !== undefined);
  if (!isObject(data)) return data;
  const members = Object.entries(data).map(([name, item]) => [name, without(item, open)] as const);
  if (members.some(([name, item]) => name.toLowerCase() === 'value' && item === undefined)) return undefined;
  return Object.fromEntries(members.filter(([, item]) => item !== undefined));
}
