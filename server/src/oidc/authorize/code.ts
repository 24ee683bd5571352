import { hashToken } from '../../kernel/crypto.ts';
import { opaqueToken, standardId } from '../../kernel/ids.ts';
import type { Transaction } from '../../store/database.ts';
import { answeringAcr } from '../acr.ts';
import { type Agreement, agreedScopes, mergeAgreements, noAgreement } from '../agreement.ts';
import { auditGrantRevoked } from '../audit.ts';
import { deleteOldestGrants, findGrant, insertCode } from '../store/authorizations.ts';
import type { CodePayload } from '../store/codes.ts';
import { recordActivity } from '../store/grants.ts';
import { uniqueScopes } from '../wire-quirks.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';

/** Seconds. */
const codeTtl = 60;
/** Seconds. */
const grantTtl = 180 * 86_400;

/** Stores what was granted and returns a code for it. */
export async function issueCode(flow: Flow): Promise<Outcome> {
  const { core, q, client, request, session } = flow;
  if (!session) return refuse('login_required', 'End-User authentication is required');
  const now = core.clock.now();
  const known = flow.isFirstOfSession ? undefined : await findGrant(q, session.uid, client.id, new Date(now));
  const grant = { id: known?.id ?? standardId(), userId: session.userId, applicationId: client.id };
  const consent = client.isThirdParty
    ? mergeAgreements(known?.consent ?? noAgreement, flow.consented ?? noAgreement)
    : null;
  const code = opaqueToken();
  await recordActivity(q, session, new Date(now));
  await insertCode(q, {
    codeHash: hashToken(code),
    payload: payloadOf(flow, session, consent),
    expiresAt: new Date(now + codeTtl * 1000),
    interaction: flow.open?.uidHash,
    grant: {
      ...grant,
      sessionUid: session.uid,
      scope: uniqueScopes(`${known?.scope ?? ''} ${request.scope}`).join(' '),
      consent,
      amr: session.amr,
      expiresAt: new Date(now + grantTtl * 1000),
    },
  });
  if (client.custom.maxAllowedGrants !== undefined) await q.transaction((tx) => endOldestGrants(tx, flow, grant));
  return { kind: 'answer', parameters: { code } };
}

/** Revokes a user's oldest grants for an application that limits concurrent sign-ins. */
async function endOldestGrants(
  tx: Transaction,
  { core, client }: Flow,
  present: { id: string; userId: string; applicationId: string },
): Promise<void> {
  const { userId } = present;
  const { maxAllowedGrants } = client.custom;
  if (maxAllowedGrants === undefined) return;
  const ended = await deleteOldestGrants(tx, present, maxAllowedGrants);
  if (ended.length === 0) return;
  const reason = 'the application allows no more sign-ins at a time';
  tx.afterCommit(() => {
    for (const grantId of ended)
      auditGrantRevoked(core, tx.tenantId, { grantId, applicationId: client.id, userId, reason });
  });
  const { id, type, name, description = null } = client;
  const data = { userId, applicationId: id, maxAllowedGrants };
  await core.events.publish(tx, 'Grant.LimitExceeded', { data, application: { id, type, name, description } });
}

function payloadOf(
  { client, request }: Flow,
  session: NonNullable<Flow['session']>,
  consent: Agreement | null,
): CodePayload {
  const agreed = consent && agreedScopes(consent);
  const acr = request.essentialAcr && answeringAcr(request.essentialAcr, session.amr);
  return {
    clientId: client.id,
    userId: session.userId,
    redirectUri: request.redirectUri,
    scope: request.scope
      .split(' ')
      .filter((scope) => agreed?.has(scope) ?? true)
      .join(' '),
    resources: request.resources,
    authTime: Math.floor(session.authenticatedAt.getTime() / 1000),
    sid: session.uid,
    amr: session.amr,
    acr,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    claims: request.claims,
  };
}
