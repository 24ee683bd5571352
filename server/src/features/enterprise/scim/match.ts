/** Whether a resource fulfills a filter (RFC 7644 section 3.4.2.2). Pure. */
import type { ScimAttribute } from '@aldaba/contract/scim';
import { type AttributePath, findSub, type Values, valuesAt } from './attributes.ts';
import type { Filter } from './filter.ts';

export function matches(filter: Filter, resource: Values): boolean {
  return evaluate(filter, (target) => ({ definition: definitionOf(target), values: valuesOf(resource, target) }), {
    any: (target, inner) => valuesAt(resource, target).some((value) => matchesValue(inner, value as Values)),
  });
}

/** The same for one value of a complex attribute. */
export function matchesValue(filter: Filter<ScimAttribute>, value: Values): boolean {
  return evaluate(filter, (sub) => ({ definition: sub, values: present(value?.[sub.name]) }), { any: () => false });
}

interface Found {
  definition: ScimAttribute;
  values: unknown[];
}

function evaluate<Target>(
  filter: Filter<Target>,
  find: (target: Target) => Found,
  { any }: { any: (target: Target, filter: Filter<ScimAttribute>) => boolean },
): boolean {
  const inner = (part: Filter<Target>) => evaluate(part, find, { any });
  switch (filter.op) {
    case 'and':
      return filter.filters.every(inner);
    case 'or':
      return filter.filters.some(inner);
    case 'not':
      return !inner(filter.filter);
    case 'any':
      return any(filter.target, filter.filter);
    case 'pr':
      return find(filter.target).values.length > 0;
    default: {
      const { definition, values } = find(filter.target);
      return compare(filter.op, definition, { values, wanted: filter.value });
    }
  }
}

function compare(
  op: 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le',
  definition: ScimAttribute,
  { values, wanted }: { values: unknown[]; wanted: unknown },
): boolean {
  if (wanted === null) return op === 'ne' ? values.length > 0 : op === 'eq' && values.length === 0;
  const right = comparable(wanted, definition);
  const some = (test: (left: never, right: never) => boolean) =>
    values.some((value) => {
      const left = comparable(value, definition);
      return typeof left === typeof right && test(left as never, right as never);
    });
  switch (op) {
    case 'eq':
      return some((left, other) => left === other);
    case 'ne':
      return !some((left, other) => left === other);
    case 'co':
      return some((left: string, other: string) => String(left).includes(String(other)));
    case 'sw':
      return some((left: string, other: string) => String(left).startsWith(String(other)));
    case 'ew':
      return some((left: string, other: string) => String(left).endsWith(String(other)));
    case 'gt':
      return some((left, other) => left > other);
    case 'ge':
      return some((left, other) => left >= other);
    case 'lt':
      return some((left, other) => left < other);
    case 'le':
      return some((left, other) => left <= other);
  }
}

/** Dates in milliseconds, and text without case unless case matters. */
export function comparable(value: unknown, { type, caseExact }: ScimAttribute): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'dateTime' && !Number.isNaN(Date.parse(value))) return Date.parse(value);
  return caseExact ? value : value.toLowerCase();
}

const definitionOf = ({ attribute, sub }: AttributePath): ScimAttribute =>
  sub ?? (attribute.type === 'complex' ? (findSub(attribute, 'value') ?? attribute) : attribute);

/** The values to compare: those of the sub-attribute, or of `value` in a complex attribute. */
const valuesOf = (resource: Values, path: AttributePath): unknown[] => leavesOf(valuesAt(resource, path), path);

/** The value to sort by: of the primary value, else of the first (RFC 7644 section 3.4.2.3). */
export function sortValueOf(resource: Values, path: AttributePath): unknown {
  const found = valuesAt(resource, path);
  const primary = found.find((value) => (value as Values | null)?.primary === true);
  return leavesOf(found.length === 0 ? [] : [primary ?? found[0]], path)[0];
}

function leavesOf(found: unknown[], path: AttributePath): unknown[] {
  if (path.attribute.type !== 'complex') return found;
  const sub = path.sub ?? findSub(path.attribute, 'value');
  if (!sub) return found;
  return found.flatMap((value) => present((value as Values)[sub.name]));
}

const present = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
