type Json = Record<string, unknown>;

/**
 * Moves the named shapes (`$defs`) of the schemas in `value` to `components` and rewrites references: these start at
 * the root of the document (RFC 6901), not at a schema's own definitions.
 *
 * @throws Error if a recursive shape has no name, or two shapes share one
 */
export function shareShapes<T>(value: T): { value: T; shapes: Record<string, Json> } {
  const shapes: Record<string, Json> = {};
  const share = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(share);
    if (typeof part !== 'object' || part === null) return part;
    const { $defs = {}, $ref, ...rest } = part as Json;
    for (const [name, definition] of Object.entries($defs as Json)) keep(name, share(definition) as Json);
    return {
      ...Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, share(inner)])),
      ...(typeof $ref === 'string' ? { $ref: $ref.replace(/^#\/\$defs\//, '#/components/schemas/') } : {}),
    };
  };
  const keep = (name: string, { id: _name, ...shape }: Json) => {
    if (name.startsWith('__')) throw new Error(`A recursive shape of the contract needs a name: .meta({ id: '…' }).`);
    if (shapes[name] && JSON.stringify(shapes[name]) !== JSON.stringify(shape))
      throw new Error(`Two shapes of the contract are called ${name}.`);
    shapes[name] = shape;
  };
  return { value: share(value) as T, shapes };
}
