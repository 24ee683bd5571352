/** Which attributes a response contains (RFC 7644 section 3.9). Pure. */
import type { ScimResourceType } from '@aldaba/contract/scim';
import { findExtension, findPath, type Values } from './attributes.ts';
import { invalid } from './errors.ts';

export interface Projection {
  attributes?: readonly string[] | undefined;
  excludedAttributes?: readonly string[] | undefined;
}

interface Named {
  extension: string | undefined;
  name: string | undefined;
  sub: string | undefined;
}

/** Unknown names are ignored. */
const namedBy = (type: ScimResourceType, names: readonly string[]): Named[] =>
  names.flatMap((text): Named[] => {
    const extension = findExtension(type, text.trim());
    if (extension) return [{ extension: extension.id, name: undefined, sub: undefined }];
    const path = findPath(type, text.trim());
    return path ? [{ extension: path.extension, name: path.attribute.name, sub: path.sub?.name }] : [];
  });

/** Whether a response contains an attribute of the core schema. */
export function includes(
  type: ScimResourceType,
  { attributes, excludedAttributes }: Projection,
  name: string,
): boolean {
  const isNamed = (names: readonly string[]) => namedBy(type, names).some((one) => !one.extension && one.name === name);
  if (attributes) return isNamed(attributes);
  return !namedBy(type, excludedAttributes ?? []).some((one) => !one.extension && one.name === name && !one.sub);
}

const always = ['schemas', 'id'];

/** @throws ScimError `invalidSyntax` if both lists are given */
export function project(type: ScimResourceType, resource: Values, given: Projection): Values {
  const { attributes, excludedAttributes } = given;
  if (attributes && excludedAttributes) throw invalid('invalidSyntax', 'Give either attributes or excludedAttributes.');
  if (attributes) return only(resource, namedBy(type, attributes));
  return excludedAttributes ? without(resource, namedBy(type, excludedAttributes)) : resource;
}

function only(resource: Values, named: readonly Named[]): Values {
  const result: Values = Object.fromEntries(always.map((name) => [name, resource[name]]));
  for (const { extension, name, sub } of named) {
    const from = extension === undefined ? resource : (resource[extension] as Values | undefined);
    if (!from) continue;
    if (extension !== undefined && name === undefined) {
      result[extension] = from;
      continue;
    }
    const value = from[name as string];
    if (value === undefined) continue;
    if (extension !== undefined) result[extension] ??= {};
    const into = extension === undefined ? result : (result[extension] as Values);
    into[name as string] = sub === undefined ? value : merge(into[name as string], pick(value, sub));
  }
  return result;
}

const pick = (value: unknown, sub: string): unknown =>
  Array.isArray(value)
    ? value.map((one: Values) => (one[sub] === undefined ? {} : { [sub]: one[sub] }))
    : (value as Values)[sub] === undefined
      ? {}
      : { [sub]: (value as Values)[sub] };

/** Several sub-attributes of one attribute. */
function merge(before: unknown, more: unknown): unknown {
  if (Array.isArray(more))
    return more.map((one: Values, at) => ({ ...(before as Values[] | undefined)?.[at], ...one }));
  return { ...(before as Values | undefined), ...(more as Values) };
}

function without(resource: Values, named: readonly Named[]): Values {
  const result = structuredClone(resource);
  for (const { extension, name, sub } of named) {
    if (extension !== undefined && name === undefined) {
      delete result[extension];
      continue;
    }
    if (extension === undefined && always.includes(name as string)) continue;
    const from = extension === undefined ? result : (result[extension] as Values | undefined);
    if (!from) continue;
    if (sub === undefined) delete from[name as string];
    else for (const one of [from[name as string]].flat()) delete (one as Values | undefined)?.[sub];
  }
  return result;
}
