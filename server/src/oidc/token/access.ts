import { seconds } from '../../kernel/clock.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { supportedScopes } from '../claims.ts';
import { limitsOf } from '../limits.ts';
import type { OrganizationFacts, ProtectedResource } from '../needs.ts';
import type { ClaimsRequest } from '../requested-claims.ts';
import { permittedScopes, targetResource } from '../resources.ts';
import type { Actor, NewAccessToken } from '../store/access-tokens.ts';
import { scopeMember } from '../wire-quirks.ts';
import type { Exchange } from './exchange.ts';
import {
  accessInOrganization,
  type Bearer,
  organizationAudience,
  organizationTokenTtl,
  requestedOrganization,
} from './organization.ts';
import { isSessionless, type Origin, tokenId } from './origin.ts';

/** Seconds. */
const opaqueTtl = 3600;

/** What the user granted, as stored with a code or a refresh token. */
export interface Granted {
  userId: string;
  resources: readonly string[];
  /** The requested scopes of this token: all granted ones, or fewer. */
  scopes: readonly string[];
  /** Set if tokens end with the session. */
  sessionUid: string | undefined;
  /** The requested claims of the `claims` parameter. */
  claims?: ClaimsRequest | undefined;
  origin: Origin;
  /** The methods of the sign-in, if a session is behind the token; undefined if unknown. */
  amr?: readonly string[] | undefined;
  /** Whether the user lets a third party act in the requested organization. */
  mayActInOrganization?: boolean;
}

/** An access token before it is stored: opaque tokens have a row, JWTs are signed afterwards. */
export interface AccessPlan {
  subject: string;
  scopes: string[];
  expiresIn: number;
  resource?: ProtectedResource;
  /** Set for a token that is valid inside one organization only. */
  organization?: OrganizationFacts;
  opaque?: { token: string; row: NewAccessToken };
  /** The origin of a user's token. */
  origin?: Origin;
  /** The actor for the subject. */
  act?: Actor;
  /** Claims of the tenant's script, without claims of the protocol. */
  custom?: Record<string, unknown>;
}

/**
 * A user's access token: for a resource, a JWT with the permissions of the user's roles; otherwise an opaque token for
 * userinfo.
 */
export const planUserAccess = async (exchange: Exchange, granted: Granted): Promise<AccessPlan> => ({
  ...(await planGranted(exchange, granted)),
  origin: granted.origin,
});

async function planGranted(exchange: Exchange, granted: Granted): Promise<AccessPlan> {
  const { core, tenant, parameters } = exchange;
  const organizationId = requestedOrganization(exchange);
  if (organizationId !== undefined)
    return planInOrganization(exchange, organizationId, {
      kind: 'user',
      id: granted.userId,
      scopes: granted.scopes,
      granted: granted.resources,
      isConsented: granted.mayActInOrganization,
      hasShownMfa: isSessionless(granted.origin) || granted.amr?.includes('mfa') === true,
    });
  const resource = await targetResource(core, tenant, {
    requested: parameters.resources,
    granted: granted.resources,
    scopes: granted.scopes,
  });
  const limits = await limitsOf(core, tenant, exchange.client, exchange.agreement);
  if (resource) {
    const held = await core.roles.userScopes(tenant.db, granted.userId, resource.id);
    const allowed = limits.resource(resource.id, granted.scopes);
    return planResource(granted.userId, resource, permittedScopes(resource, held, allowed));
  }
  const scopes = limits.user(granted.scopes).filter((scope) => (supportedScopes as readonly string[]).includes(scope));
  return planOpaque(exchange, {
    subject: granted.userId,
    userId: granted.userId,
    scopes,
    sessionUid: granted.sessionUid ?? null,
    claims: granted.claims?.userinfo,
  });
}

/** A JWT for the organization, or for a resource with the permissions that the organization's roles give on it. */
export async function planInOrganization(
  exchange: Exchange,
  organizationId: string,
  bearer: Bearer,
): Promise<AccessPlan> {
  const { resource, scopes, organization } = await accessInOrganization(exchange, organizationId, bearer);
  const plan = { subject: bearer.id, scopes, organization };
  return resource
    ? { ...plan, resource, expiresIn: resource.accessTokenTtl }
    : { ...plan, expiresIn: organizationTokenTtl };
}

export const planResource = (subject: string, resource: ProtectedResource, scopes: string[]): AccessPlan => ({
  subject,
  resource,
  scopes,
  expiresIn: resource.accessTokenTtl,
});

export function planOpaque(
  { client, core }: Exchange,
  holder: Pick<NewAccessToken, 'userId' | 'sessionUid' | 'claims'> & { subject: string; scopes: string[] },
): AccessPlan {
  const token = opaqueToken();
  const row: NewAccessToken = {
    tokenHash: hashToken(token),
    userId: holder.userId,
    clientId: client.id,
    scope: holder.scopes.join(' '),
    sessionUid: holder.sessionUid,
    claims: holder.claims,
    expiresAt: new Date(core.clock.now() + opaqueTtl * 1000),
  };
  return { subject: holder.subject, scopes: holder.scopes, expiresIn: opaqueTtl, opaque: { token, row } };
}

/** The audience of a token; undefined for an opaque one, which is for userinfo. */
export const audienceOf = ({ resource, organization }: AccessPlan): string | undefined =>
  resource?.indicator ?? (organization && organizationAudience(organization.id));

/** The members of the token response about the access token; signs it if it is a JWT (RFC 9068). */
export async function accessMembers(
  { core, tenant, client }: Exchange,
  plan: AccessPlan,
): Promise<{ access_token: string } & Record<string, unknown>> {
  const scope = scopeMember(plan.scopes);
  const accessToken =
    plan.opaque?.token ??
    (await core.keys.sign(
      tenant,
      {
        // First, so that script claims cannot replace claims of the protocol.
        ...plan.custom,
        jti: tokenId(plan.origin),
        sub: plan.subject,
        aud: audienceOf(plan),
        exp: seconds(core.clock) + plan.expiresIn,
        client_id: client.id,
        ...(plan.resource && plan.organization ? { organization_id: plan.organization.id } : {}),
        ...scope,
        ...(plan.act ? { act: plan.act } : {}),
      },
      { type: 'at+jwt' },
    ));
  return { access_token: accessToken, token_type: 'Bearer', expires_in: plan.expiresIn, ...scope };
}
