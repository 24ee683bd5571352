import { z } from 'zod';

/** Values that give access to something: see `secret`. */
const secrets = z.registry<{ isSecret: true }>();
const secretMask = '******';

/**
 * Marks a value of a response that gives access to something. The server shows it to callers who may also change what
 * the route is about; for others, every text in it is replaced with asterisks.
 */
export function secret<S extends z.ZodType>(schema: S): S {
  const marked = schema.clone(undefined, { parent: true });
  secrets.add(marked, { isSecret: true });
  return marked;
}

export const isSecret = (schema: z.ZodType): boolean => secrets.has(schema);

/** Values without values inside. */
const leaves: ReadonlySet<string> = new Set([
  ...['string', 'number', 'int', 'boolean', 'bigint', 'null', 'undefined', 'never', 'any', 'unknown', 'date'],
  ...['enum', 'literal', 'template_literal', 'void', 'nan'],
]);

/** The schema that one wraps without a change of the value's shape. */
const innerOf = (schema: z.ZodType): unknown =>
  schema instanceof z.ZodOptional ||
  schema instanceof z.ZodNullable ||
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault ||
  schema instanceof z.ZodCatch ||
  schema instanceof z.ZodReadonly ||
  schema instanceof z.ZodNonOptional
    ? schema.def.innerType
    : undefined;

/**
 * The schemas inside of a schema, with the name of the member if it is one of an object.
 * @throws Error for a kind of schema in which secrets would not be found
 */
export function partsOf(schema: z.ZodType): { name?: string; schema: z.ZodType }[] {
  const unnamed = (parts: unknown[]) => parts.map((part) => ({ schema: part as z.ZodType }));
  const inner = innerOf(schema);
  if (inner !== undefined) return unnamed([inner]);
  if (schema instanceof z.ZodObject) {
    const { shape, catchall } = schema.def;
    const members = Object.entries(shape).map(([name, member]) => ({ name, schema: member as z.ZodType }));
    return [...members, ...unnamed(catchall ? [catchall] : [])];
  }
  if (schema instanceof z.ZodArray) return unnamed([schema.def.element]);
  if (schema instanceof z.ZodTuple)
    return unnamed([...schema.def.items, ...(schema.def.rest ? [schema.def.rest] : [])]);
  if (schema instanceof z.ZodRecord) return unnamed([schema.def.valueType]);
  if (schema instanceof z.ZodUnion) return unnamed([...schema.def.options]);
  if (schema instanceof z.ZodIntersection) return unnamed([schema.def.left, schema.def.right]);
  // Always the same one, unlike the result of the getter.
  if (schema instanceof z.ZodLazy) return unnamed([schema._zod.innerType]);
  // A transformation is of the client's: the server sends what goes in.
  if (schema instanceof z.ZodPipe) return unnamed([schema.def.in]);
  if (leaves.has(schema.def.type)) return [];
  throw new Error(`Secrets in a schema of the kind “${schema.def.type}” would not be hidden: use another kind.`);
}

/**
 * Finds the secrets of a response once, before the first one is sent.
 * @returns a function that hides them; undefined if there are none
 * @throws Error for a kind of schema in which secrets would not be found
 */
export function hiderOf(schema: z.ZodType): ((value: unknown) => unknown) | undefined {
  const holding = holders(schema);
  return holding.has(schema) ? (value) => hide(schema, value, holding) : undefined;
}

/** The schemas that are secret or have a secret inside, themselves included. */
function holders(root: z.ZodType): ReadonlySet<z.ZodType> {
  const parents = new Map<z.ZodType, z.ZodType[]>();
  const found: z.ZodType[] = [];
  const visit = (schema: z.ZodType, parent: z.ZodType | undefined) => {
    const known = parents.get(schema);
    if (parent) parents.set(schema, [...(known ?? []), parent]);
    else parents.set(schema, known ?? []);
    if (known) return;
    if (isSecret(schema)) found.push(schema);
    for (const part of partsOf(schema)) visit(part.schema, schema);
  };
  visit(root, undefined);
  const holding = new Set<z.ZodType>();
  for (let schema = found.pop(); schema; schema = found.pop()) {
    if (holding.has(schema)) continue;
    holding.add(schema);
    found.push(...(parents.get(schema) ?? []));
  }
  return holding;
}

function hide(schema: z.ZodType, value: unknown, holding: ReadonlySet<z.ZodType>): unknown {
  if (value === null || value === undefined || !holding.has(schema)) return value;
  if (isSecret(schema)) return masked(value);
  const within = (part: unknown, inside: unknown) => hide(part as z.ZodType, inside, holding);
  const inner = innerOf(schema);
  if (inner !== undefined) return within(inner, value);
  if (schema instanceof z.ZodLazy) return within(schema._zod.innerType, value);
  if (schema instanceof z.ZodPipe) return within(schema.def.in, value);
  if (schema instanceof z.ZodIntersection) return within(schema.def.right, within(schema.def.left, value));
  if (schema instanceof z.ZodUnion) {
    const options = (schema.def.options as z.ZodType[]).filter((option) => option.safeParse(value).success);
    return options.length === 0
      ? masked(value)
      : options.reduce<unknown>((left, option) => within(option, left), value);
  }
  if (Array.isArray(value)) {
    if (schema instanceof z.ZodArray) return value.map((item) => within(schema.def.element, item));
    if (schema instanceof z.ZodTuple)
      return value.map((item, index) => within(schema.def.items[index] ?? schema.def.rest, item));
  } else if (typeof value === 'object') {
    if (schema instanceof z.ZodRecord) return mapMembers(value, (member) => within(schema.def.valueType, member));
    if (schema instanceof z.ZodObject)
      return mapMembers(value, (member, name) => {
        const part = Object.hasOwn(schema.shape, name) ? schema.shape[name] : schema.def.catchall;
        return part ? within(part, member) : member;
      });
  }
  // Of another shape than declared: nothing says where the secret is.
  return masked(value);
}

const mapMembers = (value: object, change: (member: unknown, name: string) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member, name)]));

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : secretMask;
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === 'object' && value !== null ? mapMembers(value, masked) : value;
}
