import type { CustomizedToken } from '@aldaba/contract';
import { ProtocolError } from '../errors.ts';
import { type AccessPlan, audienceOf } from './access.ts';
import type { Exchange } from './exchange.ts';

/**
 * The planned token with the claims that the tenant's script adds to it. Asked before anything is written: who is refused
 * here keeps the code or refresh token as it was. Opaque tokens carry no claims; the script may refuse them all the same.
 *
 * @throws ProtocolError `access_denied` when the script says so, `server_error` when it fails and the tenant wants that to count
 */
export async function withCustomClaims(
  exchange: Exchange,
  plan: AccessPlan,
  holder: {
    userId?: string;
    /** What the maker of a token for impersonation gave along. */
    subjectTokenContext?: Record<string, unknown> | undefined;
  },
): Promise<AccessPlan> {
  const { core, tenant, client } = exchange;
  const type: CustomizedToken = holder.userId === undefined ? 'client-credentials' : 'access-token';
  const outcome = await core.customClaims.run(tenant, type, async () => ({
    token: {
      kind: type === 'access-token' ? 'AccessToken' : 'ClientCredentials',
      clientId: client.id,
      scope: plan.scopes.join(' '),
      aud: audienceOf(plan),
      ...(holder.userId === undefined ? {} : { accountId: holder.userId }),
    },
    context: {
      application: {
        tenantId: tenant.id,
        id: client.id,
        name: client.name,
        type: client.type,
        isThirdParty: client.isThirdParty,
      },
      grant: {
        type: exchange.parameters.get('grant_type'),
        ...(holder.subjectTokenContext ? { subjectTokenContext: holder.subjectTokenContext } : {}),
      },
      ...(holder.userId === undefined ? {} : { user: await core.customClaims.personContext(tenant, holder.userId) }),
      ...(plan.organizationId === undefined ? {} : { organization: { id: plan.organizationId } }),
    },
  }));
  if (outcome.kind === 'denied') throw new ProtocolError('access_denied', outcome.message || 'the token was refused');
  if (outcome.kind === 'failed') throw new ProtocolError('server_error', 'the claims of the token could not be made');
  return { ...plan, custom: outcome.claims };
}
