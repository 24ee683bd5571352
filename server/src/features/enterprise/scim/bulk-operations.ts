/** One operation of a bulk request. */
import type { ScimBulkOperation } from '@aldaba/contract/scim';
import { resolve, resolveText } from './bulk-references.ts';
import { invalid } from './errors.ts';
import { readPatch } from './messages.ts';
import type { Answered, Resources, Scim, ScimCall } from './service.ts';

export interface Outcome {
  method: string;
  bulkId?: string;
  version?: string;
  location?: string;
  status: string;
  response?: unknown;
}

/** What an operation needs. */
export interface BulkTools {
  scim: Scim;
  call: ScimCall;
  /** The ids of what was created, by bulkId. */
  ids: Map<string, string>;
  /** The protocol's body of an error. */
  describe: (error: unknown) => { status: number; body: object };
}

/** Runs an operation. Adds to `ids` if it made a resource known. */
export async function runOne({ scim, call, ids, describe }: BulkTools, operation: ScimBulkOperation): Promise<Outcome> {
  const { method, bulkId } = operation;
  const base = { method, ...(bulkId === undefined ? {} : { bulkId }) };
  let location: string | undefined;
  try {
    const { resources, id } = targetOf(scim, method, resolveText(operation.path, ids));
    if (id !== undefined) location = `${call.directory.base}${resources.type.endpoint}/${encodeURIComponent(id)}`;
    const data = resolve(operation.data, ids);
    const resource = await perform(resources, call, { operation: { ...operation, data }, id });
    if (!resource) return { ...base, location: location as string, status: '204' };
    if (bulkId !== undefined) ids.set(bulkId, resource.id);
    const { version } = resource;
    return { ...base, version, location: resource.location, status: method === 'POST' ? '201' : '200' };
  } catch (error) {
    const { status, body } = describe(error);
    return { ...base, ...(location === undefined ? {} : { location }), status: String(status), response: body };
  }
}

async function perform(
  resources: Resources,
  call: ScimCall,
  { operation, id }: { operation: ScimBulkOperation; id: string | undefined },
): Promise<Answered | undefined> {
  const { method, data, version } = operation;
  const ifMatch = version === undefined ? undefined : [version];
  // Groups may be large, and the answer does not contain them.
  const projection = { excludedAttributes: ['members'] };
  if (method === 'POST') return resources.create(call, data, projection);
  const target = { id: id as string, ifMatch };
  if (method === 'PUT') return resources.replace(call, { ...target, body: data }, projection);
  if (method === 'PATCH') return resources.patch(call, { ...target, operations: readPatch(data) }, projection);
  await resources.remove(call, target);
  return undefined;
}

/** `/Users` for POST, `/Users/{id}` for the others. */
export function targetOf(scim: Scim, method: string, path: string): { resources: Resources; id: string | undefined } {
  const [, name, id] = /^\/?(Users|Groups)(?:\/([^/?#]+))?$/i.exec(path) ?? [];
  if (name === undefined || (id === undefined) !== (method === 'POST'))
    throw invalid('invalidPath', `${method} ${path.slice(0, 80)} is not an operation of this server.`);
  return { resources: name.toLowerCase() === 'users' ? scim.users : scim.groups, id };
}
