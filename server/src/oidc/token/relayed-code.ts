import type { Subject } from '../../features/people/users/index.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { type CodePayload, findCode, redeemCode } from '../store/codes.ts';
import { checkCode, refuseReplay } from './authorization-code.ts';
import type { Exchange } from './exchange.ts';
import { getActiveSubject } from './person.ts';

/**
 * Consumes a code for a SAML response: the same checks, and no tokens. The code belongs to this server, which is the
 * redirect URI of SAML applications.
 */
export async function redeemWithoutTokens(
  given: Exchange,
  scopes: readonly string[],
): Promise<{ subject: Subject; payload: CodePayload }> {
  const { core, tenant, client, parameters } = given;
  const now = new Date(core.clock.now());
  const codeHash = hashToken(parameters.get('code') ?? '');
  const found = await findCode(tenant.db, codeHash, { isLimited: client.isAccessLimited, submission: false });
  const { payload, grantId } = await checkCode(given, found, now);
  const subject = await getActiveSubject(given, payload.userId, { scopes });
  const redeemed = await redeemCode(tenant.db, { codeHash, now }, { refresh: undefined, access: undefined });
  return redeemed ? { subject, payload } : refuseReplay(given, grantId);
}
