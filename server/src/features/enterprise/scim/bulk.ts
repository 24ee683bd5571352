/** Bulk requests (RFC 7644 section 3.7): each operation is a transaction of its own. */
import { type ScimBulkOperation, scimBulkSchema, scimLimits, scimUrn } from '@aldaba/contract/scim';
import { invalid, ScimError } from './errors.ts';
import { isObject } from './input.ts';
import { readMessage, readPatch } from './messages.ts';
import type { Answered, Resources, Scim, ScimCall } from './service.ts';

interface Outcome {
  method: string;
  bulkId?: string;
  version?: string;
  location?: string;
  status: string;
  response?: unknown;
}

const reference = /^bulkId:(.+)$/s;

/** @param describe the protocol's body of an error */
export async function runBulk(
  scim: Scim,
  call: ScimCall,
  given: { body: unknown; describe: (error: unknown) => { status: number; body: object } },
): Promise<{ schemas: string[]; Operations: Outcome[] }> {
  const request = readMessage(scimBulkSchema, given.body);
  if (request.operations.length > scimLimits.bulkOperations)
    throw new ScimError(413, `A bulk request must have at most ${scimLimits.bulkOperations} operations.`);
  requireDistinctIds(request.operations);
  const limit = request.failonerrors ?? Number.POSITIVE_INFINITY;
  const ids = new Map<string, string>();
  const outcomes = new Map<ScimBulkOperation, Outcome>();
  let errors = 0;
  const run = async (operation: ScimBulkOperation) => {
    const outcome = await runOne(scim, call, { operation, ids, describe: given.describe });
    outcomes.set(operation, outcome);
    if (Number(outcome.status) >= 400) errors += 1;
  };
  // References may point to later operations: an operation waits until what it refers to has run.
  let waiting = [...request.operations];
  while (waiting.length > 0 && errors < limit) {
    const pending = new Set(waiting.flatMap(({ bulkId }) => bulkId ?? []));
    const later: ScimBulkOperation[] = [];
    for (const operation of waiting) {
      if (errors >= limit) break;
      const blockers = referencesIn(operation).filter((id) => pending.has(id));
      if (blockers.length > 0) {
        later.push(operation);
        continue;
      }
      await run(operation);
      if (operation.bulkId !== undefined) pending.delete(operation.bulkId);
    }
    // What refers to itself in a circle runs in the given order, and fails there.
    if (later.length === waiting.length && later[0]) await run(later.shift() as ScimBulkOperation);
    waiting = later;
  }
  return {
    schemas: [scimUrn.bulkAnswer],
    Operations: request.operations.flatMap((operation) => outcomes.get(operation) ?? []),
  };
}

function requireDistinctIds(operations: readonly ScimBulkOperation[]): void {
  const seen = new Set<string>();
  for (const { method, bulkId } of operations) {
    if (method === 'POST' && bulkId === undefined) throw invalid('invalidSyntax', 'A POST operation needs a bulkId.');
    if (bulkId === undefined) continue;
    if (seen.has(bulkId)) throw invalid('invalidSyntax', `The bulkId ${bulkId.slice(0, 80)} is used twice.`);
    seen.add(bulkId);
  }
}

async function runOne(
  scim: Scim,
  call: ScimCall,
  given: {
    operation: ScimBulkOperation;
    ids: Map<string, string>;
    describe: (error: unknown) => { status: number; body: object };
  },
): Promise<Outcome> {
  const { operation, ids, describe } = given;
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
function targetOf(scim: Scim, method: string, path: string): { resources: Resources; id: string | undefined } {
  const [, name, id] = /^\/?(Users|Groups)(?:\/([^/?#]+))?$/i.exec(path) ?? [];
  if (name === undefined || (id === undefined) !== (method === 'POST'))
    throw invalid('invalidPath', `${method} ${path.slice(0, 80)} is not an operation of this server.`);
  return { resources: name.toLowerCase() === 'users' ? scim.users : scim.groups, id };
}

function referencesIn({ path, data }: ScimBulkOperation): string[] {
  const found: string[] = [];
  visit(data, (text) => {
    const [, id] = reference.exec(text) ?? [];
    if (id !== undefined) found.push(id);
    return text;
  });
  const [, id] = /\/bulkId:([^/]+)$/.exec(path) ?? [];
  return id === undefined ? found : [...found, id];
}

const resolve = (data: unknown, ids: Map<string, string>): unknown =>
  visit(data, (text) => {
    const [, id] = reference.exec(text) ?? [];
    return id === undefined ? text : idOf(id, ids);
  });

const resolveText = (path: string, ids: Map<string, string>): string =>
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
