import type { CustomizedToken, Submission } from '@aldaba/contract';
import type { Client } from '../../features/applications/applications/index.ts';
import type { Subject } from '../../features/people/users/index.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type AccessPlan, audienceOf } from './access.ts';
import type { Exchange } from './exchange.ts';
import { getActiveSubject } from './person.ts';

/** Whom a token is for, as far as the grant has found out. An application that acts for itself is nobody. */
export interface Holder {
  userId?: string;
  person?: Pick<Subject, 'user' | 'details'> | undefined;
  /** How the person signed in, where the token comes of a session. */
  submission?: Submission | null;
  /** What the maker of a token for impersonation gave along. */
  subjectTokenContext?: Record<string, unknown> | undefined;
}

/**
 * The planned token with the claims that the tenant's script adds to it. Asked before anything is written: who is refused
 * here keeps the code or refresh token as it was. Opaque tokens carry no claims; the script may refuse them all the same.
 *
 * @throws ProtocolError `access_denied` when the script says so, `invalid_request` when it fails and the tenant wants that to count
 * @throws AldabaError `request.overloaded` when the script could not run
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
  // What was found before the script was saved lacks the details.
  const { user, details } = holder.person?.details
    ? holder.person
    : await getActiveSubject(exchange, userId, { scopes: [] });
  return {
    user: { ...user, ...details, ssoIdentities: [] },
    ...(submission ? { interaction: submission } : {}),
    ...(type === 'urn:ietf:params:oauth:grant-type:token-exchange'
      ? { grant: { type, ...(subjectTokenContext ? { subjectTokenContext } : {}) } }
      : {}),
  };
}

/** An application as the Management API shows it, without what it proves itself with. */
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
  },
  customClientMetadata: client.custom,
  customData: client.customData,
  isThirdParty: client.isThirdParty,
  appLevelAccessControlEnabled: client.isAccessLimited,
});
