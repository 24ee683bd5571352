import type { Queries } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';

export type InteractionPrompt = 'login' | 'consent';

export interface InteractionRecord {
  uidHash: string;
  applicationId: string;
  prompt: InteractionPrompt;
  request: unknown;
  state: unknown;
  revision: number;
  result: unknown;
  expiresAt: Date;
}

export async function insertInteraction(
  tx: Queries,
  row: Pick<InteractionRecord, 'uidHash' | 'applicationId' | 'prompt' | 'request' | 'expiresAt'>,
): Promise<void> {
  await tx.run(
    sql.insertInto('interactions').values({
      tenant_id: tx.tenantId,
      uid_hash: row.uidHash,
      application_id: row.applicationId,
      prompt: row.prompt,
      request: JSON.stringify(row.request),
      expires_at: row.expiresAt,
    }),
  );
}

const columns = [
  'uid_hash',
  'application_id',
  'prompt',
  'request',
  'state',
  'revision',
  'result',
  'expires_at',
] as const;

/** A live interaction. With `lock` it is held against other resumes until the transaction ends. */
export async function findInteraction(
  q: Queries,
  uidHash: string,
  now: Date,
  lock = false,
): Promise<InteractionRecord | undefined> {
  const query = sql
    .selectFrom('interactions')
    .select(columns)
    .where('tenant_id', '=', q.tenantId)
    .where('uid_hash', '=', uidHash)
    .where('expires_at', '>', now);
  const row = await q.first(lock ? query.forUpdate() : query);
  return row && toRecord(row);
}

interface Row {
  uid_hash: string;
  application_id: string;
  prompt: string;
  request: unknown;
  state: unknown;
  revision: number;
  result: unknown;
  expires_at: Date;
}

const toRecord = (row: Row): InteractionRecord => ({
  uidHash: row.uid_hash,
  applicationId: row.application_id,
  prompt: row.prompt as InteractionPrompt,
  request: row.request,
  state: row.state,
  revision: row.revision,
  result: row.result,
  expiresAt: row.expires_at,
});

/** The newest of these interactions that waits for `prompt`, of one application or of any. */
export async function findWaitingInteraction(
  q: Queries,
  uidHashes: readonly string[],
  wanted: { prompt: InteractionPrompt; applicationId: string | undefined; now: Date },
): Promise<InteractionRecord | undefined> {
  const query = sql
    .selectFrom('interactions')
    .select(columns)
    .where('tenant_id', '=', q.tenantId)
    .where('uid_hash', 'in', uidHashes)
    .where('expires_at', '>', wanted.now)
    .where('prompt', '=', wanted.prompt)
    .where('result', 'is', null)
    .orderBy('expires_at', 'desc')
    .limit(1);
  const { applicationId } = wanted;
  const row = await q.first(applicationId === undefined ? query : query.where('application_id', '=', applicationId));
  return row && toRecord(row);
}

/**
 * Stores a state or a result, if the interaction still waits and nobody else stored one since `revision`.
 * @returns false when it does not
 */
export async function advanceInteraction(
  tx: Queries,
  row: { uidHash: string; revision: number; now: Date },
  change: { state: unknown } | { result: unknown },
): Promise<boolean> {
  const [column, value] = 'state' in change ? (['state', change.state] as const) : (['result', change.result] as const);
  const touched = await tx.run(
    sql
      .updateTable('interactions')
      .set({ [column]: JSON.stringify(value), revision: row.revision + 1 })
      .where('tenant_id', '=', tx.tenantId)
      .where('uid_hash', '=', row.uidHash)
      .where('revision', '=', row.revision)
      .where('result', 'is', null)
      .where('expires_at', '>', row.now),
  );
  return touched > 0;
}

/** Sets an answered interaction to wait for the next prompt; the machine's state belongs to the past. */
export async function askAgain(
  tx: Queries,
  uidHash: string,
  prompt: InteractionPrompt,
  request: unknown,
): Promise<void> {
  await tx.run(
    sql
      .updateTable('interactions')
      .set((e) => ({
        prompt,
        request: JSON.stringify(request),
        result: null,
        state: null,
        revision: e('revision', '+', 1),
      }))
      .where('tenant_id', '=', tx.tenantId)
      .where('uid_hash', '=', uidHash),
  );
}

/** Keeps what a page that asks for consent was given to show; the interaction stays as it is. */
export async function noteShown(q: Queries, uidHash: string, shown: object): Promise<void> {
  await q.raw(
    `update interactions set state = $3
      where tenant_id = $1 and uid_hash = $2 and prompt = 'consent' and result is null`,
    [q.tenantId, uidHash, JSON.stringify(shown)],
  );
}

export async function deleteInteraction(tx: Queries, uidHash: string): Promise<void> {
  await tx.run(sql.deleteFrom('interactions').where('tenant_id', '=', tx.tenantId).where('uid_hash', '=', uidHash));
}
