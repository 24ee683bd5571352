/*
 * The members of a configuration, read from its shape. Connector packages bring their own copy of zod, of another major
 * version perhaps, so shapes are recognized by their members: `_def` in zod 3, `def` in zod 4.
 */

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? (value as Members) : {};

/** Joins the members of all parts; undefined as soon as one part does not tell. */
function joined(parts: readonly unknown[]): string[] | undefined {
  const names: string[] = [];
  for (const part of parts) {
    const found = fieldsOf(part);
    if (found === undefined) return undefined;
    names.push(...found);
  }
  return [...new Set(names)];
}

/**
 * Names of the members that an object shape takes: of objects, unions and intersections of objects, and what wraps
 * them.
 * @returns undefined when the shape takes members that it does not name, or cannot be read
 */
export function fieldsOf(shape: unknown): string[] | undefined {
  const { shape: own } = membersOf(shape);
  const def = membersOf(membersOf(shape)._def ?? membersOf(shape).def);
  if (typeof own === 'object' && own !== null) {
    // zod 3 says `passthrough`; zod 4 has a catchall that is not `never`.
    const catchall = membersOf(membersOf(def.catchall)._def ?? membersOf(def.catchall).def);
    const open = def.unknownKeys === 'passthrough' || (catchall.type !== undefined && catchall.type !== 'never');
    return open ? undefined : Object.keys(own);
  }
  if (def.options !== undefined) {
    const options = def.options instanceof Map ? [...def.options.values()] : def.options;
    return Array.isArray(options) ? joined(options) : undefined;
  }
  if (def.left !== undefined && def.right !== undefined) return joined([def.left, def.right]);
  const inner = def.innerType ?? def.schema ?? def.in;
  return inner === undefined ? undefined : fieldsOf(inner);
}
