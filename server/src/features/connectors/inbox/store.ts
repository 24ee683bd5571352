import { deleteExpired, type Queries } from '../../../store/index.ts';

/** A message as stored: its texts are sealed. */
export interface StoredMessage {
  id: string;
  kind: 'Email' | 'Sms';
  to: string;
  /** What it was sent for. */
  type: string;
  summarySealed: string;
  contentSealed: string;
  createdAt: Date;
}

interface Row {
  id: string;
  kind: 'Email' | 'Sms';
  recipient: string;
  type: string;
  summary_sealed: string;
  content_sealed: string;
  created_at: Date;
}

const toMessage = (row: Row): StoredMessage => ({
  id: row.id,
  kind: row.kind,
  to: row.recipient,
  type: row.type,
  summarySealed: row.summary_sealed,
  contentSealed: row.content_sealed,
  createdAt: row.created_at,
});

export const insertMessage = (q: Queries, message: StoredMessage): Promise<unknown> =>
  q.raw(
    `insert into inbox_messages (tenant_id, id, kind, recipient, type, summary_sealed, content_sealed, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      q.tenantId,
      message.id,
      message.kind,
      message.to,
      message.type,
      message.summarySealed,
      message.contentSealed,
      message.createdAt,
    ],
  );

/** Deletes all but the newest messages. */
export const trimMessages = (q: Queries, kept: number): Promise<unknown> =>
  q.raw(
    `delete from inbox_messages where tenant_id = $1 and id in (
       select id from inbox_messages where tenant_id = $1 order by created_at desc, id desc offset $2)`,
    [q.tenantId, kept],
  );

/** Newest first, without the contents. */
export async function findMessages(q: Queries, after: Date, limit: number): Promise<StoredMessage[]> {
  const rows = await q.raw<Row>(
    `select id, kind, recipient, type, summary_sealed, '' as content_sealed, created_at from inbox_messages
      where tenant_id = $1 and created_at > $2 order by created_at desc, id desc limit $3`,
    [q.tenantId, after, limit],
  );
  return rows.map(toMessage);
}

export async function findMessage(q: Queries, id: string, after: Date): Promise<StoredMessage | undefined> {
  const [row] = await q.raw<Row>(
    `select id, kind, recipient, type, summary_sealed, content_sealed, created_at from inbox_messages
      where tenant_id = $1 and id = $2 and created_at > $3`,
    [q.tenantId, id, after],
  );
  return row && toMessage(row);
}

export async function deleteMessages(q: Queries): Promise<number> {
  return (await q.raw('delete from inbox_messages where tenant_id = $1 returning 1', [q.tenantId])).length;
}

/** Milliseconds that a message is kept. */
export const maximumAge = 24 * 3_600_000;

/** Deletes the expired messages of all tenants. */
export const sweepInbox = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(
    system,
    { table: 'inbox_messages', condition: 'created_at < $1', values: [new Date(now - maximumAge)] },
    isStopped,
  );
