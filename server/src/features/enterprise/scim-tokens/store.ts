import type { ScimToken } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';

interface Row {
  id: string;
  organization_id: string | null;
  name: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  previous_expires_at: Date | null;
}

const columns = 'id, organization_id, name, created_at, expires_at, last_used_at, previous_expires_at';

const toToken = (q: Queries, row: Row): ScimToken => ({
  tenantId: q.tenantId,
  organizationId: row.organization_id,
  id: row.id,
  name: row.name,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at?.getTime() ?? null,
  lastUsedAt: row.last_used_at?.getTime() ?? null,
  previousExpiresAt: row.previous_expires_at?.getTime() ?? null,
});

const ofDirectory = "tenant_id = $1 and directory_id = coalesce($2::text, '')";

/** Lets one transaction at a time create tokens of a directory, so that they can be counted. */
export async function lockTokens(tx: Transaction, organizationId: string | null): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba scim tokens ' || $1 || ' ' || $2, 0))", [
    tx.tenantId,
    organizationId ?? '',
  ]);
}

/** Oldest first. */
export async function findTokens(q: Queries, organizationId: string | null): Promise<ScimToken[]> {
  const rows = await q.raw<Row>(`select ${columns} from scim_tokens where ${ofDirectory} order by created_at, id`, [
    q.tenantId,
    organizationId,
  ]);
  return rows.map((row) => toToken(q, row));
}

export async function findToken(
  q: Queries,
  place: { organizationId: string | null; id: string },
): Promise<ScimToken | undefined> {
  const [row] = await q.raw<Row>(`select ${columns} from scim_tokens where ${ofDirectory} and id = $3`, [
    q.tenantId,
    place.organizationId,
    place.id,
  ]);
  return row && toToken(q, row);
}

export async function insertToken(
  q: Queries,
  token: {
    id: string;
    organizationId: string | null;
    name: string;
    valueHash: string;
    createdAt: Date;
    expiresAt: Date | null;
  },
): Promise<ScimToken> {
  const [row] = await q.raw<Row>(
    `insert into scim_tokens (tenant_id, organization_id, id, name, value_hash, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
    [q.tenantId, token.organizationId, token.id, token.name, token.valueHash, token.createdAt, token.expiresAt],
  );
  return toToken(q, row as Row);
}

/** `undefined` leaves a column unchanged. */
export async function updateToken(
  q: Queries,
  place: { organizationId: string | null; id: string },
  patch: { name: string | undefined; expiresAt: Date | null | undefined },
): Promise<ScimToken | undefined> {
  const [row] = await q.raw<Row>(
    `update scim_tokens set name = coalesce($4, name), expires_at = case when $5 then $6 else expires_at end
      where ${ofDirectory} and id = $3 returning ${columns}`,
    [
      ...[q.tenantId, place.organizationId, place.id, patch.name ?? null],
      ...[patch.expiresAt !== undefined, patch.expiresAt ?? null],
    ],
  );
  return row && toToken(q, row);
}

/** The present value becomes the previous one; one that was previous before ends. */
export async function rotateToken(
  q: Queries,
  place: { organizationId: string | null; id: string },
  { valueHash, previousExpiresAt }: { valueHash: string; previousExpiresAt: Date },
): Promise<ScimToken | undefined> {
  const [row] = await q.raw<Row>(
    `update scim_tokens set previous_hash = value_hash, previous_expires_at = $5, value_hash = $4
      where ${ofDirectory} and id = $3 returning ${columns}`,
    [q.tenantId, place.organizationId, place.id, valueHash, previousExpiresAt],
  );
  return row && toToken(q, row);
}

/** Returns the name; undefined if the token does not exist. */
export async function deleteToken(
  q: Queries,
  place: { organizationId: string | null; id: string },
): Promise<string | undefined> {
  const [row] = await q.raw<{ name: string }>(
    `delete from scim_tokens where ${ofDirectory} and id = $3 returning name`,
    [q.tenantId, place.organizationId, place.id],
  );
  return row?.name;
}

/** The token of a value that works now. */
export async function findByHash(q: Queries, hash: string, now: Date): Promise<ScimToken | undefined> {
  const [row] = await q.raw<Row>(
    `select ${columns} from scim_tokens
      where tenant_id = $1 and (expires_at is null or expires_at > $3)
        and (value_hash = $2 or (previous_hash = $2 and previous_expires_at > $3))`,
    [q.tenantId, hash, now],
  );
  return row && toToken(q, row);
}

export async function markUsed(q: Queries, id: string, { now, before }: { now: Date; before: Date }): Promise<void> {
  await q.raw(
    'update scim_tokens set last_used_at = $3 where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $4)',
    [q.tenantId, id, now, before],
  );
}
