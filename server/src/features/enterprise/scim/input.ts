/**
 * Reads what a client sends into the form of the schemas (RFC 7643): names as the schemas spell them, values of the
 * declared types. Unknown and read-only attributes are dropped (RFC 7644 section 3.3), null and empty lists are absent.
 * Pure.
 */
import { type ScimAttribute, type ScimResourceType, scimLimits } from '@aldaba/contract/scim';
import { coreAttributes, findAttribute, findExtension, findSub, type Values } from './attributes.ts';
import { invalid } from './errors.ts';

/** @throws ScimError `invalidSyntax`, `invalidValue` */
export function readResource(type: ScimResourceType, body: unknown): Values {
  if (!isObject(body)) throw invalid('invalidSyntax', 'The body must be a JSON object.');
  const resource: Values = {};
  for (const [name, value] of Object.entries(body)) {
    const extension = findExtension(type, name);
    const attribute = findAttribute(type, name);
    if (extension) {
      if (value === null) continue;
      const read = readMembers(extension.attributes, value, extension.name);
      if (Object.keys(read).length > 0) resource[extension.id] = read;
    } else if (attribute && attribute.mutability !== 'readOnly' && attribute.name !== 'schemas') {
      set(resource, attribute, value);
    }
  }
  requireAttributes(coreAttributes(type), resource);
  return resource;
}

function requireAttributes(attributes: readonly ScimAttribute[], resource: Values): void {
  for (const { name, required } of attributes)
    if (required && (resource[name] === undefined || resource[name] === ''))
      throw invalid('invalidValue', `${name} is required.`);
}

function readMembers(attributes: readonly ScimAttribute[], value: unknown, where: string): Values {
  if (!isObject(value)) throw invalid('invalidValue', `${where} must be an object.`);
  const read: Values = {};
  for (const [name, member] of Object.entries(value)) {
    const attribute = attributes.find((known) => known.name.toLowerCase() === name.toLowerCase());
    if (attribute && attribute.mutability !== 'readOnly') set(read, attribute, member);
  }
  return read;
}

function set(target: Values, attribute: ScimAttribute, value: unknown): void {
  const read = readValue(attribute, value);
  if (read !== undefined) target[attribute.name] = read;
}

/**
 * The value of an attribute, or undefined if it says that the attribute is absent.
 * @throws ScimError `invalidValue`
 */
export function readValue(attribute: ScimAttribute, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (!attribute.multiValued) return readOne(attribute, value);
  const list = (Array.isArray(value) ? value : [value]).map((one) => readElement(attribute, one));
  const maximum = attribute.name === 'members' ? scimLimits.members : scimLimits.values;
  if (list.length > maximum) throw invalid('invalidValue', `${attribute.name} must have at most ${maximum} values.`);
  const elements = list.filter((one) => one !== undefined);
  return elements.length === 0 ? undefined : withOnePrimary(elements as Values[]);
}

/** One element of an attribute with several values. */
export function readElement(attribute: ScimAttribute, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const read = readOne({ ...attribute, multiValued: false }, value);
  // `{ "value": "" }` is what a directory sends for an empty field.
  if (attribute.type === 'complex' && isObject(read)) {
    if (findSub(attribute, 'value') && (read.value === undefined || read.value === '')) return undefined;
    if (Object.keys(read).length === 0) return undefined;
  }
  return read;
}

function readOne(attribute: ScimAttribute, given: unknown): unknown {
  const { name, type } = attribute;
  if (type === 'complex') {
    const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
    // Microsoft Entra ID sends the manager, and Okta a member, as the plain value.
    if (typeof value === 'string' && findSub(attribute, 'value'))
      return value === '' ? undefined : { value: readText(name, value) };
    const read = readMembers(attribute.subAttributes ?? [], value, name);
    return Object.keys(read).length === 0 ? undefined : read;
  }
  if (type === 'boolean') {
    // Microsoft Entra ID sends "True" and "False".
    if (typeof given === 'string' && /^(true|false)$/i.test(given)) return given.toLowerCase() === 'true';
    if (typeof given !== 'boolean') throw invalid('invalidValue', `${name} must be true or false.`);
    return given;
  }
  const text = readText(name, typeof given === 'number' ? String(given) : given);
  return text === '' ? undefined : text;
}

function readText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid('invalidValue', `${name} must be a string.`);
  if (value.length > scimLimits.textLength)
    throw invalid('invalidValue', `${name} must have at most ${scimLimits.textLength} characters.`);
  return value;
}

/** The last value that is primary is the only one (RFC 7643 section 2.4). */
export function withOnePrimary(values: Values[]): Values[] {
  const last = values.findLastIndex((value) => isObject(value) && value.primary === true);
  return values.map((value, at) =>
    isObject(value) && value.primary === true && at !== last ? { ...value, primary: false } : value,
  );
}

export const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
