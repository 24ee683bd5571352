import type { Transaction } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';

/** A suspended or deleted user, or a replaced password: sessions, grants and tokens for impersonation go, and with them their codes and tokens. */
export async function deleteAllOfUser(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql.deleteFrom('sessions').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
  await tx.run(sql.deleteFrom('grants').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
  // Tokens made of a personal access token, which stays, hang on no grant.
  await tx.raw('delete from access_tokens where tenant_id = $1 and user_id = $2 and grant_id is null', [
    tx.tenantId,
    userId,
  ]);
  await tx.run(sql.deleteFrom('subject_tokens').where('tenant_id', '=', tx.tenantId).where('user_id', '=', userId));
}

/** A deleted application: its grants, its own access tokens and the requests that wait for a person go. */
export async function endOfApplication(tx: Transaction, applicationId: string): Promise<void> {
  for (const table of ['grants', 'access_tokens', 'interactions'] as const) {
    await tx.run(
      sql.deleteFrom(table).where('tenant_id', '=', tx.tenantId).where('application_id', '=', applicationId),
    );
  }
}
