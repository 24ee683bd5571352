import type { Transaction } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';

/**
 * Ends the sessions, finished sign-ins, grants and subject tokens of a suspended or deleted user, or after a password
 * change, with their codes and tokens.
 */
export async function deleteAllOfUser(tx: Transaction, userId: string): Promise<void> {
  await endFinishedSignIns(tx, userId);
  await tx.run(sql.deleteFrom('sessions').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
  await tx.run(sql.deleteFrom('grants').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
  // Tokens from a personal access token, which stays, belong to no grant.
  await tx.raw('delete from access_tokens where tenant_id = $1 and user_id = $2 and grant_id is null', [
    tx.tenantId,
    userId,
  ]);
  await tx.run(sql.deleteFrom('subject_tokens').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
}

/**
 * Ends the finished sign-ins of a user whose authorization has not continued, so that there is no session yet: the user
 * is asked again. Before the sessions: it waits for authorizations that are continuing, which create one.
 */
export async function endFinishedSignIns(tx: Transaction, userId: string): Promise<void> {
  await tx.raw(
    `update interactions set result = result || '{"ended": true}', revision = revision + 1
      where tenant_id = $1 and finished_by = $2`,
    [tx.tenantId, userId],
  );
}

/** Ends the grants, the own access tokens and the waiting requests of a deleted application. */
export async function endOfApplication(tx: Transaction, applicationId: string): Promise<void> {
  for (const table of ['grants', 'access_tokens', 'interactions'] as const) {
    await tx.run(
      sql.deleteFrom(table).where('tenant_id', '=', tx.tenantId).where('application_id', '=', applicationId),
    );
  }
}
