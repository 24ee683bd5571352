/** Bulk requests (RFC 7644 section 3.7): each operation is a transaction of its own. */
import { type ScimBulkOperation, scimBulkSchema, scimLimits, scimUrn } from '@aldaba/contract/scim';
import { circleIn, runCircle } from './bulk-circles.ts';
import { type Outcome, runOne } from './bulk-operations.ts';
import { referencesIn } from './bulk-references.ts';
import { invalid, ScimError } from './errors.ts';
import { readMessage } from './messages.ts';
import type { Scim, ScimCall } from './service.ts';

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
  const note = (operation: ScimBulkOperation, outcome: Outcome) => {
    outcomes.set(operation, outcome);
    if (Number(outcome.status) >= 400) errors += 1;
  };
  const references = new Map(request.operations.map((operation) => [operation, referencesIn(operation)]));
  const tools = { scim, call, ids, describe: given.describe };
  const run = async (operation: ScimBulkOperation) => note(operation, await runOne(tools, operation));
  // References may point to later operations: an operation waits until what it refers to has run.
  let waiting = [...request.operations];
  while (waiting.length > 0 && errors < limit) {
    const pending = new Set(waiting.flatMap(({ bulkId }) => bulkId ?? []));
    const later: ScimBulkOperation[] = [];
    for (const operation of waiting) {
      if (errors >= limit) break;
      if (references.get(operation)?.some((id) => pending.has(id))) {
        later.push(operation);
        continue;
      }
      await run(operation);
      if (operation.bulkId !== undefined) pending.delete(operation.bulkId);
    }
    const circle = later.length === waiting.length ? circleIn(later, references) : [];
    if (circle.length > 0) for (const [operation, outcome] of await runCircle(tools, circle)) note(operation, outcome);
    waiting = later.filter((operation) => !circle.includes(operation));
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
