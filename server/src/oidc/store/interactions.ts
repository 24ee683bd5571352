import type { Queries, Transaction } from '../../store/database.ts';
import type { StoredRow } from '../../store/sql.ts';

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
  q: Queries,
  row: Pick<InteractionRecord, 'uidHash' | 'applicationId' | 'prompt' | 'request' | 'expiresAt'>,
): Promise<void> {
  await q.raw(
    `insert into interactions (tenant_id, uid_hash, application_id, prompt, request, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [q.tenantId, row.uidHash, row.applicationId, row.prompt, JSON.stringify(row.request), row.expiresAt],
  );
}

const columns = 'uid_hash, application_id, prompt, request, state, revision, result, expires_at';

const live = `select ${columns} from interactions where tenant_id = $1 and uid_hash = $2 and expires_at > $3`;

/** A live interaction. */
export async function findInteraction(q: Queries, uidHash: string, now: Date): Promise<InteractionRecord | undefined> {
  const [row] = await q.raw<Row>(live, [q.tenantId, uidHash, now]);
  return row && toRecord(row);
}

/** A live interaction; other resumes wait until the transaction ends. */
export async function lockInteraction(
  tx: Transaction,
  uidHash: string,
  now: Date,
): Promise<InteractionRecord | undefined> {
  const [row] = await tx.raw<Row>(`${live} for update`, [tx.tenantId, uidHash, now]);
  return row && toRecord(row);
}

type Row = Omit<StoredRow<'interactions'>, 'created_at' | 'tenant_id'>;

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
  const [row] = await q.raw<Row>(
    `select ${columns} from interactions
      where tenant_id = $1 and uid_hash = any($2::text[]) and expires_at > $3 and prompt = $4 and result is null
        and ($5::text is null or application_id = $5)
      order by expires_at desc limit 1`,
    [q.tenantId, uidHashes, wanted.now, wanted.prompt, wanted.applicationId ?? null],
  );
  return row && toRecord(row);
}

/**
 * Stores a state or a result, if the interaction still waits and is still at `revision`.
 * @returns false if it is not
 */
export async function advanceInteraction(
  q: Queries,
  row: { uidHash: string; revision: number; now: Date },
  change: { state: unknown } | { result: unknown },
): Promise<boolean> {
  const [column, value] = 'state' in change ? (['state', change.state] as const) : (['result', change.result] as const);
  const touched = await q.raw(
    `update interactions set ${column} = $5, revision = revision + 1
      where tenant_id = $1 and uid_hash = $2 and revision = $3 and result is null and expires_at > $4 returning 1`,
    [q.tenantId, row.uidHash, row.revision, row.now, JSON.stringify(value)],
  );
  return touched.length > 0;
}

/** Makes a completed interaction wait for the next prompt and drops the sign-in state. */
export async function askAgain(
  q: Queries,
  uidHash: string,
  prompt: InteractionPrompt,
  request: unknown,
): Promise<void> {
  await q.raw(
    `update interactions set prompt = $3, request = $4, result = null, state = null, revision = revision + 1
      where tenant_id = $1 and uid_hash = $2`,
    [q.tenantId, uidHash, prompt, JSON.stringify(request)],
  );
}

/** Stores what a consent page was given to show; the interaction is otherwise unchanged. */
export async function storeShown(q: Queries, uidHash: string, shown: object): Promise<void> {
  await q.raw(
    `update interactions set state = $3
      where tenant_id = $1 and uid_hash = $2 and prompt = 'consent' and result is null`,
    [q.tenantId, uidHash, JSON.stringify(shown)],
  );
}

export async function deleteInteraction(q: Queries, uidHash: string): Promise<void> {
  await q.raw('delete from interactions where tenant_id = $1 and uid_hash = $2', [q.tenantId, uidHash]);
}
