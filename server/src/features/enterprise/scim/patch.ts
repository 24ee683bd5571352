/**
 * Applies the operations of PATCH (RFC 7644 section 3.5.2) to a resource and returns the changed one. Pure. Where
 * Microsoft Entra ID and Okta depart from the specification, a comment names them.
 */
import type { ScimAttribute, ScimPatchOperation, ScimResourceType } from '@aldaba/contract/scim';
import { type AttributePath, findAttribute, findExtension, findPath, findSub, type Values } from './attributes.ts';
import { invalid } from './errors.ts';
import { type Filter, type PatchPath, parsePath } from './filter.ts';
import { isObject, readElement, readValue, withOnePrimary } from './input.ts';
import { comparable, matchesValue } from './match.ts';

/** @throws ScimError `invalidPath`, `invalidValue`, `invalidFilter`, `noTarget`, `mutability` */
export function applyPatch(
  type: ScimResourceType,
  resource: Values,
  operations: readonly ScimPatchOperation[],
): Values {
  const changed = structuredClone(resource);
  for (const operation of operations) apply(type, changed, operation);
  return changed;
}

function apply(type: ScimResourceType, resource: Values, { op, path, value }: ScimPatchOperation): void {
  if (path !== undefined && path.trim() !== '') {
    applyAt(type, resource, { op, at: parsePath(type, path), value });
    return;
  }
  if (op === 'remove') throw invalid('noTarget', 'A remove operation needs a path.');
  if (!isObject(value)) throw invalid('invalidValue', 'An operation without a path needs an object as its value.');
  for (const [name, member] of Object.entries(value)) {
    const attribute = findAttribute(type, name);
    if (attribute?.mutability === 'readOnly' || attribute?.name === 'schemas') {
      // Okta repeats the id; it must not be another one.
      if (attribute.name === 'id' && member !== resource.id) throw readOnly(attribute);
      continue;
    }
    // Unknown attributes are ignored as in a whole resource; Entra writes paths as names: `name.givenName`.
    const isPath = attribute || findExtension(type, name) || /[.[:]/.test(name);
    if (isPath) applyAt(type, resource, { op, at: parsePath(type, name), value: member });
  }
}

interface Step {
  op: 'add' | 'replace' | 'remove';
  at: PatchPath;
  value: unknown;
}

function applyAt(type: ScimResourceType, resource: Values, { op, at, value }: Step): void {
  const { extension, path, filter } = at;
  if (!path) {
    applyExtension(type, resource, { op, urn: extension as string, value });
    return;
  }
  for (const named of [path.attribute, path.sub]) if (named?.mutability === 'readOnly') throw readOnly(named);
  if (extension !== undefined) resource[extension] ??= {};
  const holder = extension === undefined ? resource : (resource[extension] as Values);
  if (path.attribute.multiValued) applyToList(holder, path, { op, filter, value });
  else applyToOne(holder, path, { op, value });
  if (op === 'remove' && path.attribute.required && !path.sub)
    throw invalid('mutability', `${path.attribute.name} is required and cannot be removed.`);
  if (extension !== undefined && Object.keys(holder).length === 0) delete resource[extension];
}

/** A path that is the URN of an extension, or a member of that name. */
function applyExtension(
  type: ScimResourceType,
  resource: Values,
  { op, urn, value }: { op: Step['op']; urn: string; value: unknown },
): void {
  if (op === 'remove') {
    delete resource[urn];
    return;
  }
  if (!isObject(value)) throw invalid('invalidValue', 'The value of a schema must be an object.');
  for (const [name, member] of Object.entries(value)) {
    const path = findPath(type, `${urn}:${name}`);
    if (path) applyAt(type, resource, { op, at: { extension: urn, path, filter: undefined }, value: member });
  }
}

function applyToOne(holder: Values, { attribute, sub }: AttributePath, { op, value }: Omit<Step, 'at'>): void {
  const { name } = attribute;
  const before = holder[name];
  if (sub) {
    const inner = isObject(before) ? before : {};
    const read = op === 'remove' ? undefined : readValue(sub, value);
    put(inner, sub.name, read);
    put(holder, name, Object.keys(inner).length === 0 ? undefined : inner);
    return;
  }
  const read = op === 'remove' ? undefined : readValue(attribute, value);
  // The sub-attributes that are given, of a complex value; the others stay.
  put(holder, name, isObject(read) && isObject(before) ? { ...before, ...read } : read);
}

function applyToList(
  holder: Values,
  { attribute, sub }: AttributePath,
  { op, filter, value }: Omit<Step, 'at'> & { filter: Filter<ScimAttribute> | undefined },
): void {
  const { name } = attribute;
  const before = (holder[name] as Values[] | undefined) ?? [];
  const isTarget = (element: Values) => !filter || matchesValue(filter, element);
  let after: Values[];
  if (op === 'remove') after = removed(before, { attribute, sub, isTarget, value });
  else if (!filter && !sub)
    after = op === 'replace' ? read(attribute, value) : added(before, read(attribute, value), attribute);
  else {
    const targets = before.filter(isTarget);
    const whole = sub ? undefined : readElement(attribute, value);
    const change = (element: Values): Values =>
      sub ? withSub(element, sub, value) : { ...element, ...(whole as Values) };
    // Entra sets `emails[type eq "work"].value` where no such address exists: the filter tells what the new one is.
    if (targets.length === 0) after = [...before, change(elementOf(filter, attribute))];
    else after = before.map((element) => (isTarget(element) ? change(element) : element));
    after = keepPrimary(after, before);
  }
  const full = after.filter((element) => !isEmpty(element, attribute));
  put(holder, name, full.length === 0 ? undefined : full);
}

function removed(
  before: Values[],
  given: {
    attribute: ScimAttribute;
    sub: ScimAttribute | undefined;
    isTarget: (one: Values) => boolean;
    value: unknown;
  },
): Values[] {
  const { attribute, sub, isTarget, value } = given;
  if (sub) return before.map((element) => (isTarget(element) ? withSub(element, sub, undefined) : element));
  // Entra removes members by `"path": "members", "value": [{ "value": "…" }]`.
  const listed =
    value === undefined || value === null
      ? undefined
      : new Set(read(attribute, value).map((one) => keyOf(one, attribute)));
  return before.filter((element) => !(isTarget(element) && (!listed || listed.has(keyOf(element, attribute)))));
}

const read = (attribute: ScimAttribute, value: unknown): Values[] =>
  (readValue(attribute, value) as Values[] | undefined) ?? [];

/** Values that are there already are not added again; a new primary value replaces the former. */
function added(before: Values[], more: Values[], attribute: ScimAttribute): Values[] {
  const known = new Map(before.map((element) => [keyOf(element, attribute), element]));
  const distinct = [...known.values()];
  for (const element of more) {
    const key = keyOf(element, attribute);
    known.set(key, { ...known.get(key), ...element });
  }
  return keepPrimary([...known.values()], distinct);
}

/** If another value became primary, the former one no longer is. @param after begins with the values of `before` */
function keepPrimary(after: Values[], before: Values[]): Values[] {
  const became = after.findLastIndex((one, at) => one.primary === true && before[at]?.primary !== true);
  if (became === -1) return withOnePrimary(after);
  return after.map((one, at) => (one.primary === true && at !== became ? { ...one, primary: false } : one));
}

function keyOf(element: Values, attribute: ScimAttribute): string {
  const value = findSub(attribute, 'value');
  return value ? JSON.stringify([comparable(element.value, value), element.type]) : JSON.stringify(element);
}

function withSub(element: Values, sub: ScimAttribute, value: unknown): Values {
  const changed = { ...element };
  put(changed, sub.name, value === undefined ? undefined : readValue(sub, value));
  return changed;
}

const isEmpty = (element: Values, attribute: ScimAttribute): boolean =>
  findSub(attribute, 'value')
    ? element.value === undefined
    : Object.keys(element).every((name) => name === 'type' || name === 'primary');

/** What an element must be to fulfill a filter that consists of `eq` joined by `and`. */
function elementOf(filter: Filter<ScimAttribute> | undefined, attribute: ScimAttribute): Values {
  const parts = !filter ? [] : filter.op === 'and' ? filter.filters : [filter];
  const element: Values = {};
  for (const part of parts) {
    if (part.op !== 'eq' || part.value === null)
      throw invalid('noTarget', `No value of ${attribute.name} fulfills the filter.`);
    element[part.target.name] = part.value;
  }
  return element;
}

function put(holder: Values, name: string, value: unknown): void {
  if (value === undefined) delete holder[name];
  else holder[name] = value;
}

const readOnly = ({ name }: ScimAttribute) => invalid('mutability', `${name} is read-only.`);
