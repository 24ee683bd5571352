/**
 * Operations of a bulk request that refer to each other in a circle (RFC 7644 section 3.7.1). New resources are created
 * without these references, which are added when all of them exist. That is one transaction: a circle is resolved as a
 * whole, or answered with 409.
 */
import type { ScimBulkOperation } from '@aldaba/contract/scim';
import type { Transaction } from '../../../store/database.ts';
import { type BulkTools, type Outcome, targetOf } from './bulk-operations.ts';
import { resolve, without } from './bulk-references.ts';
import { ScimError } from './errors.ts';
import type { Answered } from './service.ts';

/**
 * Operations that wait for each other and for no others: the first strongly connected component that Tarjan's algorithm
 * completes, from which no reference leads out.
 * @param waiting operations of which each refers to at least one
 */
export function circleIn(
  waiting: readonly ScimBulkOperation[],
  references: ReadonlyMap<ScimBulkOperation, readonly string[]>,
): ScimBulkOperation[] {
  const byId = new Map(waiting.flatMap((operation) => (operation.bulkId ? [[operation.bulkId, operation]] : [])));
  const order = new Map<ScimBulkOperation, number>();
  const path: ScimBulkOperation[] = [];
  let found: ScimBulkOperation[] | undefined;
  /** Returns the earliest operation on the path that is reached from here. */
  const visit = (operation: ScimBulkOperation): number => {
    const own = path.push(operation) - 1;
    let earliest = own;
    order.set(operation, own);
    for (const id of references.get(operation) ?? []) {
      const next = byId.get(id);
      if (next && !found) earliest = Math.min(earliest, order.get(next) ?? visit(next));
    }
    if (earliest === own) found ??= path.slice(own);
    return earliest;
  };
  if (waiting[0]) visit(waiting[0]);
  return found ?? [];
}

/** Runs a circle. Adds to `ids` if it was resolved. */
export async function runCircle(
  tools: BulkTools,
  circle: readonly ScimBulkOperation[],
): Promise<[ScimBulkOperation, Outcome][]> {
  const { call, describe } = tools;
  let failing: ScimBulkOperation | undefined;
  const base = ({ method, bulkId }: ScimBulkOperation) => ({ method, ...(bulkId === undefined ? {} : { bulkId }) });
  try {
    const { created, ids } = await call.q.transaction((tx) =>
      createAll(tx, { ...tools, circle }, (operation) => {
        failing = operation;
      }),
    );
    for (const [bulkId, id] of ids) tools.ids.set(bulkId, id);
    return [...created].map(([operation, { version, location }]) => [
      operation,
      { ...base(operation), version, location, status: '201' },
    ]);
  } catch (error) {
    const refusal = new ScimError(
      409,
      'The circle of references to this bulkId could not be resolved.',
      'invalidValue',
    );
    return circle.map((operation) => {
      const { status, body } = describe(operation === failing ? error : refusal);
      return [operation, { ...base(operation), status: String(status), response: body }];
    });
  }
}

async function createAll(
  tx: Transaction,
  { circle, ...tools }: BulkTools & { circle: readonly ScimBulkOperation[] },
  at: (operation: ScimBulkOperation) => void,
) {
  const { scim } = tools;
  const call = { ...tools.call, q: tx };
  const ids = new Map(tools.ids);
  const created = new Map<ScimBulkOperation, Answered>();
  const projection = { excludedAttributes: ['members'] };
  const open = new Set(circle.flatMap(({ bulkId }) => bulkId ?? []));
  for (const operation of circle) {
    at(operation);
    const { method, path, data, bulkId = '' } = operation;
    if (method !== 'POST') throw new ScimError(409, 'Only new resources can refer to each other in a circle.');
    const { resources } = targetOf(scim, method, path);
    const resource = await resources.create(call, resolve(without(data, open), ids), projection);
    created.set(operation, resource);
    ids.set(bulkId, resource.id);
  }
  for (const [operation, { id }] of created) {
    at(operation);
    const { resources } = targetOf(scim, operation.method, operation.path);
    const given = { id, body: resolve(operation.data, ids) };
    created.set(operation, await resources.replace(call, given, projection));
  }
  return { created, ids };
}
