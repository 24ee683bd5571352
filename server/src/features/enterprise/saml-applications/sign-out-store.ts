import { soapBinding } from '../../../services/saml/index.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { deleteExpired, type Sweep } from '../../../store/sweep.ts';
import type { Participant, SignOutState } from './sign-out-state.ts';

/** Notes that the application knows of the session; a later sign-in replaces the name. */
export async function recordParticipant(q: Queries, participant: Participant): Promise<void> {
  const { sessionUid, applicationId, nameId, nameIdFormat } = participant;
  // The session may have ended while the response was made.
  await q.raw(
    `insert into saml_sessions (tenant_id, session_uid, application_id, name_id, name_id_format)
     select tenant_id, uid, $3, $4, $5 from sessions where tenant_id = $1 and uid = $2
     on conflict (tenant_id, session_uid, application_id) do update set
       name_id = excluded.name_id, name_id_format = excluded.name_id_format`,
    [q.tenantId, sessionUid, applicationId, nameId, nameIdFormat],
  );
}

/** The applications of a session that are not told by SOAP, and whether they have an address for sign-outs. */
export const findParticipants = (q: Queries, sessionUid: string): Promise<(Participant & { isReachable: boolean })[]> =>
  q.raw(
    `select s.application_id as "applicationId", s.session_uid as "sessionUid", s.name_id as "nameId",
        s.name_id_format as "nameIdFormat", a.single_logout_url is not null as "isReachable"
       from saml_sessions s
       join saml_applications a on a.tenant_id = s.tenant_id and a.application_id = s.application_id
      where s.tenant_id = $1 and s.session_uid = $2
        and a.single_logout_url ->> 'binding' is distinct from $3
      order by s.application_id`,
    [q.tenantId, sessionUid, soapBinding],
  );

export async function insertSignOut(
  tx: Transaction,
  { id, state, expiresAt }: { id: string; state: SignOutState; expiresAt: Date },
): Promise<void> {
  await tx.raw('insert into saml_sign_outs (tenant_id, id, state, expires_at) values ($1, $2, $3::jsonb, $4)', [
    tx.tenantId,
    id,
    JSON.stringify(state),
    expiresAt,
  ]);
}

/** @param lock whether concurrent changes wait until the end of the transaction */
export async function findSignOut(
  q: Queries,
  { id, now, lock = false }: { id: string; now: Date; lock?: boolean },
): Promise<SignOutState | undefined> {
  const [row] = await q.raw<{ state: SignOutState }>(
    `select state from saml_sign_outs where tenant_id = $1 and id = $2 and expires_at > $3 ${lock ? 'for update' : ''}`,
    [q.tenantId, id, now],
  );
  return row?.state;
}

export async function saveSignOut(tx: Transaction, id: string, state: SignOutState): Promise<void> {
  await tx.raw('update saml_sign_outs set state = $3::jsonb where tenant_id = $1 and id = $2', [
    tx.tenantId,
    id,
    JSON.stringify(state),
  ]);
}

export async function deleteSignOut(q: Queries, id: string): Promise<void> {
  await q.raw('delete from saml_sign_outs where tenant_id = $1 and id = $2', [q.tenantId, id]);
}

/** Notes that a request to sign in or out was answered. Returns false if it was answered before. */
export async function useRequest(
  q: Queries,
  { applicationId, requestId, expiresAt }: { applicationId: string; requestId: string; expiresAt: Date },
): Promise<boolean> {
  const rows = await q.raw(
    `insert into saml_answered_requests (tenant_id, application_id, request_id, expires_at) values ($1, $2, $3, $4)
     on conflict do nothing returning 1`,
    [q.tenantId, applicationId, requestId, expiresAt],
  );
  return rows.length > 0;
}

/** Deletes sign-outs that were not finished, and requests that are too old to be accepted again. */
export async function sweepSaml(system: Queries, ...[now, isStopped]: Parameters<Sweep>): Promise<number> {
  let total = 0;
  for (const table of ['saml_sign_outs', 'saml_answered_requests'])
    total += await deleteExpired(system, { table, values: [new Date(now)] }, isStopped);
  return total;
}
