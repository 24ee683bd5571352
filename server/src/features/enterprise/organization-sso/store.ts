import { jsonOf } from '../../../kernel/defined.ts';
import type { IdentityProviderMetadata } from '../../../services/saml/index.ts';
import { deleteExpired, type Queries, type Transaction } from '../../../store/index.ts';
import type { StoredRow } from '../../../store/sql.ts';

export type DraftRow = Omit<StoredRow<'sso_connector_drafts'>, 'provider_metadata'> & {
  provider_metadata: IdentityProviderMetadata | null;
};
export type TestRow = StoredRow<'sso_test_sign_ins'>;

export async function findDraft(q: Queries, connectorId: string): Promise<DraftRow | undefined> {
  const [row] = await q.raw<DraftRow>('select * from sso_connector_drafts where tenant_id = $1 and connector_id = $2', [
    q.tenantId,
    connectorId,
  ]);
  return row;
}

/** Replaces the draft of a connector. */
export const saveDraft = (tx: Transaction, draft: Omit<DraftRow, 'tenant_id' | 'tested_at'>): Promise<unknown> =>
  tx.raw(
    `insert into sso_connector_drafts
       (tenant_id, connector_id, revision, config_sealed, provider_metadata, metadata_url, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, connector_id) do update set revision = excluded.revision,
       config_sealed = excluded.config_sealed, provider_metadata = excluded.provider_metadata,
       metadata_url = excluded.metadata_url, created_at = excluded.created_at, tested_at = null`,
    [
      ...[tx.tenantId, draft.connector_id, draft.revision, draft.config_sealed],
      ...[jsonOf(draft.provider_metadata ?? undefined) ?? null, draft.metadata_url, draft.created_at],
    ],
  );

/** Only of the settings that the test ran with. */
export const markTested = (
  tx: Transaction,
  { connectorId, revision, now }: { connectorId: string; revision: string; now: Date },
): Promise<unknown> =>
  tx.raw(
    'update sso_connector_drafts set tested_at = $4 where tenant_id = $1 and connector_id = $2 and revision = $3',
    [tx.tenantId, connectorId, revision, now],
  );

/** Takes a tested draft out of its table, so that it is used once. */
export async function takeTested(tx: Transaction, connectorId: string): Promise<DraftRow | undefined> {
  const [row] = await tx.raw<DraftRow>(
    `delete from sso_connector_drafts where tenant_id = $1 and connector_id = $2 and tested_at is not null returning *`,
    [tx.tenantId, connectorId],
  );
  return row;
}

/** A new test of a session replaces its former one of the connector. */
export const insertTest = (
  q: Queries,
  test: Omit<TestRow, 'tenant_id' | 'answered_at' | 'result_sealed'>,
): Promise<unknown> =>
  q.raw(
    `insert into sso_test_sign_ins
       (tenant_id, id, connector_id, portal_link_id, revision, state_hash, session_sealed, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, portal_link_id, connector_id) do update set id = excluded.id,
       revision = excluded.revision, state_hash = excluded.state_hash, session_sealed = excluded.session_sealed,
       expires_at = excluded.expires_at, answered_at = null, result_sealed = null`,
    [
      ...[q.tenantId, test.id, test.connector_id, test.portal_link_id, test.revision],
      ...[test.state_hash, test.session_sealed, test.expires_at],
    ],
  );

interface Place {
  connectorId: string;
  portalLinkId: string;
}

/** The test that an answer belongs to, once. Exactly one of several concurrent calls returns it. */
export async function takeTest(
  q: Queries,
  { connectorId, portalLinkId }: Place,
  { stateHash, now }: { stateHash: string; now: Date },
): Promise<TestRow | undefined> {
  const [row] = await q.raw<TestRow>(
    `update sso_test_sign_ins set answered_at = $5 where tenant_id = $1 and connector_id = $2 and portal_link_id = $3
       and state_hash = $4 and answered_at is null and expires_at > $5 returning *`,
    [q.tenantId, connectorId, portalLinkId, stateHash, now],
  );
  return row;
}

export async function findTest(q: Queries, { connectorId, portalLinkId }: Place): Promise<TestRow | undefined> {
  const [row] = await q.raw<TestRow>(
    'select * from sso_test_sign_ins where tenant_id = $1 and connector_id = $2 and portal_link_id = $3',
    [q.tenantId, connectorId, portalLinkId],
  );
  return row;
}

export const saveResult = (
  tx: Transaction,
  { id, resultSealed }: { id: string; resultSealed: string },
): Promise<unknown> =>
  tx.raw('update sso_test_sign_ins set result_sealed = $3 where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
    resultSealed,
  ]);

/** Deletes tests of all tenants. */
export const sweepTests = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(system, { table: 'sso_test_sign_ins', values: [new Date(now - keptFor)] }, isStopped);

/** Milliseconds that a result is kept: the longest session of a portal. */
const keptFor = 8 * 3_600_000;

/** What tests of a connector found says nothing about other settings. */
export const deleteTests = (tx: Transaction, connectorId: string): Promise<unknown> =>
  tx.raw('delete from sso_test_sign_ins where tenant_id = $1 and connector_id = $2', [tx.tenantId, connectorId]);

export const deleteDraft = (tx: Transaction, connectorId: string): Promise<unknown> =>
  tx.raw('delete from sso_connector_drafts where tenant_id = $1 and connector_id = $2', [tx.tenantId, connectorId]);
