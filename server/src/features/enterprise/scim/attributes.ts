/** Finds the definitions of attributes by their names, which are compared without case (RFC 7643 section 2.1). Pure. */
import { type ScimAttribute, type ScimResourceType, scimCommonAttributes } from '@aldaba/contract/scim';

/** A resource, or a complex value of one, with the names of its attributes as the schemas spell them. */
export type Values = Record<string, unknown>;

/** An attribute, or a sub-attribute of one, in a resource. */
export interface AttributePath {
  /** Schema of an extension, whose attributes are below its URN. */
  extension: string | undefined;
  attribute: ScimAttribute;
  sub: ScimAttribute | undefined;
}

const find = (attributes: readonly ScimAttribute[], name: string): ScimAttribute | undefined =>
  attributes.find((attribute) => attribute.name.toLowerCase() === name.toLowerCase());

/** The attributes at the first level, without those of extensions. */
export const coreAttributes = (type: ScimResourceType): readonly ScimAttribute[] => [
  ...scimCommonAttributes,
  ...type.schema.attributes,
];

export const findAttribute = (type: ScimResourceType, name: string): ScimAttribute | undefined =>
  find(coreAttributes(type), name);

/** The schema that a URN names, as the schemas spell it. */
export const findExtension = (type: ScimResourceType, urn: string): ScimResourceType['schema'] | undefined =>
  type.extensions.find(({ id }) => id.toLowerCase() === urn.toLowerCase());

/** `[URN:]attribute[.subAttribute]`; undefined for unknown attributes. */
export function findPath(type: ScimResourceType, text: string): AttributePath | undefined {
  const schema = [type.schema, ...type.extensions].find(({ id }) =>
    text.toLowerCase().startsWith(`${id.toLowerCase()}:`),
  );
  const names = (schema ? text.slice(schema.id.length + 1) : text).split('.');
  const isExtension = schema !== undefined && schema !== type.schema;
  const attribute = find(isExtension ? schema.attributes : coreAttributes(type), names[0] ?? '');
  if (!attribute || names.length > 2) return undefined;
  const extension = isExtension ? schema.id : undefined;
  if (names.length === 1) return { extension, attribute, sub: undefined };
  const sub = findSub(attribute, names[1] ?? '');
  return sub && { extension, attribute, sub };
}

export const findSub = (attribute: ScimAttribute, name: string): ScimAttribute | undefined =>
  find(attribute.subAttributes ?? [], name);

/** What a resource holds at an attribute: a list, also of a single value. */
export function valuesAt(resource: Values, { extension, attribute }: AttributePath): unknown[] {
  const holder = extension === undefined ? resource : (resource[extension] as Values | undefined);
  const value = holder?.[attribute.name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
