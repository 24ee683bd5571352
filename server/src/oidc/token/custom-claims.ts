import type { CustomizedToken, Submission } from '@aldaba/contract';
import type { Client } from '../../features/applications/applications/index.ts';
import type { Subject } from '../../features/people/users/index.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type AccessPlan, audienceOf } from './access.ts';
import type { Exchange } from './exchange.ts';
import { getActiveSubject } from './person.ts';

/** The token's user, as far as the grant has determined. Absent for an application that acts for itself. */
export interface Holder {
  userId?: string;
  person?: Pick<Subject, 'user' | 'details'> | undefined;
  /** The methods of the sign-in, if the token comes from a session. */
  submission?: Submission | null;
  /** The context from the creator of a subject token. */
  subjectTokenContext?: Record<string, unknown> | undefined;
}

/**
 * The planned token with the claims of the tenant's script. Runs before anything is written: a rejection leaves the
 * code or refresh token unused. Opaque tokens carry no claims, but the script may still reject them.
 *
 * @throws ProtocolError `access_denied` if the script rejects, `invalid_request` if it fails and the tenant's setting
 *   blocks
 * @throws AldabaError `request.overloaded` if the script could not run
 */
export async function withCustomClaims(exchange: Exchange, plan: AccessPlan, holder: Holder): Promise<AccessPlan> {
  const { core, tenant, client, parameters } = exchange;
  const { userId } = holder;
  const type: CustomizedToken = userId === undefined ? 'client-credentials' : 'access-token';
  const input = async () => ({
    token: {
      kind: type === 'access-token' ? 'AccessToken' : 'ClientCredentials',
      clientId: client.id,
      scope: plan.scopes.join(' '),
      aud: audienceOf(plan),
      gty: parameters.get('grant_type'),
      ...(userId === undefined ? {} : { accountId: userId }),
    },
    context: {
      application: describeClient(tenant.id, client),
      ...(plan.organization ? { organization: plan.organization } : {}),
      ...(userId === undefined ? {} : await personContext(exchange, userId, holder)),
    },
  });
  const outcome = await core.customClaims.run(tenant, type, input, { applicationId: client.id, userId });
  if (outcome.kind === 'denied') throw new ProtocolError('access_denied', outcome.message || 'the token was refused');
  if (outcome.kind === 'failed') throw new ProtocolError('invalid_request', 'the script for custom claims failed');
  return { ...plan, custom: outcome.claims };
}

async function personContext(exchange: Exchange, userId: string, holder: Holder): Promise<object> {
  const { submission, subjectTokenContext } = holder;
  const type = exchange.parameters.get('grant_type');
  // Data read before the script was stored lacks the details.
  const { user, details } = holder.person?.details
    ? holder.person
    : await getActiveSubject(exchange, userId, { scopes: [] });
  return {
    user: { ...user, ...details },
    ...(submission ? { interaction: submission } : {}),
    ...(type === 'urn:ietf:params:oauth:grant-type:token-exchange'
      ? { grant: { type, ...(subjectTokenContext ? { subjectTokenContext } : {}) } }
      : {}),
  };
}

/** An application as the Management API returns it, without its credentials. */
const describeClient = (tenantId: string, client: Client) => ({
  tenantId,
  id: client.id,
  name: client.name,
  description: client.description ?? null,
  type: client.type,
  oidcClientMetadata: {
    redirectUris: client.redirectUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri === undefined ? {} : { backchannelLogoutUri: client.backchannelLogoutUri }),
    ...(client.logoUri === undefined ? {} : { logoUri: client.logoUri }),
  },
  customClientMetadata: client.custom,
  customData: client.customData,
  isThirdParty: client.isThirdParty,
  appLevelAccessControlEnabled: client.isAccessLimited,
});
